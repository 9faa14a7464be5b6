from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from testgen.domain import CoverageMap, Gate, Reach
from testgen.reports import phrases


@pytest.mark.parametrize(
    ("lines", "statements", "expected"),
    [
        ((), (1, 2), ()),
        ((12,), (12,), ("12",)),
        ((12, 13, 14, 15, 20), range(1, 30), ("12-15", "20")),
        ((12, 15, 20), (12, 15, 18, 20), ("12-15", "20")),  # nothing that runs stands on 13 and 14
        ((3, 4), (), ("3-4",)),
    ],
)
def test_ranges(lines: tuple[int, ...], statements: tuple[int, ...], expected: tuple[str, ...]) -> None:
    assert phrases.ranges(lines, statements) == expected


def test_branches_come_by_line_and_exits_last() -> None:
    assert phrases.branches([(20, -18), (12, 15), (20, 21), (12, 13)]) == (
        "12→13",
        "12→15",
        "20→21",
        "20→exit",
    )


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (Reach(), "nothing"),
        (Reach.of([4]), "line 4"),
        (Reach.of([4, 5, 9], [(4, 5)]), "lines 4-5, 9; branch 4→5"),
        (Reach.of([], [(4, 5), (4, 9), (9, -1)]), "branches 4→5, 4→9, … 1 more"),
    ],
)
def test_reach(what: Reach, expected: str) -> None:
    assert phrases.reach(what, range(1, 20), most=2) == expected


@pytest.mark.parametrize(
    ("dollars", "expected"),
    [
        (None, "price unknown"),
        (0.0, "$0.00"),
        (0.00004, "under $0.0001"),
        (0.0123, "$0.0123"),
        (0.5, "$0.50"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money_never_calls_an_unknown_price_zero(dollars: float | None, expected: str) -> None:
    assert phrases.money(dollars) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0.0 %"), (61.57, "61.5 %"), (99.999, "99.9 %"), (100, "100.0 %")]
)
def test_percent_says_100_only_when_it_is(value: float, expected: str) -> None:
    assert phrases.percent(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.021, "0.02 s"),
        (4.26, "4.3 s"),
        (59.4, "59.4 s"),
        (59.9, "1 min 0 s"),
        (60, "1 min 0 s"),
        (185, "3 min 5 s"),
    ],
)
def test_duration(seconds: float, expected: str) -> None:
    assert phrases.duration(seconds) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(0, 0, "░░░░░░░░░░"), (50, 75, "█████▓▓░░░"), (50, 99.9, "█████▓▓▓▓░"), (100, 100, "██████████")],
)
def test_bar_is_full_only_when_all_is_covered(before: float, after: float, expected: str) -> None:
    assert "".join(phrases.bar(before, after, width=10)) == expected


def test_covered_leaves_out_branches_where_there_are_none() -> None:
    possible = Reach.of([1, 2, 3, 4], [(2, 3), (2, 4)])
    half = CoverageMap(Path("a.py"), possible, Reach.of([1, 2], [(2, 3)]))
    assert phrases.covered(half) == "lines 50.0 % (2 of 4), branches 50.0 % (1 of 2)"
    assert phrases.covered(replace(half, possible=Reach.of([1]))) == "lines 100.0 % (1 of 1)"


def test_every_gate_has_words() -> None:
    assert set(phrases.GATES) == set(Gate)


def test_paths_outside_the_base_stay_absolute(tmp_path: Path) -> None:
    assert phrases.shown(tmp_path / "a/b.py", tmp_path) == "a/b.py"
    assert phrases.shown(Path("/elsewhere/b.py"), tmp_path) == "/elsewhere/b.py"
    assert phrases.shown(tmp_path / "\x1b[31mb\udce9.py", tmp_path) == "b�.py"
