"""The result as lines that an editor turns into problems: `path:line: severity: message`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from testgen.domain import Line, Result, Verdict
from testgen.reports import phrases
from testgen.reports.text import one_line, plain


def render(result: Result, base: Path) -> str:  # noqa: ARG001 (editors want whole paths)
    """A line for each refused test and each stretch that nothing reaches, in the order of the source."""
    found = sorted([*_uncovered(result), *_refused(result)])
    return "".join(f"{plain(str(result.source))}:{line}: {words}\n" for line, words in found)


def _uncovered(result: Result) -> Iterator[tuple[Line, str]]:
    missing, statements = result.after.missing, result.after.possible.lines
    for stretch in phrases.ranges(missing.lines, statements):
        lines = f"lines {stretch}" if "-" in stretch else f"line {stretch}"
        yield int(stretch.partition("-")[0]), f"info: no test reaches {lines}"
    for arc in sorted(arc for arc in missing.branches if arc[0] not in missing.lines):
        yield arc[0], f"info: no test takes the branch {phrases.branches([arc])[0]}"


def _refused(result: Result) -> Iterator[tuple[Line, str]]:
    for verdict in result.verdicts:
        if verdict.refused_at:
            reason = f"refused at {verdict.refused_at.value}: {verdict.reason}"
            yield _place(verdict), one_line(f"warning: {verdict.candidate.name} {reason}")


def _place(verdict: Verdict) -> Line:
    """The first line that a refused test reached, where a reader will look for it; line 1 if none."""
    return min((line for run in verdict.runs for line in run.reach.lines), default=1)
