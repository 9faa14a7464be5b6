"""Reports of a finished run: one module each, one Protocol, one literal dict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from testgen.domain import Result
from testgen.reports import github, gitlab, html, json_report, markdown, problems
from testgen.reports.output import check_file, to_file, to_stream

if TYPE_CHECKING:
    from testgen.settings import ReportTarget


class Reporter(Protocol):
    """A format that a result can be written in."""

    def render(self, result: Result, base: Path) -> str:
        """The whole report, ended by a newline unless empty; paths below `base` are shown relative to it."""
        ...


REPORTERS: Mapping[str, Reporter] = {
    "json": json_report,
    "markdown": markdown,
    "html": html,
    "problems": problems,
    "github": github,
    "gitlab": gitlab,
}


def check(targets: Iterable[ReportTarget]) -> None:
    """Raise UsageError now for a target that could not be written at the end."""
    for target in targets:
        if str(target.path) != "-":
            check_file(Path(target.path))


def write(result: Result, targets: Iterable[ReportTarget], stdout: TextIO, base: Path | None = None) -> None:
    """Write each report as UTF-8 to its path, or to `stdout` where that is "-".

    `base` is the current folder unless given. Raises UsageError for a path that cannot be written.
    """
    for target in targets:
        put(REPORTERS[target.format].render(result, base or Path.cwd()), target, stdout)


def put(text: str, target: ReportTarget, stdout: TextIO) -> None:
    """Write a report that is made to its path, or to `stdout`; raises UsageError."""
    if str(target.path) == "-":
        to_stream(text, stdout)
    else:
        to_file(text, Path(target.path))
