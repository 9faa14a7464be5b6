"""The one door through which `testgen init` writes: what changes is shown first, and agreed to."""

from __future__ import annotations

from difflib import unified_diff
from typing import TextIO

from testgen.errors import UsageError
from testgen.files import replace_file
from testgen.init import Draft
from testgen.reports.text import plain

RUNNABLE = 0o111


def offer(draft: Draft, stdout: TextIO, stdin: TextIO, *, sure: bool) -> None:
    """Show a draft's change and write it if the person at the terminal, or `sure`, says so.

    Raises UsageError if there is nobody to ask, or if the file was changed meanwhile.
    """
    if not draft.changes:
        stdout.write(f"{draft.path}: nothing to do. {draft.advice}\n")
        return
    stdout.write(plain(change(draft)))
    if not sure and not _agreed(draft, stdout, stdin):
        stdout.write("Left as it is.\n")
        return
    if not replace_file(draft.path, draft.new, expected=draft.old):
        raise UsageError(f"{draft.path} was changed meanwhile; nothing was written", "Run it again.")
    if draft.executable:
        draft.path.chmod(draft.path.stat().st_mode | RUNNABLE)
    stdout.write(f"Wrote {draft.path}. {draft.advice}\n")


def change(draft: Draft) -> str:
    """A draft as a unified diff."""
    old, new = ((text or b"").decode("utf-8").splitlines(keepends=True) for text in (draft.old, draft.new))
    before = "/dev/null" if draft.old is None else str(draft.path)
    return "".join(unified_diff(old, new, before, str(draft.path)))


def _agreed(draft: Draft, stdout: TextIO, stdin: TextIO) -> bool:
    if not stdin.isatty():
        raise UsageError("nothing was written: there is nobody to ask", "Add --yes to write it.")
    stdout.write(f"Write {draft.path}? [y/N] ")
    stdout.flush()
    return stdin.readline().strip().lower() in ("y", "yes")
