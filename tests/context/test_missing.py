from __future__ import annotations

import pytest

from testgen.context.missing import LONGEST_CODE, Landmarks
from testgen.domain import Gap, Reach

SOURCE = '''\
@cache
def cart(prices, kind):
    """What it costs."""
    if (prices and
            kind):
        total = 1
    elif kind == "x":  # rare
        total = 2
    for price in prices:
        while total:
            total -= price
        if price: break
    else:
        total = 3
    match kind:
        case "a" | "b":
            total = 4
        case str() if total:
            total = 5
    return [x for x in prices]

VALUE = 1
'''
STATEMENTS = frozenset({1, 2, 4, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 22})


def said(lines=(), branches=(), first=1, last=20, source=SOURCE):
    landmarks = Landmarks.of(source, STATEMENTS)
    return "; ".join(landmarks.in_words(Gap("cart", first, last, Reach.of(lines, branches))).sentences)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([4, 6, 20], "never called"),
        ([8], "line 8 `total = 2` never run"),
        ([6, 8], "line 6 `total = 1`, line 8 `total = 2` never run"),
        ([11, 12, 14, 17], "lines 11-14, line 17 `total = 4` never run"),
        ([16, 17, 18, 20], "lines 16-18, line 20 `return [x for x in prices]` never run"),
    ],
)
def test_lines(lines, words):
    assert said(lines) == words


@pytest.mark.parametrize(
    ("branch", "words"),
    [
        ((4, 6), "line 4 `if prices and kind` never true"),
        ((4, 7), "line 4 `if prices and kind` never false"),
        ((7, 8), 'line 7 `elif kind == "x"` never true'),
        ((7, 9), 'line 7 `elif kind == "x"` never false'),
        ((9, 10), "line 9 `for price in prices` never entered"),
        ((9, 14), "line 9 `for price in prices` never finished normally"),
        ((10, 11), "line 10 `while total` never true"),
        ((10, 12), "line 10 `while total` never false"),
        ((12, 9), "line 12 `if price` never false"),
        ((16, 17), 'line 16 `case "a" | "b"` never matches'),
        ((16, 18), 'line 16 `case "a" | "b"` never passed over'),
        ((18, 20), "line 18 `case str() if total` never passed over"),
        ((20, -2), "line 20 never leaves the function"),
        ((20, 4), "line 20 never goes on to line 4"),
    ],
)
def test_branches(branch, words):
    assert said(branches=[branch]) == words


def test_branches_of_missing_lines_go_without_saying():
    assert said([8], [(7, 8), (9, 14)]) == (
        "line 8 `total = 2` never run; line 9 `for price in prices` never finished normally"
    )


def test_only_a_function_is_never_run_as_a_whole():
    assert said([22], first=22, last=22) == "line 22 `VALUE = 1` never run"


def test_long_code_is_clipped():
    condition = " or ".join(["name"] * 40)
    words = said(branches=[(1, 2)], source=f"if {condition}:\n    x = 1\n")
    assert words.endswith("…` never true")
    assert len(words) < LONGEST_CODE + 40
