"""Suspected bugs, kept apart: each test that shows one is a file of its own in our folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from testgen.domain import Suspect
from testgen.evidence import findings
from testgen.files import OwnFolder, read_if_there, replace_file
from testgen.reports.text import plain
from testgen.rounds import Rounds, Scene

LONGEST_NAME = 100  # characters of a file's


def keep_apart(rounds: Rounds) -> None:
    """Put the tests that show suspected bugs into our own folder, each as a file that runs by itself."""
    for finding in findings(rounds.verdicts):
        try:
            path = _kept_apart(finding.suspect, rounds.scene)
        except OSError as error:
            rounds.note(f"a suspected bug could not be kept apart: {error}")
            return
        found = replace(finding.verdict, suspect=replace(finding.suspect, path=path))
        rounds.verdicts = tuple(found if one is finding.verdict else one for one in rounds.verdicts)


def _kept_apart(suspect: Suspect, scene: Scene) -> Path:
    root, source = scene.project.root, scene.project.source
    place = ".".join(
        (source.relative_to(root) if source.is_relative_to(root) else source).with_suffix("").parts
    )
    folder = OwnFolder(root).made() / "suspects" / place.strip("/.")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{suspect.test.name[:LONGEST_NAME]}.py"
    said = "\n".join(f"# {line}" for line in plain(_heading(suspect)).splitlines())
    test = scene.blank_merger().merge([suspect.test]).content
    content = f"{said}\n\n".encode() + test
    replace_file(path, content, expected=read_if_there(path))
    return path


def _heading(suspect: Suspect) -> str:
    stated = suspect.statement
    how = "" if suspect.ends else " (it does not end by itself)"
    return f"Suspected bug. {stated.path}:{stated.line} says:\n  {stated.text}\nbut: {suspect.message}{how}"
