"""What is to be said of a source place by place, for those who show it beside the code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from testgen.domain import Line, Result, Verdict
from testgen.reports.figures import title
from testgen.reports.phrases import branches, ranges, repository_of, shown
from testgen.reports.text import one_line
from testgen.suspects.findings import findings


class Weight(Enum):
    """How much a remark matters, in the words of editors."""

    ERROR = "error"  # the code seems to be wrong
    INFO = "info"  # a test is missing


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about some lines of a file; `path` is relative to the root of the repository."""

    path: str
    first_line: Line
    last_line: Line
    text: str
    weight: Weight = Weight.INFO


def remarks(result: Result, base: Path) -> Iterator[Remark]:
    """The suspected bugs, then every stretch of lines that no test reaches, then every branch none takes."""
    path = shown(result.source, repository_of(result.source) or base)
    yield from _suspects(result, path)
    lines = result.missing.lines
    for span in ranges(lines, result.after.possible.lines):
        first, _, last = span.partition("-")
        lines_of_it = f"lines {span}" if last else f"line {span}"
        yield Remark(path, int(first), int(last or first), f"No test reaches {lines_of_it}.")
    for arc in sorted(result.missing.branches):
        if lines.isdisjoint(arc):
            [branch] = branches([arc])
            yield Remark(path, arc[0], arc[0], f"No test takes the branch {branch}.")


def _suspects(result: Result, path: str) -> Iterator[Remark]:
    """A remark where the code contradicts what is said of it: there, if it is said in the source itself."""
    for finding in findings(result.verdicts):
        stated = finding.suspect.statement
        inside = result.source.as_posix().endswith(f"/{stated.path}")
        line = stated.line if inside else place_of(finding.verdict)
        where = "" if inside else f"{stated.path}:{stated.line} "
        says = f'{where}says "{stated.text}"'
        but = f"{title(finding.verdict)}: {finding.suspect.message}"
        yield Remark(path, line, line, one_line(f"Suspected bug: {says}, but {but}"), Weight.ERROR)


def place_of(verdict: Verdict) -> Line:
    """The first line that a test reached, where a reader will look for it; line 1 if none."""
    return min((line for run in verdict.runs for line in run.reach.lines), default=1)
