"""LCOV tracefiles, as c8, Istanbul, lcov itself, llvm-cov and many others write them.

Source of the format: geninfo(1). Branches are numbered by their order on their line, because the numbers of
blocks count through the whole file and differ from run to run where a tool finds its branches as it goes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from testgen.coverage.report import Report, Wanted, number
from testgen.coverage.tally import Tally
from testgen.domain import Line, way

NOT_RUN = ("-", "0")


def recognises(report: Report) -> bool:
    """Whether it has the lines that begin every tracefile."""
    return report.head.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"TN:", b"SF:")) or b"\nSF:" in report.head


def read(report: Report, wanted: Wanted, tally: Tally) -> None:
    """Add up every record of the wanted file; there can be one for each test."""
    inside, seen = False, Counter[Line]()
    for line in report.text.splitlines():
        kind, _, value = line.strip().partition(":")
        if kind == "SF":
            inside, seen = wanted.is_at(value, (wanted.root, report.path.parent)), Counter()
        elif inside and kind == "DA":
            place, hits = value.split(",")[:2] if "," in value else (value, "")
            tally.line(number(place), reached=number(hits) > 0)
        elif inside and kind == "BRDA":
            place, taken = value.split(",", 1)[0], value.rpartition(",")[2]
            arc = (number(place), way(seen[number(place)]))
            seen[arc[0]] += 1
            tally.branch(arc, reached=taken not in NOT_RUN)


def tests(report: Report) -> dict[str, Report]:
    """What each test reached, where records name several tests (TN:) that they are of; else nothing."""
    found: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in report.text.splitlines():
        name = line[3:].strip() if line.startswith("TN:") else name
        found[name].append(line)
    if "" in found or len(found) == 1:
        return {}
    return {test: replace(report, data="\n".join(lines).encode()) for test, lines in found.items()}


def names(report: Report) -> Iterator[str]:
    """The files that have a record."""
    for line in report.text.splitlines():
        if line.startswith("SF:"):
            yield line[3:].strip()
