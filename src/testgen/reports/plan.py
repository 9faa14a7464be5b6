"""A plan as lines for a person: what is missing, and what asking for it may cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from testgen.domain import Gap
from testgen.forecast import Plan
from testgen.reports import phrases
from testgen.reports.phrases import count, shown
from testgen.reports.summary import end_of, heading, plan_of
from testgen.reports.text import Span, one_line


def brief(plan: Plan, base: Path) -> Iterator[Span]:
    """The plan on one line."""
    yield plan_of(shown(plan.result.source, base), plan.result, count(len(plan.gaps), "gap"))


def lines(plan: Plan, base: Path) -> Iterator[Span]:
    """The gaps with their lines, then the forecast and what to do next."""
    yield from heading(plan.result, base)
    yield Span(f"  {phrases.covered(plan.result.before)}\n")
    yield Span(f"\n{count(len(plan.gaps), 'gap')}\n", "bold")
    width = max((len(gap.name) for gap in plan.gaps), default=0)
    for gap in plan.gaps:
        yield from _gap(gap, width, plan)
    yield from end_of(plan.result, plan.result.notes, base)


def _gap(gap: Gap, width: int, plan: Plan) -> Iterator[Span]:
    place = f"lines {gap.first_line}-{gap.last_line}"
    missing = phrases.reach(gap.missing, plan.result.before.possible.lines)
    yield Span(f"  {one_line(gap.name):<{width}}", "green")
    yield Span(f"  {place}", "dim")
    yield Span(f"  missing: {missing}\n")
