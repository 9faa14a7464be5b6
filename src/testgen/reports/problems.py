"""The result as lines that an editor turns into problems: `path:line: severity: message`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from testgen.domain import Line, Result, Verdict
from testgen.reports.remarks import remarks
from testgen.reports.text import one_line, plain


def render(result: Result, base: Path) -> str:
    """A line for each refused test and each place that nothing reaches, in the order of the source."""
    missing = ((one.first_line, f"info: {one.text}") for one in remarks(result, base))
    found = sorted([*missing, *_refused(result)])
    # Editors want whole paths.
    return "".join(f"{plain(str(result.source))}:{line}: {words}\n" for line, words in found)


def _refused(result: Result) -> Iterator[tuple[Line, str]]:
    for verdict in result.verdicts:
        if verdict.refused_at:
            reason = f"refused at {verdict.refused_at.value}: {verdict.reason}"
            yield _place(verdict), one_line(f"warning: {verdict.candidate.name} {reason}")


def _place(verdict: Verdict) -> Line:
    """The first line that a refused test reached, where a reader will look for it; line 1 if none."""
    return min((line for run in verdict.runs for line in run.reach.lines), default=1)
