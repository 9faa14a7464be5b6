"""Whose fault a red run is: by the runner's own results, or by the lines that a compiler complains about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from testgen.domain import RED, Candidate, Failure, Outcome, Run, TestResult
from testgen.judge.command.bench import Attempt
from testgen.judge.command.complaints import TELLING
from testgen.languages import Language, Merged

FEW_WORDS = 2  # of a line that says where something is and not what, as "--> tests/price.rs:25:16"
ALIKE = 0.6  # part of a candidate's lines that stand where it was put; its name may have been changed


def cases(run: Run, name: str, language: Language, test_file: Path) -> tuple[TestResult, ...]:
    """The results that belong to the test of that name in the test file."""
    return tuple(
        test
        for test in run.tests
        if test.path in (Path(), test_file)
        and (language.is_case(test.name, name) or language.is_case(f"{test.file}.{test.name}", name))
    )


def guilty(
    attempt: Attempt, merged: Merged, candidates: Sequence[Candidate], language: Language, test_file: Path
) -> Mapping[int, Run]:
    """The candidates by whose own fault a run was not green, each with how it ended; empty if unknown."""
    by_result = {
        index: of(cases(attempt.run, name, language, test_file))
        for index, name in enumerate(merged.names)
        if any(test.outcome is not Outcome.PASSED for test in cases(attempt.run, name, language, test_file))
    }
    if by_result or attempt.run.outcome is not Outcome.BROKEN:
        return by_result
    return _by_lines(attempt, merged, candidates, test_file)


def of(tests: Sequence[TestResult]) -> Run:
    """How the cases of one test ended together."""
    worst = next((test for test in tests if test.outcome in RED), None)
    worst = worst or next((test for test in tests if test.outcome is not Outcome.PASSED), tests[0])
    return Run(
        worst.outcome,
        seconds=sum(test.seconds for test in tests),
        tests=tuple(tests),
        failure=worst.failure,
    )


def _by_lines(
    attempt: Attempt, merged: Merged, candidates: Sequence[Candidate], test_file: Path
) -> Mapping[int, Run]:
    """The candidates on whose lines something is wrong, or that brought such a line along."""
    text = merged.content.decode("utf-8", "replace").splitlines()
    spans = [_span(candidate, text) for candidate in candidates]
    found: dict[int, Run] = {}
    for line, message in complaints_about(test_file, attempt.said):
        for index, candidate in enumerate(candidates):
            brought = 0 < line <= len(text) and _brings(candidate, text[line - 1])
            if line in spans[index] or brought:
                said = message or (attempt.run.failure.message if attempt.run.failure else "")
                found.setdefault(index, Run(Outcome.BROKEN, failure=Failure(said, attempt.said[-2000:])))
    return found


def complaints_about(test_file: Path, said: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that an output names, as cart_test.go:23:5, Cart.java:[23,17] or a.ts(23,5).

    With what is said there of each, or above it where a line is no more than a place; "" if nothing is.
    """
    name = re.escape(test_file.name)
    direct = re.compile(rf"\b{name}[:(]\[?(\d+)")
    behind = re.compile(rf"\b{name}: .*\((\d+):\d+\)")  # SyntaxError: /a/b.js: Unexpected token (23:5)
    above = ""
    for line in said.splitlines():
        is_place = len(line.split()) <= FEW_WORDS
        if match := direct.search(line) or behind.search(line):
            yield int(match[1]), above if is_place else line.strip()
        elif TELLING.search(line):
            above = line.strip()


def _span(candidate: Candidate, text: Sequence[str]) -> range:
    """The lines on which a candidate stands in the merged file, as far as they can be told."""
    code = [line.strip() for line in candidate.code.strip("\n").splitlines()]
    lines = [line.strip() for line in text]
    places = range(len(lines) - len(code) + 1)
    alike = {at: sum(a == b for a, b in zip(code, lines[at:], strict=False)) for at in places}
    best = max(places, key=lambda at: alike[at], default=None)
    if best is None or alike[best] < ALIKE * len(code):
        return range(0)
    return range(best + 1, best + len(code) + 1)


def _brings(candidate: Candidate, line: str) -> bool:
    own = (part for text in (*candidate.imports, *candidate.support) for part in text.splitlines())
    return bool(line.strip()) and line.strip() in (part.strip() for part in own)
