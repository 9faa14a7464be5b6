"""What single tests reach, from one run of them all: what is recorded of them, as far as it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from testgen.domain import CoverageMap, Reach

TOGETHER = ""  # the name of the record of what all tests reach, where a runner makes one


@dataclass(frozen=True, slots=True)
class Apart:
    """What tests reach by themselves, by the names they are reported under: `branches` too, or lines only."""

    reaches: Mapping[str, Reach] = field(default_factory=dict)
    branches: bool = True


NOTHING = Apart()


def believed(records: Mapping[str, CoverageMap], report: CoverageMap | None) -> Apart:
    """The records of single tests.

    Where there is one of all tests together, the others count as far as that says what the report of the run
    does: in lines, and in branches, which may be numbered otherwise.
    """
    reaches = {name: record.reached for name, record in records.items() if name != TOGETHER}
    together = records.get(TOGETHER)
    if together is None:
        return Apart(reaches)
    if report is None or together.reached.lines != report.reached.lines:
        return NOTHING
    known = all(record.possible.branches == report.possible.branches for record in records.values())
    if known and together.reached.branches == report.reached.branches:
        return Apart(reaches)
    return Apart({name: Reach(reach.lines) for name, reach in reaches.items()}, branches=False)
