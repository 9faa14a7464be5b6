"""What a failed test is evidence of, by its runs and by what the project says: pure functions over values."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from testgen.domain import RED, Candidate, Cause, Failure, Line, Outcome, Run, Statement, Suspect, Verdict
from testgen.languages import Claim
from testgen.prompting import File

FEWEST_WORDS = 2  # of a quotation; a single one stands somewhere in every file
FEWEST_LETTERS = 8

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


def quoted(quotation: str, texts: Sequence[File]) -> Statement | None:
    """Where a quotation stands, whatever the blanks; None if nowhere, or if it says too little."""
    words = _words(quotation)
    if len(words) < FEWEST_WORDS or sum(map(str.isalpha, quotation)) < FEWEST_LETTERS:
        return None
    wanted = " ".join(words)
    for file in texts:
        lines = [
            (word, number) for number, line in enumerate(file.text.splitlines(), 1) for word in _words(line)
        ]
        at = " ".join(word for word, _ in lines).find(wanted)
        if at >= 0:
            return Statement(wanted, file.path, _line_at(lines, at))
    return None


def _words(text: str) -> list[str]:
    return [word for word in text.split() if word.strip("#")]


def _line_at(lines: Sequence[tuple[str, Line]], offset: int) -> Line:
    """The line of the word at an offset of all words joined by blanks."""
    for word, number in lines:
        offset -= len(word) + 1
        if offset < 0:
            return number
    return lines[-1][1]


def exemplified(claims: Sequence[Claim], examples: Sequence[Claim], path: str) -> Statement | None:
    """The first example of the documentation that a test asserts as well."""
    for example in examples:
        if example in claims:
            return Statement(f"{example.call} gives {example.value}", path, example.line)
    return None


def doubts(
    verdicts: Sequence[Verdict],
    claims_of: Callable[[Candidate], Sequence[Claim]],
    examples: Sequence[Claim],
) -> tuple[Verdict, ...]:
    """The verdicts, those on kept tests with what speaks against the values they expect."""
    shown = [(one, claim) for one in verdicts if one.suspect for claim in claims_of(one.candidate)]

    def doubt(test: Candidate) -> str:
        for claim in claims_of(test):
            for example in filter(claim.contradicts, examples):
                said = f"the documentation says {example.value} (line {example.line})"
                return f"expects {claim.value} of {claim.call}, where {said}"
            for other, shows in shown:
                if claim.contradicts(shows):
                    return f"expects {claim.value} of {claim.call}, a suspected bug by {other.candidate.name}"
        return f"the model holds it against “{test.suspects}”, yet it passes" if test.suspects else ""

    return tuple(replace(one, doubt=doubt(one.candidate)) if one.kept else one for one in verdicts)


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspected bug as it is reported: the smallest test that shows it, and others for its statement."""

    verdict: Verdict
    suspect: Suspect
    others: tuple[Verdict, ...] = ()


def findings(verdicts: Sequence[Verdict]) -> tuple[Finding, ...]:
    """One finding for each statement that tests show to be contradicted, in the order of the statements."""

    def key(found: tuple[Verdict, Suspect]) -> tuple[str, Line, str]:
        statement = found[1].statement
        return statement.path, statement.line, statement.text

    found = sorted(((one, one.suspect) for one in verdicts if one.suspect), key=key)
    groups = (list(group) for _, group in groupby(found, key))
    return tuple(_finding(group) for group in groups)


def _finding(group: Sequence[tuple[Verdict, Suspect]]) -> Finding:
    verdict, suspect = min(group, key=lambda one: (not one[1].ends, len(one[1].test.code)))
    return Finding(verdict, suspect, tuple(other for other, _ in group if other is not verdict))
