"""Places where changes are reviewed: one module each, one Protocol, one literal dict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from testgen.forge import github, gitlab
from testgen.forge.api import Comment

MARKER = "<!-- testgen: this comment is kept up to date -->"
_CUT = "\n\n… the rest did not fit; the job has the whole report.\n"


class Forge(Protocol):
    """One place, as a job there may speak to it. Every method raises ForgeError if it says no."""

    @property
    def longest(self) -> int:
        """Characters that a comment may have."""
        ...

    def comments(self) -> Iterator[Comment]:
        """The comments on the change that the job is about, the oldest first."""
        ...

    def add_comment(self, text: str) -> None:
        """A new comment."""
        ...

    def edit_comment(self, comment: Comment, text: str) -> None:
        """Another text for a comment."""
        ...

    def propose(self, proposal: Proposal) -> str:
        """Open a request to merge a branch, or bring the open one up to date; returns its address."""
        ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A request to merge the branch `head` into the branch `base`."""

    head: str
    base: str
    title: str
    text: str


class Connect(Protocol):
    """A module of a forge."""

    def connect(self, environ: Mapping[str, str]) -> Forge:
        """The forge that the variables of a job lead to; raises UsageError if one is missing."""
        ...


FORGES: Mapping[str, Connect] = {"github": github, "gitlab": gitlab}


class Kept(Enum):
    """What became of the comment."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "left as it is"


def keep_comment(forge: Forge, text: str) -> Kept:
    """Have the text in the one comment that is ours, found again by a hidden marker; raises ForgeError."""
    body = fitted(f"{MARKER}\n{text}", forge.longest)
    ours = next((one for one in forge.comments() if one.trusted and one.text.startswith(MARKER)), None)
    if ours is None:
        forge.add_comment(body)
        return Kept.ADDED
    if ours.text.replace("\r\n", "\n").strip() == body.strip():
        return Kept.UNCHANGED
    forge.edit_comment(ours, body)
    return Kept.UPDATED


def fitted(text: str, longest: int) -> str:
    """The text, cut at the end of a line so that it has at most so many characters."""
    if len(text) <= longest:
        return text
    return text[: text.rindex("\n", 0, longest - len(_CUT))] + _CUT
