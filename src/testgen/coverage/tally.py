"""Counts lines and branches of one file, as often as reports speak of them, into one coverage."""

from __future__ import annotations

from pathlib import Path

from testgen.domain import Arc, CoverageMap, Line, Reach, way


class Tally:
    """What was said so far; what any report calls reached is reached."""

    def __init__(self) -> None:
        self.lines: dict[Line, bool] = {}
        self.branches: dict[Arc, bool] = {}

    def __bool__(self) -> bool:
        return bool(self.lines or self.branches)

    def line(self, number: Line, *, reached: bool) -> None:
        """A line that can be reached, and whether it was."""
        self.lines[number] = self.lines.get(number, False) or reached

    def branch(self, arc: Arc, *, reached: bool) -> None:
        """A branch that can be taken, and whether it was."""
        self.branches[arc] = self.branches.get(arc, False) or reached

    def ways(self, line: Line, taken: int, total: int) -> None:
        """A line with so many ways out of which so many were taken, the report does not say which.

        The first of them count as taken: one more is a gain, and nothing that was not counted is claimed.
        """
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
