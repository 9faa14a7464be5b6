"""A prompt for a small window: what is furthest from the question is left out first."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TypeAlias

from testgen.prompting import File, Question

NO_ROOM = "# There are tests already, which for want of room are not shown."

Step: TypeAlias = tuple[str, Question]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A question that fits, as far as it can, and the kinds of things left out of it."""

    question: Question
    left_out: tuple[str, ...] = ()


def fitted(question: Question, size: Callable[[Question], int], room: int) -> Fitted:
    """The question made smaller step by step until its size is no more than the room.

    What is left at the end is the code under test with its fixtures, the instructions, and one gap.
    """
    smallest = Fitted(question)
    steps = _smaller(question)
    while size(smallest.question) > room and (step := next(steps, None)):
        name, less = step
        smallest = Fitted(less, tuple(dict.fromkeys((*smallest.left_out, name))))
    return smallest


def _smaller(question: Question) -> Generator[Step, None, None]:
    """Ever smaller questions, each with the kind of thing that it is one less of."""
    question = yield from _without_surroundings(question)
    for _ in question.uses:
        question = replace(question, uses=question.uses[:-1])
        yield "definitions that the code uses", question
    for _ in question.included:
        question = replace(question, included=question.included[:-1])
        yield "included files", question
    if question.tests.text:
        question = replace(question, tests=File(question.tests.path, NO_ROOM))
        yield "existing tests", question
    for _ in question.attempts:
        question = replace(question, attempts=question.attempts[:-1])
        yield "earlier attempts", question
    for _ in question.gaps[1:]:
        question = replace(question, gaps=question.gaps[:-1])
        yield "gaps further down", question
    for _ in question.changes[1:]:
        question = replace(question, changes=question.changes[:-1])
        yield "changes further down", question


def _without_surroundings(question: Question) -> Generator[Step, None, Question]:
    """The same for what is left out whole; returns the question without any of it."""
    if question.calls:
        question = replace(question, calls=())
        yield "calls elsewhere in the project", question
    if question.signatures:
        question = replace(question, signatures=())
        yield "signatures of what the code calls", question
    if question.examples:
        question = replace(question, examples=())
        yield "tests in other files", question
    if question.fixtures:
        question = replace(question, fixtures=())
        yield "fixtures of plugins", question
    return question
