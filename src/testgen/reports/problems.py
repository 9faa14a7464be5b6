"""The result as lines that an editor turns into problems: `path:line: severity: message`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from testgen.domain import Line, Result
from testgen.reports.remarks import place_of, remarks
from testgen.reports.text import one_line, plain


def render(result: Result, base: Path) -> str:
    """A line for each remark on the source and each refused test, in the order of the source, none twice."""
    remarked = ((one.first_line, f"{one.weight.value}: {one.text}") for one in remarks(result, base))
    found = sorted({*remarked, *_refused(result)})
    # Editors want whole paths.
    return "".join(f"{plain(str(result.source))}:{line}: {words}\n" for line, words in found)


def _refused(result: Result) -> Iterator[tuple[Line, str]]:
    for verdict in result.verdicts:
        if verdict.refused_at and not verdict.suspect:
            reason = f"refused at {verdict.refused_at.value}: {verdict.reason}"
            yield place_of(verdict), one_line(f"warning: {verdict.candidate.name} {reason}")
