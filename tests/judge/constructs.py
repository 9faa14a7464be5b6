"""A source with every construct that branches, and candidates for it."""

from __future__ import annotations

SOURCE = '''
"""What branches in Python, a function each."""

import contextlib
import functools
import os

DEBUG = os.environ.get("DEBUG") or "no"
if DEBUG == "yes":
    LEVEL = 2
else:
    LEVEL = 1


def conditions(a, b):
    if a and (b or a > 10):
        return "both"
    elif a:
        return "a"
    return "b" if b else None


def loops(numbers):
    total = 0
    for number in numbers:
        if number < 0:
            break
        if number == 0:
            continue
        total += number
    else:
        total += 100
    while total > 1000:
        total -= 1000
    return total


def trying(function):
    try:
        value = function()
    except ValueError:
        return "value"
    except (KeyError, IndexError) as error:
        return type(error).__name__
    else:
        value += 1
    finally:
        DEBUG.strip()
    return value


def reraising(function):
    try:
        return function()
    except ValueError:
        raise RuntimeError from None
    finally:
        if DEBUG:
            DEBUG.strip()


def withs(fail):
    with contextlib.suppress(ValueError), contextlib.nullcontext() as nothing:
        if fail:
            raise ValueError(nothing)
        return "in"
    return "out"


def comprehensions(numbers):
    small = [number for number in numbers if number < 10]
    odd = {number: -number for number in numbers if number % 2}
    return small, odd, any(number > 5 for number in numbers), (lambda x: x + 1)(1)


def counting(limit):
    for number in range(limit):
        got = yield number
        if got:
            yield "got"


async def waiting(things):
    async for thing in things:
        if thing:
            return thing
    async with contextlib.AsyncExitStack():
        pass
    return None


@functools.lru_cache(maxsize=None)
def decorated(number):
    assert number >= 0, (
        "too small"
    )
    return (
        number
        if number > 1
        else decorated(number + 1)
    )


class Shape:
    sides = 4 if DEBUG == "no" else 5

    def __init__(self, sides=None):
        if sides:
            self.sides = sides

    @property
    def name(self):
        def inner(sides):
            if sides == 3:
                return "triangle"
            return "other"

        return inner(self.sides)

    @classmethod
    def of(cls, text):
        return cls(int(text)) if text.isdigit() else None


def unreachable(number):
    if number > 0:
        return 1
    if number <= 0:
        return 2
    return 3


def left_out():  # pragma: no cover
    return 1


def one_line(a): return a if a else 0


def forever(limit):
    while True:
        limit -= 1
        if limit < 0:
            return limit


def chained(a):
    return 0 < a < 10 and (a == 5 or a == 6)


def nested(grid):
    for row in grid:
        for cell in row:
            if cell:
                break
        else:
            continue
        return cell
    return None
'''

START = "import pytest\nimport constructs as c\n\n"
RAISES = "\n\ndef boom(error):\n    raise error\n\n\n"
# The body of each candidate.
BODIES = {
    "nothing": "assert True",
    "conditions": "assert (c.conditions(1, 1), c.conditions(1, 0)) == ('both', 'a')",
    "other conditions": "assert (c.conditions(11, 0), c.conditions(0, 1)) == ('both', 'b')",
    "no condition": "assert c.conditions(0, 0) is None",
    "loops": "assert c.loops([1, 0, 2]) == 103",
    "loops with a break": "assert c.loops([1, -1]) == 1",
    "loops again": "assert c.loops([2000]) == 100",
    "no loop": "assert c.loops([]) == 100",
    "trying": "assert c.trying(lambda: 1) == 2",
    "trying in vain": "assert c.trying(lambda: int('x')) == 'value'",
    "trying with a key": "assert c.trying(lambda: {}['x']) == 'KeyError'",
    "trying what is not caught": "with pytest.raises(ZeroDivisionError):\n        c.trying(lambda: 1 / 0)",
    "raising again": "with pytest.raises(RuntimeError):\n        c.reraising(lambda: int('x'))",
    "not raising again": "assert c.reraising(lambda: 5) == 5",
    "withs": "assert c.withs(False) == 'in'",
    "withs that fail": "assert c.withs(True) == 'out'",
    "comprehensions": "assert c.comprehensions([1, 12])[0] == [1]",
    "a generator": "assert list(c.counting(2)) == [0, 1]",
    "a generator that is sent to": "g = c.counting(2); next(g)\n    assert g.send(1) == 'got'",
    "a generator left behind": "assert next(c.counting(2)) == 0",
    "a coroutine": """
    import asyncio
    async def things():
        yield 0
        yield 7
    assert asyncio.run(c.waiting(things())) == 7""",
    "a coroutine to its end": """
    import asyncio
    async def things():
        yield 0
    assert asyncio.run(c.waiting(things())) is None""",
    "what is decorated": "assert c.decorated(1) == 2",
    "an assertion": "with pytest.raises(AssertionError):\n        c.decorated(-1)",
    "a class": "assert c.Shape(3).name == 'triangle'",
    "a class of another kind": "assert (c.Shape().name, c.Shape.of('x')) == ('other', None)",
    "a class method": "assert c.Shape.of('3').sides == 3",
    "what is not reachable": "assert (c.unreachable(1), c.unreachable(0)) == (1, 2)",
    "what is left out": "assert c.left_out() == 1",
    "one line": "assert (c.one_line(1), c.one_line(0)) == (1, 0)",
    "an endless loop": "assert c.forever(2) == -1",
    "a chain": "assert c.chained(5) and not c.chained(50)",
    "loops in loops": "assert c.nested([[0, 0], [0, 1]]) == 1",
    "no loops in loops": "assert c.nested([[0], []]) is None",
    "a module imported anew": "import importlib; assert importlib.reload(c).LEVEL == 1",
    "another environment": """
    import importlib, os
    os.environ["DEBUG"] = "yes"
    assert importlib.reload(c).LEVEL == 2""",
    "a failure after something": "c.conditions(1, 1)\n    assert c.withs(False) == 'out'",
    "a failure in the source": "c.trying(lambda: 1 / 0)",
    "a skip after something": "c.conditions(1, 1)\n    pytest.skip('not today')",
}


def content(body: str) -> bytes:
    """The test file of a candidate."""
    return f"{START}def test_it():\n    {body.strip()}\n".encode()
