"""Counts lines and branches of one file, as often as reports speak of them, into one coverage."""

from __future__ import annotations

from pathlib import Path

from testgen.coverage.report import MalformedError
from testgen.domain import WAYS, Arc, CoverageMap, Line, Reach, way

MOST_WAYS = 10_000  # out of one line; a report that a test wrote may claim any number


class Tally:
    """What was said so far; what any report calls reached is reached."""

    def __init__(self) -> None:
        self.lines: dict[Line, bool] = {}
        self.branches: dict[Arc, bool] = {}

    def __bool__(self) -> bool:
        return bool(self.lines or self.branches)

    def line(self, number: Line, *, reached: bool) -> None:
        """A line that can be reached, and whether it was; raises MalformedError if no file has it."""
        if not isinstance(number, int) or not 0 < number < WAYS:
            raise MalformedError(f"{str(number)[:20]!r} where a line should be")
        self.lines[number] = self.lines.get(number, False) or reached

    def branch(self, arc: Arc, *, reached: bool) -> None:
        """A branch that can be taken, and whether it was; raises MalformedError for what is none."""
        if not all(isinstance(end, int) for end in arc):
            raise MalformedError(f"{str(arc)[:40]!r} where a branch should be")
        self.branches[arc] = self.branches.get(arc, False) or reached

    def ways(self, line: Line, taken: int, total: int) -> None:
        """A line with so many ways out of which so many were taken, the report does not say which.

        The first of them count as taken: one more is a gain, and nothing that was not counted is claimed.
        """
        if total > MOST_WAYS:
            raise MalformedError(f"a line with {total} ways on")
        if total > 1:
            for number in range(total):
                self.branch((line, way(number)), reached=number < taken)

    def coverage(self, source: Path) -> CoverageMap:
        """All of it as the coverage of a file."""
        reached = Reach(
            frozenset(line for line, hit in self.lines.items() if hit),
            frozenset(arc for arc, hit in self.branches.items() if hit),
        )
        return CoverageMap(source, Reach(frozenset(self.lines), frozenset(self.branches)), reached)
