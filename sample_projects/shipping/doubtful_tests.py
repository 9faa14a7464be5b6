"""Tests for `shipping.schedule` that were written to show the judge at work; pytest does not see
them. Most are wrong in a way of their own; `testgen judge` says which, and keeps the others.
"""

from datetime import date, datetime, time

import pytest

import shipping.schedule
from shipping.quote import Service, Zone
from shipping.schedule import Window, delivery_window, dispatch_day, is_open, week_label

MONDAY = date(2026, 3, 2)


def test_asserts_nothing():
    week_label(MONDAY)


def test_expects_what_is_not_so():
    assert is_open(datetime(2026, 3, 1, 10))


def test_relies_on_the_order_of_a_set():
    services = {service.value for service in Service}
    first = next(iter(services))
    assert first == "standard"
    assert delivery_window(datetime(2026, 3, 2, 9), Zone.EU, Service(first)).first == date(
        2026, 3, 5
    )


def test_leaves_the_cut_off_changed():
    shipping.schedule.CUT_OFF = time(16)
    assert dispatch_day(datetime(2026, 3, 2, 15)) == MONDAY


def test_order_at_the_cut_off_leaves_on_the_next_working_day():
    assert dispatch_day(datetime(2026, 2, 27, 14)) == MONDAY


def test_order_before_the_cut_off_leaves_on_the_same_day():
    assert dispatch_day(datetime(2026, 3, 2, 13, 59)) == MONDAY


def test_window_of_one_day():
    assert str(Window(MONDAY, MONDAY)) == "on 2 March"


@pytest.mark.parametrize(
    ("last", "spoken"),
    [
        (MONDAY, "on 2 March"),
        (date(2026, 3, 4), "between 2 and 4 March"),
        (date(2026, 4, 1), "between 2 March and 1 April"),
    ],
)
def test_window_is_spoken(last, spoken):
    assert str(Window(MONDAY, last)) == spoken


def test_week_can_belong_to_another_year():
    assert week_label(date(2027, 1, 1)) == "2026-W53"


def test_week_again():
    assert week_label(date(2026, 1, 1)) == "2026-W01"
