from __future__ import annotations

import pytest

from testgen.context.fitting import NO_ROOM, fitted
from testgen.prompting import AskedGap, Attempt, CallSite, File, Question

QUESTION = Question(
    source=File("cart.py", "x"),
    language="python",
    runner="",
    module="cart",
    versions="",
    uses=(File("near.py", "x"), File("far.py", "x")),
    signatures=(),
    left_out="",
    calls=(CallSite("app.py", 1, "x"),),
    included=(File("first.md", "x"), File("second.md", "x")),
    conftests=(File("conftest.py", "x"),),
    fixtures=(),
    instructions="x",
    examples=(File("test_other.py", "x"),),
    tests=File("test_cart.py", "x"),
    gaps=(AskedGap("a", 1, 2, ("x",)), AskedGap("b", 3, 4, ("x",))),
    attempts=(Attempt("latest", "x", "x", "x"), Attempt("oldest", "x", "x", "x")),
)


def size(question):
    """One for everything that can be left out."""
    lists = (question.uses, question.calls, question.included, question.gaps, question.attempts)
    return sum(map(len, lists)) + len(question.examples) + (question.tests.text == "x")


ALL = size(QUESTION)
KINDS = (
    "calls elsewhere in the project",
    "tests in other files",
    "definitions that the code uses",
    "included files",
    "existing tests",
    "earlier attempts",
    "gaps further down",
)


def test_what_fits_stays_as_it_is():
    made = fitted(QUESTION, size, ALL)
    assert (made.question, made.left_out) == (QUESTION, ())


@pytest.mark.parametrize(
    ("less", "kinds"),
    [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 4), (7, 5), (8, 6), (9, 6), (10, 7), (99, 7)],
)
def test_no_more_is_left_out_than_has_to_be_and_the_furthest_first(less, kinds):
    made = fitted(QUESTION, size, ALL - less)
    assert size(made.question) == max(ALL - less, 1)
    assert made.left_out == KINDS[:kinds]


def test_of_each_kind_the_nearest_stay_longest():
    question = fitted(QUESTION, size, ALL - 9).question
    assert [gap.name for gap in question.gaps] == ["a", "b"]
    assert fitted(QUESTION, size, ALL - 3).question.uses == QUESTION.uses[:1]
    assert fitted(QUESTION, size, ALL - 8).question.attempts == QUESTION.attempts[:1]


def test_in_the_end_the_code_and_one_gap_are_left():
    question = fitted(QUESTION, size, 0).question
    assert (question.source, question.conftests) == (QUESTION.source, QUESTION.conftests)
    assert (question.instructions, question.gaps) == ("x", QUESTION.gaps[:1])
    assert question.tests == File("test_cart.py", NO_ROOM)
