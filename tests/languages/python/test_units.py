from __future__ import annotations

import pytest

from testgen.errors import UsageError
from testgen.languages import LANGUAGES, Unit

PYTHON = LANGUAGES["python"]

SOURCE = """\
import functools


@functools.cache
def total(x):
    def inner():
        return x
    return inner()


class Cart:
    @property
    def size(self):
        return 1

    class Item:
        async def load(self):
            pass


if True:
    def late():
        return 2
"""


def test_units_are_named_by_their_path_and_begin_at_their_decorator() -> None:
    assert PYTHON.units(SOURCE) == (
        Unit("total", 4, 8),
        Unit("total.inner", 6, 7),
        Unit("Cart", 11, 18),
        Unit("Cart.size", 12, 14),
        Unit("Cart.Item", 16, 18),
        Unit("Cart.Item.load", 17, 18),
        Unit("late", 22, 23),
    )


def test_a_source_without_definitions_has_no_units() -> None:
    assert PYTHON.units("x = 1\n") == ()


@pytest.mark.parametrize(
    ("source", "cause"),
    [("x = 1\ndef f(:\n", "line 2: invalid syntax"), ("x = '\0'", "null byte"), ("(" * 500, "nested")],
)
def test_what_is_not_python_is_a_usage_error_that_names_the_line(source: str, cause: str) -> None:
    with pytest.raises(UsageError, match=cause):
        PYTHON.units(source)
