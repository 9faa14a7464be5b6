"""A command of which nothing is known: it may say itself how its tests ended, in one of the common ways."""

from __future__ import annotations

from testgen.domain import TestResult
from testgen.judge.command.runners import junit, tap
from testgen.judge.command.runners.terms import Order, Written

SOURCES: tuple[str, ...] = ()


def recognises(script: str) -> bool:  # noqa: ARG001
    """Any command."""
    return True


def prepare(order: Order) -> Order:
    """The command as it is; where it writes JUnit XML is up to the user (--test-report)."""
    return order


def results(written: Written) -> tuple[TestResult, ...]:
    """Tests by JUnit XML, or by what was said in the Test Anything Protocol."""
    return junit.results(written) or tuple(tap.tests(written.output))
