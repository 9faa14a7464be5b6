"""Jest, whose JSON has every test with the titles around it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from testgen.domain import Failure, Outcome, TestResult
from testgen.judge.command.runners.terms import Order, Written, is_named, seconds

EACH = Path(__file__).parents[2] / "testgen_worker" / "jest_each.cjs"
SOURCES: tuple[str, ...] = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
OUTCOMES = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}


def recognises(script: str) -> bool:
    """Whether jest is called, also by react-scripts."""
    return is_named(script, "jest") or is_named(script, "react-scripts", "test")


def prepare(order: Order) -> Order:
    """Results as JSON; the source measured whether loaded or not, also by single tests (`jest_each`).

    There is no threshold, which is not ours to keep.
    """
    path = order.own / "results.json"
    arguments = (
        *("--json", f"--outputFile={path}", "--ci", "--watchAll=false", "--coverage"),
        *(f"--collectCoverageFrom={shlex.quote(order.source_name)}", "--coverageThreshold='{}'"),
    )
    environ = {"NODE_OPTIONS": f"--require {json.dumps(str(EACH))}", **order.each}
    results = (str(path), f"{order.own}/*.each")
    return replace(order.with_arguments("jest|react-scripts", *arguments), environ=environ, results=results)


def results(written: Written) -> tuple[TestResult, ...]:
    """Tests by their full names: the titles around them and their own, with a blank between."""
    return tuple(test for text in written.files for test in _tests(text))


def _tests(text: str) -> Iterator[TestResult]:
    try:
        for each in json.loads(text)["testResults"]:
            for test in each["assertionResults"]:
                yield _test(test, Path(each["name"]))
    except (AttributeError, ValueError, LookupError, TypeError, RecursionError):
        return  # cut off in the middle, or not by jest: what was whole counts


def _test(test: Mapping[str, Any], path: Path) -> TestResult:
    messages = test.get("failureMessages") or []
    failure = Failure(messages[0].partition("\n")[0], "\n".join(messages)) if messages else None
    outcome = OUTCOMES.get(test["status"], Outcome.SKIPPED)
    name = " ".join((*test["ancestorTitles"], test["title"]))
    return TestResult(name, outcome, seconds(test.get("duration") or 0) / 1000, failure, path.name, path)
