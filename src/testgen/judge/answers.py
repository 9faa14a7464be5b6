"""What a worker says, as values.

A candidate runs in the process that answers for it and can say anything in its place, so whatever an answer
holds is looked at before it is believed to be a number, a text or a line.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from testgen.domain import RED, WAYS, Arc, Failure, Fixture, Line, Outcome, Reach, Run, TestResult
from testgen.providers.keys import Secret, redact

SAID = ("message", "trace", "output")  # the parts of an answer in which tests speak
MALFORMED = "its process answered with something else than a result"
_WRONG = (AttributeError, KeyError, OverflowError, TypeError, ValueError)  # what a malformed answer raises


@dataclass(frozen=True, slots=True)
class MutantRun:
    """How tests ended on a mutant: the outcome, and the node ids of those that were red, in order.

    `finished` is how many of them ended; `seen` says whether the mutant was imported at all.
    """

    outcome: Outcome
    red: tuple[str, ...]
    finished: int
    seen: bool


@dataclass(frozen=True, slots=True)
class CommandRun:
    """One run of a test command: its exit code, unless it was `endless`, its output and what it wrote.

    `reports` and `results` are files by their paths; `stale` says whether reports of an earlier run were
    there before.
    """

    endless: bool
    status: int
    output: str
    seconds: float
    stale: bool
    reports: tuple[tuple[str, bytes], ...]
    results: tuple[tuple[str, bytes], ...]


def fixtures_of(answer: Mapping[str, Any]) -> tuple[Fixture, ...]:
    """The fixtures that a worker says plugins bring; none if it says something else."""
    try:
        return tuple(
            Fixture(str(one["name"]), str(one["module"]), str(one["says"])) for one in answer["fixtures"]
        )
    except _WRONG:
        return ()


def opened(line: bytes | str, secrets: Sequence[Secret] = ()) -> dict[str, Any]:
    """The object on a line, secrets masked in what tests said; {} for whatever else stands there."""
    try:
        found = _masked(json.loads(line), secrets) if secrets else json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _masked(value: object, secrets: Sequence[Secret]) -> object:
    """The same with secrets masked; not in names and paths, which a weak key could be a part of."""
    if isinstance(value, list):
        return [_masked(one, secrets) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: redact(one, secrets) if key in SAID and isinstance(one, str) else _masked(one, secrets)
        for key, one in value.items()
    }


def run_of(answer: Mapping[str, Any]) -> Run:
    """How tests ended; one who made his answer up badly crashed."""
    try:
        return Run(
            outcome=Outcome(answer["outcome"]),
            reach=reach_of(answer),
            seconds=_seconds(answer["seconds"]),
            tests=tuple(_test_of(test) for test in answer["tests"]),
            failure=_failure_of(answer["failure"]),
        )
    except _WRONG:
        return Run(Outcome.CRASHED, failure=Failure(MALFORMED))


def mutant_run_of(answer: Mapping[str, Any], expected: Sequence[str]) -> MutantRun:
    """How tests ended on a mutant, `expected` being their node ids in the order in which they are run."""
    run = run_of(answer)
    seen = bool(answer.get("seen", run.outcome in (Outcome.TIMEOUT, Outcome.CRASHED)))
    if "ends" not in answer:
        red = tuple(test.name for test in run.tests if test.outcome in RED)
        return MutantRun(run.outcome, red, len(run.tests), seen)
    ends = str(answer["ends"])
    red = tuple(name for name, end in zip(expected, ends, strict=False) if end == "\t")
    return MutantRun(run.outcome, red, len(ends), seen)


def command_run_of(answer: Mapping[str, Any]) -> CommandRun | Failure:
    """How a test command ended, or why nothing is known of that."""
    try:
        if "results" not in answer:  # the worker's child ended before the command did
            return Failure(_text(answer["failure"]["message"]))
        return CommandRun(
            endless=answer["outcome"] == "timeout",
            status=_whole(answer["status"]),
            output=_text(answer["output"]),
            seconds=_seconds(answer["seconds"]),
            stale=bool(answer["stale"]),
            reports=tuple(_files(answer["reports"])),
            results=tuple(_files(answer["results"])),
        )
    except _WRONG:
        return Failure(MALFORMED)


def reach_of(about: Mapping[str, Any]) -> Reach:
    """What was reached of a source; raises one of the errors of a malformed answer."""
    return Reach(
        frozenset(map(_line, about.get("lines", ()))), frozenset(map(_arc, about.get("branches", ())))
    )


def _line(value: object) -> Line:
    if 0 < (line := _whole(value)) < WAYS:
        return line
    raise ValueError("no file has such a line")


def _arc(ends: Iterable[object]) -> Arc:
    start, end = ends
    return _line(start), _line(end) if _whole(end) > 0 else -_line(-_whole(end))


def _whole(value: object) -> int:
    if isinstance(value, int):
        return value
    raise TypeError("not a whole number")


def _seconds(value: object) -> float:
    if isinstance(value, (int, float)) and math.isfinite(value) and value >= 0:
        return float(value)
    raise ValueError("not a time")


def _text(value: object) -> str:
    if isinstance(value, str):
        return writable(value)
    raise TypeError("not a text")


def writable(text: str) -> str:
    """A text without what no file, terminal or path takes: halves of characters, and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def written(test: TestResult, secrets: Sequence[Secret] = ()) -> TestResult:
    """A result that a test runner wrote, in texts that can be written and hold no secret."""
    failure = test.failure
    if failure:
        texts = (failure.message, failure.trace, failure.output)
        message, trace, output = (redact(writable(text), secrets) for text in texts)
        failure = Failure(message, trace, output, failure.places)
    return replace(test, name=writable(test.name), file=writable(test.file), failure=failure)


def _test_of(test: Mapping[str, Any]) -> TestResult:
    return TestResult(
        name=_text(test["name"]),
        outcome=Outcome(test["outcome"]),
        seconds=_seconds(test["seconds"]),
        failure=_failure_of(test["failure"]),
        file=_text(test["file"]),
        path=Path(_text(test["path"])),
    )


def _failure_of(failure: Mapping[str, Any] | None) -> Failure | None:
    if failure is None:
        return None
    places = tuple((Path(_text(path)), _whole(line)) for path, line in failure.get("places", ()))
    return Failure(_text(failure["message"]), _text(failure["trace"]), _text(failure["output"]), places)


def _files(files: Iterable[Iterable[str]]) -> Iterable[tuple[str, bytes]]:
    for path, data in files:
        yield _text(path), base64.b64decode(data)
