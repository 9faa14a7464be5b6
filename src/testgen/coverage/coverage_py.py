"""What coverage.py writes: its data file, and the JSON made from one. Branches are arcs from line to line."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from testgen.coverage.report import MalformedError, Report, Wanted
from testgen.coverage.tally import Tally

SQLITE = b"SQLite format 3\0"


def recognises(report: Report) -> bool:
    """Whether it is a data file, or JSON by coverage.py."""
    head = report.head.lstrip()
    return report.head.startswith(SQLITE) or (head.startswith(b"{") and b'"meta"' in head)


def read(report: Report, wanted: Wanted, tally: Tally) -> None:
    """Take the wanted file; a data file is analysed beside its source, as `coverage json` does."""
    for name, found in _files(report, wanted.source).items():
        if wanted.is_at(name, (wanted.root, report.path.parent)):
            _count(found, tally)


def names(report: Report) -> Iterator[str]:
    """The files that were measured."""
    if report.head.startswith(SQLITE):
        import coverage

        with _on_disk(report) as path:
            data = coverage.CoverageData(path)
            data.read()
            yield from sorted(data.measured_files())
    else:
        yield from _parsed(report)


def _files(report: Report, source: Path) -> Mapping[str, Any]:
    return _analysed(report, source) if report.head.startswith(SQLITE) else _parsed(report)


def _parsed(report: Report) -> Mapping[str, Any]:
    try:
        files = json.loads(report.text)["files"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise MalformedError(f"not the JSON of coverage.py ({error})") from error
    if not isinstance(files, dict):
        raise MalformedError("not the JSON of coverage.py (no files in it)")
    return files


def _count(found: Mapping[str, Any], tally: Tally) -> None:
    try:
        for reached in (True, False):
            kind = "executed" if reached else "missing"
            for line in found[f"{kind}_lines"]:
                tally.line(line, reached=reached)
            for start, end in found.get(f"{kind}_branches", ()):
                tally.branch((start, end), reached=reached)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise MalformedError(f"not the JSON of coverage.py ({error})") from error


def _analysed(report: Report, source: Path) -> Mapping[str, Any]:
    import coverage

    with _on_disk(report) as path, tempfile.TemporaryDirectory(prefix="testgen-") as folder:
        outcome = Path(folder, "coverage.json")
        try:
            measured = coverage.Coverage(data_file=path, config_file=False)
            measured.load()
            if str(source) not in measured.get_data().measured_files():
                return {}
            measured.json_report(morfs=[str(source)], outfile=str(outcome))
        except coverage.CoverageException as error:
            raise MalformedError(str(error)) from error
        return dict(json.loads(outcome.read_text("utf-8"))["files"])


class _on_disk:  # noqa: N801 (used as a function)
    """The report in a file of its own: coverage.py may write where it reads."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def __enter__(self) -> str:
        handle, self.path = tempfile.mkstemp(prefix="testgen-", suffix=".coverage")
        with os.fdopen(handle, "wb") as stream:
            stream.write(self.report.data)
        return self.path

    def __exit__(self, *_: object) -> None:
        Path(self.path).unlink()
