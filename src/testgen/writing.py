"""The end of a run: what was kept goes into the test file, beside whatever was changed there meanwhile."""

from __future__ import annotations

from pathlib import Path

from testgen.domain import Result, Stop
from testgen.errors import UsageError
from testgen.files import OwnFolder, locked, read_if_there, replace_file
from testgen.rounds import Rounds

MOST_REBASES = 3  # edits in the middle of a run that are followed; a person saves a file more seldom


def write(rounds: Rounds) -> bool:
    """Put the kept tests in place; False if there are none, or if the file keeps changing or cannot be read.

    A file that was edited since the run began is not overwritten: the kept tests are merged into what is
    there now, and judged again in its company.
    """
    for _ in range(MOST_REBASES):
        if not rounds.kept:
            return False
        if _replaced(rounds):
            return True
        if rounds.stop is Stop.INTERRUPTED:
            break
        try:
            rounds.rebase(read_if_there(rounds.scene.project.test_file))
        except UsageError as error:
            rounds.note(error.cause)
            break
    return False


def _replaced(rounds: Rounds) -> bool:
    test_file = rounds.scene.project.test_file
    content = rounds.keeper.merged(rounds.verdicts).content
    test_file.parent.mkdir(parents=True, exist_ok=True)
    with locked(test_file.parent), OwnFolder(rounds.scene.project.root).staging() as staging:
        return replace_file(test_file, content, expected=rounds.scene.old, staging=staging)


def hand_over(result: Result, root: Path) -> Path:
    """Leave a change that could not be written as a patch in our own folder, and say where."""
    from testgen.reports.diff import diff

    patch = OwnFolder(root).made() / f"{result.test_file.name}.patch"
    patch.write_bytes(diff(result, root).encode("utf-8", "surrogateescape"))
    return patch
