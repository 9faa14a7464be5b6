"""The history of runs as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from testgen.reports.phrases import count, money, percent
from testgen.reports.text import Span, one_line
from testgen.store import PastRun


def lines(runs: Sequence[PastRun]) -> Iterator[Span]:
    """Two lines for each run, in the order given; times are those of this machine."""
    if not runs:
        yield Span("No run has asked a model here yet.\n")
    for run in runs:
        when = datetime.fromisoformat(run.started).astimezone()
        yield Span(f"{when:%Y-%m-%d %H:%M}  ", "dim")
        yield Span(f"{one_line(run.source)}", "bold")
        yield Span(f"  with {one_line(run.model)}: ")
        yield Span(f"kept {run.kept} of {count(run.candidates, 'candidate')}", "green")
        yield Span(f"; {one_line(run.stop)}\n")
        yield Span(f"{'':18}{_coverage(run)}; {_cost(run)}\n")


def _coverage(run: PastRun) -> str:
    lines = f"lines {percent(run.lines_before)} → {percent(run.lines_after)}"
    return f"{lines}, branches {percent(run.branches_before)} → {percent(run.branches_after)}"


def _cost(run: PastRun) -> str:
    return f"{count(run.tokens, 'token')} in {count(run.calls, 'call')}, {money(run.cost)}"
