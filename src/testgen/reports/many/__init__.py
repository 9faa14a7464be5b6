"""Reports of a run over many files: the same formats as for one, from one value that has all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol, TextIO

from testgen.reports import github, gitlab, put
from testgen.reports.many import html, json_report, markdown
from testgen.reports.many.remarks import Problems, Remarks
from testgen.results import Results
from testgen.settings import ReportTarget


class Reporter(Protocol):
    """A format that results can be written in."""

    def render(self, results: Results, base: Path) -> str:
        """The whole report, ended by a newline; paths below `base` are shown relative to it."""
        ...


REPORTERS: Mapping[str, Reporter] = {
    "json": json_report,
    "markdown": markdown,
    "html": html,
    "problems": Problems(),
    "github": Remarks(github.listed),
    "gitlab": Remarks(gitlab.listed),
}


def write(results: Results, targets: Iterable[ReportTarget], stdout: TextIO, base: Path) -> None:
    """Write each report to its path, or to `stdout`; raises UsageError for a path that cannot be written."""
    for target in targets:
        put(REPORTERS[target.format].render(results, base), target, stdout)
