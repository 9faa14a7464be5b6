"""Suspected bugs, kept apart: each test that shows one is a file of its own in our folder.

What an earlier run put there is tried again, and goes once it passes: then the code is mended.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from testgen.domain import Outcome, Suspect
from testgen.files import OwnFolder, read_if_there, replace_file
from testgen.judge.bench import Bench
from testgen.judge.workers import AbandonedError
from testgen.reports.text import plain
from testgen.rounds import Rounds
from testgen.scene import Scene
from testgen.suspects.findings import findings

LONGEST_NAME = 100  # characters of a file's


def keep_apart(rounds: Rounds) -> None:
    """Put the tests that show suspected bugs into our own folder, each as a file that runs by itself."""
    bench = rounds.keeper.bench
    if not isinstance(bench, Bench):  # other runners may take such a file for one of the project's tests
        return
    for finding in findings(rounds.verdicts):
        try:
            path = _kept_apart(finding.suspect, rounds.scene)
        except OSError as error:
            rounds.note(f"a suspected bug could not be kept apart: {error}")
            return
        found = replace(finding.verdict, suspect=replace(finding.suspect, path=path))
        rounds.verdicts = tuple(found if one is finding.verdict else one for one in rounds.verdicts)
    with suppress(AbandonedError):  # the run is over
        _clear_up(rounds, bench)


def _clear_up(rounds: Rounds, bench: Bench) -> None:
    """Remove the tests of earlier runs that pass by now."""
    folder = _folder(rounds.scene)
    new = {finding.suspect.path for finding in findings(rounds.verdicts)}
    for path in sorted(set(folder.glob("*.py")) - new):
        if bench.try_out(path.read_bytes()).outcome is Outcome.PASSED:
            path.unlink()
            rounds.note(f"a suspected bug of an earlier run is mended: {path.stem} passes, and is removed")


def _folder(scene: Scene) -> Path:
    """Where suspected bugs of a source are kept."""
    root, source = scene.project.root, scene.project.source
    place = source.relative_to(root) if source.is_relative_to(root) else source
    return OwnFolder(root).path / "suspects" / ".".join(place.with_suffix("").parts).strip("/.")


def _kept_apart(suspect: Suspect, scene: Scene) -> Path:
    OwnFolder(scene.project.root).made()
    folder = _folder(scene)
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
