"""The test file at the end of a run: what was kept goes in, beside whatever was changed there meanwhile."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from testgen.domain import Result, Stop
from testgen.errors import UsageError
from testgen.files import OwnFolder, is_read_only, locked, read_if_there, replace_file
from testgen.project import Project
from testgen.reports.diff import diff
from testgen.rounds import Rounds

CHANGED, READ_ONLY = "it was changed meanwhile", "it was made read-only meanwhile"
MOST_REBASES = 3  # edits in the middle of a run that are followed; a person saves a file more seldom


def write(rounds: Rounds) -> str:
    """Put the kept tests in place, if there are any; returns why that cannot be done, "" if it was.

    A file that was edited since the run began is not overwritten: the kept tests are merged into what is
    there now, and judged again in its company.
    """
    for _ in range(MOST_REBASES):
        if objection := _objection(rounds):
            return objection
        try:
            if not rounds.changes or _replaced(rounds):
                return ""
            if rounds.stop is Stop.INTERRUPTED:
                break
            rounds.rebase(read_if_there(rounds.scene.project.test_file))
        except OSError as error:
            return error.strerror or repr(error)
        except UsageError as error:
            return f"it was changed meanwhile, and {error.cause}"
    return CHANGED


def _objection(rounds: Rounds) -> str:
    """Why nothing may be written, whatever has been kept."""
    if rounds.gone:
        return Stop.GONE.value
    if rounds.keeper.confirmation.broken:
        return "the project's tests are red by now without any new one"
    if is_read_only(rounds.scene.project.test_file):
        return READ_ONLY
    return ""


def _replaced(rounds: Rounds) -> bool:
    """Whether the test file was as expected, and now has the kept tests; raises OSError if it cannot."""
    content = rounds.keeper.merged(rounds.verdicts).content
    return _put(rounds.scene.project, content, rounds.scene.old)


def overwrite(project: Project, content: bytes, expected: bytes) -> str:
    """Put a proven content in the place of a test file's; returns why that cannot be done, "" if it was."""
    if is_read_only(project.test_file):
        return READ_ONLY
    try:
        return "" if _put(project, content, expected) else CHANGED
    except OSError as error:
        return error.strerror or repr(error)


def _put(project: Project, content: bytes, expected: bytes | None) -> bool:
    test_file = project.test_file
    test_file.parent.mkdir(parents=True, exist_ok=True)
    with locked(test_file.parent), OwnFolder(project.root).staging() as staging:
        return replace_file(test_file, content, expected=expected, staging=staging)


def hand_over(result: Result, root: Path) -> Path | None:
    """Leave a change that could not be written as a patch, and say where; None if there is no room for it.

    That is our own folder, or the system's temporary one where that cannot be used.
    """
    patch = diff(result, root).encode("utf-8", "surrogateescape")
    name = f"{result.test_file.name}.patch"
    for folder in (OwnFolder(root).made, lambda: Path(tempfile.mkdtemp(prefix="testgen-kept-"))):
        with suppress(OSError):
            path = folder() / name
            path.write_bytes(patch)
            return path
    return None
