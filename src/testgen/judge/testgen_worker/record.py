"""How tests ended, in plain values."""

from __future__ import annotations

import os
from typing import Union

import pytest

from . import Json

Report = Union[pytest.TestReport, pytest.CollectReport]

WORST_FIRST = ("crashed", "timeout", "broken", "error", "failed", "empty", "skipped", "passed")
PLACES = 50  # frames of a failure that are noted
CLIP = 4000  # characters of a message, a trace or an output that are worth reading


class Recorder:
    """A pytest plugin that notes how each test ended and where collecting failed."""

    def __init__(self) -> None:
        self.tests: dict[str, Json] = {}
        self.broken: list[Json] = []
        self.paths: dict[str, str] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        self.paths[item.nodeid] = str(item.path)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if str(report.outcome) == "rerun":  # a plugin gives the test another try
            self.tests.pop(report.nodeid, None)
            return
        outcome = outcome_of(report)
        name = report.nodeid.partition("::")[2] or report.nodeid
        test = self.tests.setdefault(
            report.nodeid,
            {
                "name": name,
                "file": report.nodeid.partition("::")[0],
                "path": self.paths.get(report.nodeid, ""),
                "outcome": "passed",
                "seconds": 0.0,
                "failure": None,
            },
        )
        test["seconds"] += report.duration
        if WORST_FIRST.index(outcome) < WORST_FIRST.index(test["outcome"]):
            test["outcome"], test["failure"] = outcome, failure_of(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append({"file": report.nodeid, "failure": failure_of(report)})

    def is_red(self, item: pytest.Item) -> bool:
        return item.nodeid in self.tests and self.tests[item.nodeid]["outcome"] in ("failed", "error")

    def result(self) -> Json:
        outcomes = [test["outcome"] for test in self.tests.values()] or ["empty"]
        outcomes += ["broken"] * bool(self.broken)
        failures = [entry["failure"] for entry in (*self.broken, *self.tests.values()) if entry["failure"]]
        return {
            "outcome": min(outcomes, key=WORST_FIRST.index),
            "tests": list(self.tests.values()),
            "broken": self.broken,
            "failure": failures[0] if failures else None,
        }


def outcome_of(report: pytest.TestReport) -> str:
    if report.skipped or hasattr(report, "wasxfail"):
        return "skipped"
    if report.passed:
        return "passed"
    return "failed" if report.when == "call" else "error"


def failure_of(report: Report) -> Json:
    """Message, frames and output of a report that is not a plain pass."""
    output = "\n".join(text for _, text in report.sections)
    return {
        "message": clip(message_of(report)),
        "trace": clip(report.longreprtext),
        "output": clip(output),
        "places": places_of(report),
    }


def places_of(report: Report) -> list[tuple[str, int]]:
    """The files and lines that a failure went through, the innermost of them, in their order."""
    entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", [])
    found = [getattr(entry, "reprfileloc", None) for entry in entries[-PLACES:]]
    return [(os.path.realpath(place.path), place.lineno) for place in found if place is not None]


def message_of(report: Report) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    missing = getattr(report.longrepr, "errorstring", None)  # a fixture that was not found
    if hasattr(report, "wasxfail"):
        return str(report.wasxfail)
    if crash is not None:
        return str(crash.message)
    if missing is not None:
        return str(missing).strip().partition("\n")[0]
    if isinstance(report.longrepr, tuple):  # path, line and reason of a skip
        return str(report.longrepr[2])
    return last_line(str(report.longrepr))


def last_line(text: str) -> str:
    lines = [line.removeprefix("E").strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def clip(text: str) -> str:
    """The beginning and the end of a long text."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    if len(text) <= CLIP:
        return text
    half = CLIP // 2
    return f"{text[:half]}\n... {len(text) - CLIP} characters left out ...\n{text[-half:]}"
