"""Why a test fails, as far as its runs tell: pure functions over values."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from testgen.domain import RED, Candidate, Cause, Failure, Line, Outcome, Run, Statement, Verdict

# A package's name and nothing else: it becomes part of a command that is shown.
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([a-z_]\w*)'", re.ASCII | re.IGNORECASE)
_SURROUNDINGS = re.compile(
    r"(PermissionError|Connection\w*Error|(socket\.)?gaierror|BlockingIOError)\b"
    r"|.*(Read-only file system|No space left on device|Network is unreachable)"
)
_ASSERTS = re.compile(r"assert\b|AssertionError\b|Failed\b")
_FAKES = re.compile(r"\b\w*Mock\b|does not have the attribute")
_WRONG_CALL = re.compile(r"TypeError: (?:.*\.)?(<lambda>|\w+)\(\) (takes|missing|got)\b")
_WAITS = re.compile(
    r"\bwhile\b|\b(sleep|join|wait|input|acquire|Thread|Process|Popen)\(|import (time|asyncio)\b"
)
_ENDLESS = ("RecursionError", "MemoryError")
_STALLED = (Outcome.TIMEOUT, Outcome.CRASHED)


@dataclass(frozen=True, slots=True)
class Place:
    """The files that tell a test's own lines from the tested code, and the tested module's name."""

    source: Path
    test_file: Path
    module: str


def cause_of(verdict: Verdict, place: Place, statement: Statement | None) -> Cause:
    """Why a test fails; `statement` is what the project is known to say against what the code does."""
    run = verdict.runs[-1]
    if len({_kind(one, place) for one in verdict.runs}) > 1:
        return Cause.FLAKY
    if missing_modules([verdict], place.module) or (run.failure and _SURROUNDINGS.match(run.failure.message)):
        return Cause.ENVIRONMENT
    if not _blames_the_code(verdict.candidate, run, place):
        return Cause.TEST
    return Cause.CODE if statement else Cause.UNBACKED


def _kind(run: Run, place: Place) -> frozenset[tuple[str, str, Line]]:
    """How a run ended, so that two that ended for the same reason are equal: what failed, how, and where.

    To run into the time limit and to run out of stack or memory is one thing: which comes first is chance.
    """
    if run.outcome in _STALLED or (run.failure and _error(run.failure) in _ENDLESS):
        return frozenset({("", "endless", 0)})
    red = [(test.name, test.failure) for test in run.tests if test.failure and test.outcome in RED]
    failures = red or [("", run.failure or Failure(run.outcome.value))]
    return frozenset((name, _error(failure), _own_line(failure, place)) for name, failure in failures)


def _own_line(failure: Failure, place: Place) -> Line:
    """The test's line that a failure came up in, 0 if in none."""
    return next((line for file, line in reversed(failure.places) if file == place.test_file), 0)


def _error(failure: Failure) -> str:
    return "assert" if _ASSERTS.match(failure.message) else failure.message.partition(":")[0].strip()


def _blames_the_code(test: Candidate, run: Run, place: Place) -> bool:
    """Whether a failure came up in an assertion or in the tested code, not in what the test does itself."""
    own = "\n".join((*test.imports, *test.support, test.owner_header, test.code))
    if run.outcome in _STALLED:
        return not _WAITS.search(own)  # it is not the test that waits
    if run.outcome is not Outcome.FAILED or not run.failure:
        return False
    message = run.failure.message
    if _ASSERTS.match(message):
        return True
    if _FAKES.search(message) or _calls_a_fake(message, own):
        return False
    reached = [file for file, _ in run.failure.places if file in (place.source, place.test_file)]
    return bool(reached) and reached[-1] == place.source


def _calls_a_fake(message: str, own: str) -> bool:
    """Whether the code was handed a function of the test that has another signature than the real one."""
    match = _WRONG_CALL.match(message)
    return bool(match and re.search(rf"\blambda\b|\bdef\s+{re.escape(match[1])}\b", own))


def missing_modules(verdicts: Sequence[Verdict], module: str) -> tuple[str, ...]:
    """What candidates import and is not installed; the package of the tested `module` is not among them."""
    messages = (run.failure.message for verdict in verdicts for run in verdict.runs if run.failure)
    found = (match[1] for message in messages if (match := _NO_MODULE.match(message)))
    known = sys.stdlib_module_names | {module.partition(".")[0]}
    return tuple(name for name in dict.fromkeys(found) if name not in known)
