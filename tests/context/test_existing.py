from __future__ import annotations

import pytest

from testgen.context.existing import LONGEST, excerpt

FILLER = "    # " + "x" * 90 + "\n"
LONG = f'''"""Cart tests."""

import pytest

from shop import Cart, total

CASES = [1, 2]


@pytest.fixture
def cart():
    return Cart()


# The first one.
@pytest.mark.parametrize("case", CASES)
def test_first(case):
{FILLER * 50}    assert case


def test_second():
    assert True


def helper():
    return 1


class TestTotal:
    @pytest.fixture
    def more(self):
        return 2

    def test_total_is_skipped(self):
        assert total

    def test_total(self, cart):
        assert total(cart) == 3

    @pytest.mark.skip
    def test_total_too(self, cart):
        assert total(Cart(1), Cart(2)) == 3


def test_last(cart):
{FILLER * 50}    assert cart
'''


def test_a_short_file_is_shown_whole():
    text = LONG.replace(FILLER, "")
    assert len(text) <= LONGEST < len(LONG)
    assert excerpt(text, {"total"}) == text


def test_of_a_long_file_what_is_near_and_what_it_stands_on():
    assert excerpt(LONG, {"total", "Cart"}) == (
        '''"""Cart tests."""

import pytest

from shop import Cart, total

CASES = [1, 2]


@pytest.fixture
def cart():
    return Cart()


# left out: test_first, test_second


def helper():
    return 1


class TestTotal:
    @pytest.fixture
    def more(self):
        return 2

    def test_total_is_skipped(self):
        assert total

    def test_total(self, cart):
        assert total(cart) == 3

    # left out: test_total_too


# left out: test_last
'''
    )


def test_without_anything_near_the_first_ones_are_the_example():
    found = excerpt(LONG, set())
    assert "def test_first" in found
    assert "def test_second" in found
    assert found.count("\n    def test_") == 0
    assert "    # left out: test_total_is_skipped, test_total, test_total_too\n" in found


def test_many_names_are_cut_short():
    tests = "".join(f"def test_{number}():\n{FILLER * 3}    assert 1\n\n\n" for number in range(60))
    assert "and 38 more" in excerpt(tests, set())


@pytest.mark.parametrize("text", ["def broken(:\n" * 1000, ""])
def test_what_cannot_be_read_stays(text):
    assert excerpt(text, {"x"}) == text


def test_what_was_red_once_and_then_green_is_no_example():
    assert "def test_total(self" in excerpt(LONG, {"total", "Cart"})
    assert "def test_total(self" not in excerpt(LONG, {"total", "Cart"}, unfit={"test_total"})


def test_of_tests_that_are_equally_near_those_are_shown_that_say_different_things():
    many = "".join(f"def test_{n}():\n{FILLER * 10}    assert total(1)\n\n\n" for n in range(9))
    other = "def test_other(cart):\n    assert ship(cart) == 1\n"
    text = excerpt(f"{many}{other}", {"total", "ship"})
    assert "def test_0" in text
    assert "def test_1" not in text
    assert other in text
