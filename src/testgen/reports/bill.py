"""What a run used and cost, as every report for people says it."""

from __future__ import annotations

from collections.abc import Iterator

from testgen.domain import Result, Usage
from testgen.reports.figures import cost_per, measures, tokens
from testgen.reports.phrases import count, money, percent
from testgen.results import Results


def used(usage: Usage) -> str:
    """Tokens and calls: "3,100 tokens (1,000 cached, 40.0 % of the prompts; 20 for thinking) in 2 calls"."""
    return f"{count(tokens(usage), 'token')} {calls(usage)}"


def calls(usage: Usage) -> str:
    """What kinds of tokens there were and in how many calls: "(20 for thinking) in 2 calls"."""
    cached = f"cached, {percent(100 * (usage.cached_share or 0))} of the prompts"
    kinds = ((usage.cached_tokens, cached), (usage.reasoning_tokens, "for thinking"))
    parts = "; ".join(f"{number:,} {kind}" for number, kind in kinds if number)
    remembered = f" and {count(usage.remembered, 'remembered call')}" if usage.remembered else ""
    return f"{f'({parts}) ' if parts else ''}in {count(usage.calls, 'call')}{remembered}"


def costs(run: Result | Results) -> str:
    """Money: "$0.0199 ($0.01 a kept test, $0.0040 a line reached)"."""
    each = unit_costs(run)
    return money(run.usage.cost) + (f" ({each})" if each else "")


def unit_costs(run: Result | Results) -> str:
    """What was got for the money, each for itself; empty if it cost nothing or nobody knows what."""
    return ", ".join(_unit_costs(run))


def _unit_costs(run: Result | Results) -> Iterator[str]:
    counts = ((len(run.kept), "a kept test"), (measures(run)[0].gain, "a line reached"))
    for number, what in counts:
        if each := cost_per(run.usage, number):
            yield f"{money(each)} {what}"
