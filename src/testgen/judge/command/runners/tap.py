"""The Test Anything Protocol, which bats, prove -v, tape and others write to the standard output.

Source of the format: testanything.org, version 14. Subtests are indented and stand before their test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from testgen.domain import Failure, Outcome, TestResult

_PLAN = re.compile(r"^\s*1\.\.\d+", re.MULTILINE)
_TEST = re.compile(r"(?P<indent>\s*)(?P<failed>not )?ok\b(?:\s+\d+\b)?(?:\s+-)?(?P<rest>.*)")
_LEFT_OUT = re.compile(r"\s#\s*(?:skip|todo)\b", re.IGNORECASE)
MOST_SAID = 50  # lines of a failure


def tests(output: str) -> Iterator[TestResult]:
    """The tests in an output, titles of those around them in front; none where it is no such output."""
    if not _PLAN.search(output):
        return
    above: list[tuple[int, str]] = []
    said: list[str] = []  # behind a test's line, the last first
    for line in reversed(output.splitlines()):
        match = _TEST.match(line)
        if match is None:
            said.append(line.strip())
            continue
        indent, title = len(match["indent"]), _LEFT_OUT.split(match["rest"])[0].strip()
        above = [*(one for one in above if one[0] < indent), (indent, title)]
        yield _test(" ".join(title for _, title in above), match, said[: -MOST_SAID - 1 : -1])
        said = []


def _test(name: str, match: re.Match[str], said: Sequence[str]) -> TestResult:
    if _LEFT_OUT.search(match["rest"]):
        return TestResult(name, Outcome.SKIPPED, 0.0)
    if not match["failed"]:
        return TestResult(name, Outcome.PASSED, 0.0)
    return TestResult(name, Outcome.FAILED, 0.0, Failure(_message(said), "\n".join(said)))


def _message(said: Sequence[str]) -> str:
    """What diagnostics call their message, or the first of them that says something."""
    lines = [line.lstrip("# ") for line in said if re.search(r"\w", line)]
    named = (line.partition(":")[2].strip(" '\"") for line in lines if line.startswith("message:"))
    return next(iter([*named, *lines]), "not ok")
