from __future__ import annotations

import pytest

from testgen.domain import Reach
from testgen.gaps import MODULE, find_gaps, reach_of
from testgen.languages import Unit

UNITS = (Unit("Cart", 3, 20), Unit("Cart.total", 5, 9), Unit("Cart.total.inner", 7, 8), Unit("free", 22, 25))


def gaps(lines=(), branches=(), wanted=()):
    missing = reach_of(UNITS, wanted, Reach.of(lines, branches))
    return {gap.name: gap.missing for gap in find_gaps(missing, UNITS)}


def test_what_is_missing_belongs_to_the_innermost_definition():
    found = gaps([1, 4, 6, 7, 23], [(6, 9), (8, -7)])
    assert found == {
        MODULE: Reach.of([1]),
        "Cart": Reach.of([4]),
        "Cart.total": Reach.of([6], [(6, 9)]),
        "Cart.total.inner": Reach.of([7], [(8, -7)]),
        "free": Reach.of([23]),
    }


def test_nothing_missing_no_gaps():
    assert gaps() == {}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("total", {"Cart.total", "Cart.total.inner"}),
        ("Cart.total", {"Cart.total", "Cart.total.inner"}),
        ("Cart", {"Cart", "Cart.total", "Cart.total.inner"}),
        ("inner", {"Cart.total.inner"}),
        ("free", {"free"}),
        ("tot", set()),
    ],
)
def test_wanted_definitions(wanted, names):
    assert set(gaps([1, 4, 6, 7, 23], wanted=[wanted])) == names


def test_only_what_is_wanted_counts_as_gain():
    everything = Reach.of([1, 6, 23], [(6, 9), (22, 25)])
    assert reach_of(UNITS, ["free"], everything) == Reach.of([23], [(22, 25)])
    assert reach_of(UNITS, [], everything) == everything
