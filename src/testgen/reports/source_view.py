"""The source file as a reviewer reads it: each line with what became of it and by which test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import accumulate, groupby
from pathlib import Path

from testgen.domain import Arc, CoverageMap, Line, Reach, Result
from testgen.reports.phrases import branches

_CONTEXT = 4
_WORTH_FOLDING = 6


class State(Enum):
    """What became of a line; the value is its name in the style sheet."""

    NEW = "new"  # it or one of its branches is reached since this run
    MISSING = "missing"
    PARTIAL = "partial"  # reached, but not all its branches
    COVERED = "covered"
    OTHER = "other"  # nothing to reach


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line with its branches as text; `tests` are the places among the verdicts of those that reach it."""

    number: Line
    text: str
    state: State
    new_branches: tuple[str, ...] = ()
    missing_branches: tuple[str, ...] = ()
    tests: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines in a row, to be folded away where nothing happened."""

    lines: tuple[SourceLine, ...]
    folded: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """Statements in a row that share a state: the place of the first among all, and how many."""

    state: State
    start: int
    length: int


def read(path: Path) -> str:
    """The file's text with newlines as "\\n"; "" where there is none to read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return path.read_text(encoding="latin-1")
    except OSError:
        return ""


def source_lines(result: Result, lines: Sequence[str]) -> tuple[SourceLine, ...]:
    """Every line of the source; tests are named only on the first of the lines that they reach in a row.

    `lines` are the source's lines as they are to be shown, the first for line 1.
    """
    fates, tests = Fates.of(result.before, result.after), _tests(result)
    found: list[SourceLine] = []
    named: tuple[int, ...] = ()
    for number, content in enumerate(lines, start=1):
        line, by = fates.line(number, content), tuple(tests.get(number, ()))
        found.append(line if by == named else replace(line, tests=by))
        named = by if line.state is not State.OTHER else named
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of every line, ready to be asked line by line."""

    possible: frozenset[Line]
    new: Mapping[Line, Reach]
    missing: Mapping[Line, Reach]

    @classmethod
    def of(cls, before: CoverageMap, after: CoverageMap) -> Fates:
        """The fates of a file's lines between two states of its coverage."""
        new = before.missing - after.missing
        return cls(after.possible.lines, _by_line(new), _by_line(after.missing))

    def state(self, number: Line) -> State:
        """What became of one line."""
        missing = self.missing.get(number, Reach())
        if number not in self.possible:
            return State.OTHER
        if missing.lines:
            return State.MISSING
        if number in self.new:
            return State.NEW
        return State.PARTIAL if missing else State.COVERED

    def line(self, number: Line, text: str) -> SourceLine:
        """One line of the source with its text."""
        new, missing = (part.get(number, Reach()).branches for part in (self.new, self.missing))
        return SourceLine(number, text, self.state(number), branches(new), branches(missing))


def _by_line(reach: Reach) -> dict[Line, Reach]:
    arcs: defaultdict[Line, set[Arc]] = defaultdict(set)
    for arc in reach.branches:
        arcs[arc[0]].add(arc)
    lines = reach.lines | arcs.keys()
    return {line: Reach(reach.lines & {line}, frozenset(arcs.get(line, ()))) for line in lines}


def _tests(result: Result) -> dict[Line, list[int]]:
    places: defaultdict[Line, list[int]] = defaultdict(list)
    for place, verdict in enumerate(result.verdicts):
        for line in _by_line(verdict.gained | verdict.beside) if verdict.kept else ():
            places[line].append(place)
    return dict(places)


def stretches(lines: Sequence[SourceLine]) -> Iterator[Stretch]:
    """The lines in runs; those further than a few lines from anything new or missing are folded."""
    eventful = {line.number for line in lines if line.state not in (State.COVERED, State.OTHER)}
    near = {number + step for number in eventful for step in range(-_CONTEXT, _CONTEXT + 1)}
    for shown, run in groupby(lines, key=lambda line: line.number in near):
        part = tuple(run)
        yield Stretch(part, folded=not shown and len(part) >= _WORTH_FOLDING)


def strip(fates: Fates) -> tuple[Cells, ...]:
    """The file's statements from top to bottom, as runs of equal states."""
    states = (fates.state(line) for line in sorted(fates.possible))
    runs = [(state, len(tuple(run))) for state, run in groupby(states)]
    starts = accumulate((length for _, length in runs), initial=0)
    return tuple(Cells(state, start, length) for (state, length), start in zip(runs, starts, strict=False))


def strips(result: Result) -> tuple[tuple[Cells, ...], tuple[Cells, ...]]:
    """The strip before the run and after it."""
    before, after = result.before, result.after
    return strip(Fates.of(before, before)), strip(Fates.of(before, after))
