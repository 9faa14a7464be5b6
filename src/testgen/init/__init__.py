"""`testgen init`: files that bring testgen to where people work; one module each, one Protocol, one dict.

A target is pure: from what was found, and the file's text so far, to its new text. Showing the difference and
writing it is up to the caller, so nothing is changed that was not seen first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from testgen.errors import UsageError
from testgen.files import read_if_there
from testgen.init import github, gitlab, pre_push, project, vscode
from testgen.init.finding import Found


class Target(Protocol):
    """One file of the project that testgen can write or add to."""

    def path(self, found: Found) -> Path:
        """Where the file stands."""
        ...

    def text(self, found: Found, old: str | None) -> str:
        """Its new text, the old one (None: no file) if nothing is to be done; raises UsageError."""
        ...

    def advice(self, found: Found) -> str:
        """What is left for a person to do, "" if nothing."""
        ...


TARGETS: Mapping[str, Target] = {
    "project": project,
    "vscode": vscode,
    "pre-push": pre_push,
    "github": github,
    "gitlab": gitlab,
}
CI = frozenset({"github", "gitlab"})
EXECUTABLE = ("pre-push",)


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as it is (None: it is not there) and as it would be."""

    path: Path
    old: bytes | None
    new: bytes
    advice: str = ""
    executable: bool = False

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return (self.old or b"") != self.new


def drafts(names: Sequence[str], found: Found) -> tuple[Draft, ...]:
    """What each target would write; raises UsageError for an unknown one, or a file that cannot be read."""
    return tuple(_draft(name, found) for name in names or ("project",))


def _draft(name: str, found: Found) -> Draft:
    target = TARGETS.get(name)
    if target is None:
        raise UsageError(f"testgen init knows no {name}", f"It knows: {', '.join(TARGETS)}.")
    path = target.path(found)
    try:
        old = read_if_there(path)
        text = None if old is None else old.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "Mend it first.") from error
    new = target.text(found, text).encode("utf-8")
    return Draft(path, old, new, target.advice(found), name in EXECUTABLE)
