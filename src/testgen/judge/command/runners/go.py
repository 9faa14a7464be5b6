"""`go test`, whose -json has every test and subtest, and what the compiler said."""

from __future__ import annotations

import re
import shlex
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from testgen.domain import Failure, Outcome, TestResult
from testgen.judge.answers import opened
from testgen.judge.command.runners.terms import Order, Written, is_named, seconds

EACH = Path(__file__).parents[2] / "testgen_worker" / "go_each.py"
SOURCES: tuple[str, ...] = (".go",)
OUTCOMES = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED}
MOST_SAID = 4_000  # characters of a failure


def recognises(script: str) -> bool:
    """Whether `go test` is called."""
    return is_named(script, "go", "test")


def prepare(order: Order) -> Order:
    """Results as JSON on the standard output, and profiles of single tests by way of `go_each`."""
    each = f"{shlex.quote(sys.executable)} {shlex.quote(str(EACH))}"
    flags = f"go test -json -exec {shlex.quote(each)}"
    return replace(
        order,
        command=re.sub(r"\bgo\s+test(?=\s|$)", lambda _: flags, order.command),
        environ={"TESTGEN_EACH_IN": str(order.test_file.parent), "TESTGEN_EACH_TO": str(order.own)},
        results=(f"{order.own}/*.each",),
    )


def results(written: Written) -> tuple[TestResult, ...]:
    """Tests by their names, subtests behind a stroke (TestTotal/negative), with the package for a file."""
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    found = []
    for event in _events(written.output):
        place = (_text(event, "Package"), _text(event, "Test"))
        if event["Action"] == "output":
            said[place].append(_text(event, "Output"))
        elif place[1] and event["Action"] in OUTCOMES:
            found.append(_test(event, "".join(said[place])))
    return tuple(found)


def _test(event: Mapping[str, Any], said: str) -> TestResult:
    outcome = OUTCOMES[event["Action"]]
    failure = Failure(_message(said), said[-MOST_SAID:]) if outcome is Outcome.FAILED else None
    took = seconds(event.get("Elapsed", 0.0))
    return TestResult(_text(event, "Test"), outcome, took, failure, _text(event, "Package"))


def _text(event: Mapping[str, Any], key: str) -> str:
    return str(event.get(key, ""))


def _message(said: str) -> str:
    """The first line that is the test's own."""
    lines = (line.strip() for line in said.splitlines())
    return next((line for line in lines if line and not line.startswith(("===", "---"))), "it failed")


def _events(output: str) -> Iterator[Mapping[str, Any]]:
    for line in output.splitlines():
        event = opened(line) if line.startswith("{") else {}
        if isinstance(event.get("Action"), str):
            yield event


def plain_output(output: str) -> str:
    """What the events say, put together, and the lines that are none."""
    parts = []
    for line in output.splitlines():
        event = opened(line) if line.startswith("{") else {}
        parts.append(_text(event, "Output") if event else f"{line}\n")
    return "".join(parts)
