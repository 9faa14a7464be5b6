from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from testgen.domain import CoverageMap, Ending, Reach, Result, Stop, Usage
from testgen.reports import bill
from testgen.reports.history import lines
from testgen.reports.text import join
from testgen.store import PastRun

RUN = PastRun(
    "2026-01-02T03:04:05+00:00", "shop/cart.py", "gpt-4o", "a round gained nothing",
    5, 1, 10, 50.55, 0, 25, 2, 1_200, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage(), "0 tokens in 0 calls"),
        (Usage(1, 1_000, 0, 200), "1,200 tokens in 1 call"),
        (
            Usage(2, 1_000, 400, 200, 50),
            "1,200 tokens (400 cached, 40.0 % of the prompts; 50 for thinking) in 2 calls",
        ),
        (Usage(1, 10, 0, 1, remembered=2), "11 tokens in 1 call and 2 remembered calls"),
    ],
)
def test_what_was_used(usage: Usage, said: str) -> None:
    assert bill.used(usage) == said


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (0.5, "$0.50 ($0.25 a kept test, $0.10 a line reached)"),
        (0.0, "$0.00"),
        (None, "price unknown"),
    ],
)
def test_what_it_cost(result: Result, cost: float | None, said: str) -> None:
    first, *rest = (replace(round_, usage=Usage()) for round_ in result.rounds)
    rounds = (replace(first, usage=Usage(1, 1, cost=cost)), *rest)
    assert bill.costs(replace(result, rounds=rounds)) == said


def test_nothing_gained_has_no_price_each() -> None:
    nothing = CoverageMap(Path("a.py"), Reach())
    result = Result(
        Path("a.py"), Path("t.py"), nothing, nothing, (), Stop.ROUNDS, None, None, ending=Ending()
    )
    assert bill.costs(result) == "$0.00"


def test_the_history_of_runs() -> None:
    said = join(lines([RUN, replace(RUN, cost=0.5)]))
    assert said.count("\n") == 4
    assert "shop/cart.py  with gpt-4o: kept 1 of 5 candidates; a round gained nothing\n" in said
    assert "lines 10.0 % → 50.5 %, branches 0.0 % → 25.0 %; 1,200 tokens in 2 calls, price unknown\n" in said
    assert said.endswith("$0.50\n")


def test_a_history_without_runs() -> None:
    assert join(lines([])) == "No run has asked a model here yet.\n"


def test_hostile_names_stay_on_their_line() -> None:
    said = join(lines([replace(RUN, source="a\nb\x1b[31m.py", model="m\r\n", stop="\x07")]))
    assert said.count("\n") == 2
    assert "\x1b" not in said
