"""What is still missing, place by place, for those who show it beside the code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testgen.domain import Line, Result
from testgen.reports.phrases import branches, ranges, repository_of, shown


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about some lines of a file; `path` is relative to the root of the repository."""

    path: str
    first_line: Line
    last_line: Line
    text: str


def remarks(result: Result, base: Path) -> Iterator[Remark]:
    """A remark on every stretch of lines that no test reaches, then on every branch that none takes."""
    path = shown(result.source, repository_of(result.source) or base)
    lines = result.missing.lines
    for span in ranges(lines, result.after.possible.lines):
        first, _, last = span.partition("-")
        lines_of_it = f"lines {span}" if last else f"line {span}"
        yield Remark(path, int(first), int(last or first), f"No test reaches {lines_of_it}.")
    for arc in sorted(result.missing.branches):
        if lines.isdisjoint(arc):
            [branch] = branches([arc])
            yield Remark(path, arc[0], arc[0], f"No test takes the branch {branch}.")
