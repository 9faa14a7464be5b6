"""JUnit XML, which most runners can be told to write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from testgen.domain import Failure, Outcome, TestResult
from testgen.judge.command.runners.terms import Written, seconds

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

OUTCOMES = {"failure": Outcome.FAILED, "error": Outcome.ERROR, "skipped": Outcome.SKIPPED}


def results(written: Written) -> tuple[TestResult, ...]:
    """Tests by their own names, each with its class in place of a file."""
    return tuple(test for text in written.files for test in tests(text))


def tests(text: str, *, titled: bool = False) -> Iterator[TestResult]:
    """The test cases of a file; with `titled` those of a suite have the names of suites around in theirs."""
    try:
        yield from _below(SafeTree.fromstring(text), (), titled=titled)
    except (ParseError, DefusedXmlException, RecursionError):
        return  # cut off in the middle, or not what a runner writes


def _below(parent: Element, titles: tuple[str, ...], *, titled: bool) -> Iterator[TestResult]:
    for child in parent:
        if child.tag == "testcase":
            yield _test(child, titles)
        elif child.tag == "testsuite":
            yield from _below(child, (*titles, child.get("name", "")) if titled else (), titled=titled)


def _test(case: Element, titles: tuple[str, ...]) -> TestResult:
    ended = next((child for child in case if child.tag in OUTCOMES), None)
    outcome = Outcome.PASSED if ended is None else OUTCOMES[ended.tag]
    failure = _failure(ended) if ended is not None and outcome is not Outcome.SKIPPED else None
    name = " ".join((*titles, case.get("name", "")))
    return TestResult(
        name, outcome, seconds(case.get("time", "0").replace(",", "")), failure, case.get("classname", "")
    )


def _failure(ended: Element) -> Failure:
    text = ended.text or ""
    message = ended.get("message") or text.strip() or ended.get("type", "")
    return Failure(str(message).strip().partition("\n")[0], text)
