"""What coverage reports say about one source file: one module a format, one Protocol, one literal dict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from testgen.coverage import cobertura, coverage_py, go, jacoco, lcov
from testgen.coverage.report import MalformedError, Report, Wanted
from testgen.coverage.tally import Tally
from testgen.domain import CoverageMap
from testgen.errors import ProjectError

NAMED = 3  # files of a report that an error names


class Reader(Protocol):
    """One format of reports; both functions raise MalformedError for what is not of it."""

    def recognises(self, report: Report) -> bool:
        """Whether the report looks like this format."""
        ...

    def read(self, report: Report, wanted: Wanted, tally: Tally) -> None:
        """Add to the tally what the report says about the wanted file; nothing if it does not name it."""
        ...

    def names(self, report: Report) -> Iterator[str]:
        """The source files that the report is about, as it names them."""
        ...


READERS: dict[str, Reader] = {
    "cobertura": cobertura,
    "lcov": lcov,
    "jacoco": jacoco,
    "go": go,
    "coverage.py": coverage_py,
}


def read(reports: Sequence[Report], wanted: Wanted, kind: str = "auto") -> CoverageMap:
    """What the reports of one run say about the wanted file, put together.

    `kind` is a key of READERS or "auto". Raises ProjectError if they cannot be read or do not name the file.
    """
    tally = Tally()
    for report in reports:
        _understood(report, wanted, tally, kind)
    if not tally:
        raise _unnamed(reports, wanted, kind)
    return tally.coverage(wanted.source)


def _understood(report: Report, wanted: Wanted, tally: Tally, kind: str) -> None:
    try:
        reader_for(report, kind).read(report, wanted, tally)
    except (MalformedError, RecursionError) as error:
        format_ = "coverage report" if kind == "auto" else f"report in the format {kind}"
        raise ProjectError(
            f"{report.path} is no {format_} that can be read: {error}",
            "Check --coverage-report and --coverage-format; a report that was cut off is made anew by a run.",
        ) from error


def reader_for(report: Report, kind: str = "auto") -> Reader:
    """The reader for a format, or by what is in the report; raises MalformedError if no reader knows it."""
    if kind != "auto":
        return READERS[kind]
    for reader in READERS.values():
        if reader.recognises(report):
            return reader
    raise MalformedError(f"it is none of {', '.join(READERS)}")


def singles(report: Report, kind: str = "auto") -> Mapping[str, Report]:
    """What a report says of each test by itself, by its name; nothing where it keeps none apart."""
    return lcov.tests(report) if reader_for(report, kind) is READERS["lcov"] else {}


def _unnamed(reports: Sequence[Report], wanted: Wanted, kind: str) -> ProjectError:
    """The error for reports that do not name the file; says so if they name one that looks like it."""
    names = tuple(name for report in reports for name in reader_for(report, kind).names(report))
    source = wanted.source.relative_to(wanted.root).as_posix()
    alike = tuple(name for name in names if name.replace("\\", "/").endswith(f"/{source}"))
    if alike:
        return ProjectError(
            f"the coverage report is about another folder: it names {alike[0]}, not {wanted.source}",
            "Make the report here, by the test command itself, or name the project's folder with --cwd.",
        )
    return ProjectError(
        f"the coverage report does not mention {source}; it is about {_listed(names)}",
        "Have the test command measure this file also where no test loads it yet (jest: collectCoverageFrom, "
        "vitest: coverage.include, c8: --all, coverage.py: --source), or check --coverage-report.",
    )


def _listed(names: Iterable[str]) -> str:
    known = tuple(dict.fromkeys(names))
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return (", ".join(known[:NAMED]) or "no file at all") + more


__all__ = [
    "READERS",
    "CoverageMap",
    "MalformedError",
    "Path",
    "Report",
    "Wanted",
    "read",
    "reader_for",
    "singles",
]
