"""Node's own test runner, which writes JUnit XML when NODE_OPTIONS say so."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from testgen.domain import TestResult
from testgen.judge.command.runners.jest import SOURCES
from testgen.judge.command.runners.junit import tests
from testgen.judge.command.runners.terms import Order, Written

__all__ = ["SOURCES", "prepare", "recognises", "results"]

EACH = Path(__file__).parents[2] / "testgen_worker" / "node_each.cjs"


def recognises(script: str) -> bool:
    """Whether `node --test` is called, with other options between or not."""
    return re.search(r"\bnode\s(.*\s)?--test(\s|$)", script) is not None


def prepare(order: Order) -> Order:
    """Results as JUnit XML beside what people read; where V8 counts, also what single tests reach."""
    path = order.own / "results.xml"
    options = (
        f"--require {json.dumps(str(EACH))}",
        *("--test-reporter=spec", "--test-reporter-destination=stdout"),
        *("--test-reporter=junit", f"--test-reporter-destination={json.dumps(str(path))}"),
    )
    environ = {"NODE_OPTIONS": " ".join(options), **order.each}
    return replace(order, environ=environ, results=(str(path), f"{order.own}/*.each"))


def results(written: Written) -> tuple[TestResult, ...]:
    """Tests by their names, with those of the `describe` around them in front.

    A file that could not be loaded is reported like a test of its name; what is wrong stands in the output.
    """
    found = (test for text in written.files for test in tests(text, titled=True))
    return tuple(test for test in found if not _is_file(test))


def _is_file(test: TestResult) -> bool:
    said = test.failure.trace if test.failure else ""
    return test.name.endswith(SOURCES) and "test failed" in said and "exitCode:" in said
