"""What is known of test runners: how to have each test's result from one; a module each, one literal dict."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from testgen.domain import TestResult
from testgen.judge.command.runners import go, jest, node, surefire, unknown, vitest
from testgen.judge.command.runners.terms import Order, Written, script_behind


class Runner(Protocol):
    """One kind of test runner; SOURCES are how the files end whose tests it runs, empty if not known."""

    SOURCES: tuple[str, ...]

    def recognises(self, script: str) -> bool:
        """Whether a command, or the script of package.json behind it, is of this kind."""
        ...

    def prepare(self, order: Order) -> Order:
        """The same command with the result of every test written down."""
        ...

    def results(self, written: Written) -> tuple[TestResult, ...]:
        """How every test ended, as far as that was written."""
        ...


RUNNERS: dict[str, Runner] = {
    "jest": jest,
    "vitest": vitest,
    "node": node,
    "go": go,
    "surefire": surefire,
}
ANY: Runner = unknown


def runner_for(command: str, root: Path) -> Runner:
    """The runner behind a command; where it is not known, one that at most says something itself."""
    return RUNNERS.get(name_of(command, root), ANY)


def name_of(command: str, root: Path) -> str:
    """What the runner behind a command is called; "" where it is not known."""
    script = script_behind(command, root)
    return next((name for name, runner in RUNNERS.items() if runner.recognises(script)), "")
