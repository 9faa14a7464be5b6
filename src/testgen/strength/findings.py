"""What is known of mutants and of the tests that were tried on them: frozen values for reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

Line: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to the source: what was there (`before`) and what is (`after`), each shown on one line.

    `line` is where the statement begins, as coverage counts; `at` and `column` (from 1) are where the change
    is; `unit` is the qualified name of the definition around it, "" at module level. `ignored` says why it
    would tell nothing about the tests, "" if it would. The characters from `start` to `end` become `text`.
    """

    operator: str
    line: Line
    at: Line
    column: int
    before: str
    after: str
    unit: str
    start: int
    end: int
    text: str
    ignored: str = ""

    @property
    def id(self) -> str:
        """A name for it within one source: where and what."""
        return f"{self.start}-{self.end} {self.text}"

    def made_of(self, source: str) -> str:
        """The whole source with the change in it."""
        return source[: self.start] + self.text + source[self.end :]


class Status(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMEOUT = "killed by the time limit"
    CRASHED = "killed by the end of its process"
    SURVIVED = "survived"
    UNSEEN = "not seen by the tests"  # it did not get into the process: a gap, not a survivor


DEAD = (Status.KILLED, Status.TIMEOUT, Status.CRASHED)


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant with the tests that reach it; `killers` are those known to fail, the first one first."""

    mutant: Mutant
    status: Status
    tests: tuple[str, ...]
    killers: tuple[str, ...] = ()

    @property
    def killed(self) -> bool:
        """Whether a test noticed."""
        return self.status in DEAD


@dataclass(frozen=True, slots=True)
class Grip:
    """One test: how many of the mutants it reaches it is known to kill, and of these how many alone."""

    name: str
    reached: int
    kills: int
    alone: int

    @property
    def superfluous(self) -> bool:
        """Whether it kills nothing that others do not kill too."""
        return self.reached > 0 and not self.alone


@dataclass(frozen=True, slots=True)
class Tally:
    """Mutants counted: of a definition, or of all."""

    unit: str
    killed: int
    tried: int


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong the tests of a file are.

    `possible` is how many mutants lie on lines that the tests reach; fewer trials are a random sample.
    `uncovered` lie on other lines. `ignored` counts, by reason, what was not tried because it says nothing.
    `notes` are the gaps: what could not be tried, and why. `first` is what `percent` was before tests were
    sharpened, None if none were.
    """

    trials: tuple[Trial, ...]
    possible: int
    uncovered: int
    ignored: tuple[tuple[str, int], ...]
    tests: tuple[str, ...]
    seconds: float
    seed: int
    notes: tuple[str, ...] = ()
    first: float | None = None

    @property
    def seen(self) -> tuple[Trial, ...]:
        """The trials that say something."""
        return tuple(trial for trial in self.trials if trial.status is not Status.UNSEEN)

    @property
    def survivors(self) -> tuple[Trial, ...]:
        """The trials of mutants that nothing noticed, by line."""
        found = (trial for trial in self.trials if trial.status is Status.SURVIVED)
        return tuple(sorted(found, key=lambda trial: (trial.mutant.at, trial.mutant.column)))

    @property
    def killed(self) -> int:
        """How many mutants were noticed."""
        return sum(trial.killed for trial in self.trials)

    @property
    def percent(self) -> float:
        """Killed mutants in per cent of those tried; 100 when there are none."""
        return 100.0 * self.killed / len(self.seen) if self.seen else 100.0

    @property
    def units(self) -> tuple[Tally, ...]:
        """A tally for each definition, in source order."""
        ordered = sorted(self.seen, key=lambda trial: trial.mutant.at)
        names = dict.fromkeys(trial.mutant.unit for trial in ordered)
        return tuple(_tally(name, (t for t in ordered if t.mutant.unit == name)) for name in names)

    @property
    def grips(self) -> tuple[Grip, ...]:
        """What each test does, in the order of the file."""
        return tuple(_grip(name, self.seen) for name in self.tests)

    def grip(self, name: str) -> Grip | None:
        """What one test does; None if it was not tried."""
        return _grip(name, self.seen) if name in self.tests else None

    def caught_by(self, name: str) -> tuple[Mutant, ...]:
        """The mutants that a test is known to kill: first those that no other does, whole bodies last."""
        killed = [trial for trial in self.seen if name in trial.killers]
        killed.sort(key=lambda trial: (len(trial.killers) > 1, *_by_size(trial.mutant)))
        return tuple(trial.mutant for trial in killed)


def _by_size(mutant: Mutant) -> tuple[bool, Line, int]:
    return mutant.operator == "removed body", mutant.at, mutant.column


def _tally(name: str, trials: Iterable[Trial]) -> Tally:
    ends = [trial.killed for trial in trials]
    return Tally(name, sum(ends), len(ends))


def _grip(name: str, trials: Iterable[Trial]) -> Grip:
    reached = [trial for trial in trials if name in trial.tests]
    kills = [trial for trial in reached if name in trial.killers]
    return Grip(name, len(reached), len(kills), sum(len(trial.killers) == 1 for trial in kills))
