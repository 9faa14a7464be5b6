"""What happens while a run goes on, said as it happens; progress displays are made from these alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from testgen.domain import CoverageMap, TestResult, Usage, Verdict


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage begins; `title` reads as a present participle ("measuring the existing tests")."""

    title: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The baseline is known; `touching` are the existing tests that are seen to run code of the source."""

    coverage: CoverageMap
    touching: tuple[TestResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Questions go out; `gaps` are the names asked for."""

    round: int
    gaps: tuple[str, ...]
    questions: int = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """The reply is in: how many candidates it holds and what everything has cost so far."""

    round: int
    candidates: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate's verdict is known."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Noted:
    """Something the user should know that stops nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The user is asked something on the terminal, or that is over: nothing else may move there meanwhile."""

    begins: bool


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The baseline of many files is known: those with something `missing`, most first, and the others."""

    missing: tuple[CoverageMap, ...]
    complete: tuple[CoverageMap, ...]
    failed: int


@dataclass(frozen=True, slots=True)
class About:
    """Something happened in the work on one of many files."""

    name: str
    event: Event


@dataclass(frozen=True, slots=True)
class Done:
    """One of many files was worked on, up to the confirmation of all; `trouble` says why it was not."""

    name: str
    before: CoverageMap
    after: CoverageMap
    kept: int
    refused: int
    trouble: str


OfOne: TypeAlias = Stage | Measured | Asking | Answered | Judged | Noted | Dialogue
Event: TypeAlias = OfOne | Surveyed | About | Done
Emit: TypeAlias = Callable[[Event], None]


def unseen(event: Event) -> None:
    """Show nothing of it."""
