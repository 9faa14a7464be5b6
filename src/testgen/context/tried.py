"""The tests that were refused, as they go back to the model."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from testgen.domain import Gate, Line, Reach, Verdict
from testgen.prompting import Attempt
from testgen.reports.phrases import reach

SHOWN_ATTEMPTS = 8
MENDABLE = frozenset(Gate) - {Gate.NEEDED, Gate.REVIEW}
LONGEST_TRACE = 1_500  # characters

_SAYS_NOTHING = re.compile(r"E\s*(Use -v to get more diff)?")


def attempts(
    verdicts: Sequence[Verdict], most: int, statements: Collection[Line] = (), root: Path | None = None
) -> tuple[Attempt, ...]:
    """The refused tests worth showing again, each as it was last written, the latest first.

    A test that was kept meanwhile, or refused more than `most` times under its name, is not shown again.
    `statements` are the lines of the source that can be reached, `root` is the folder that paths start from.
    """
    tries = Counter(_name(one) for one in verdicts)
    latest = {_name(one): one for one in verdicts}
    worth = [
        one
        for one in reversed(latest.values())
        if one.refused_at in MENDABLE and not one.suspect and tries[_name(one)] <= most
    ]
    return tuple(_attempt(verdict, statements, root) for verdict in worth[:SHOWN_ATTEMPTS])


def _attempt(verdict: Verdict, statements: Collection[Line], root: Path | None) -> Attempt:
    failure = verdict.runs[-1].failure if verdict.runs else None
    trace = _plain(failure.trace, root)[-LONGEST_TRACE:] if failure else ""
    return Attempt(
        _name(verdict), _reason(verdict, statements), verdict.candidate.code.strip(), trace.strip()
    )


def _plain(trace: str, root: Path | None) -> str:
    """A trace without where this checkout lies, and without lines that say nothing."""
    told = trace.replace(f"{root}{os.sep}", "") if root else trace
    return "\n".join(line for line in told.splitlines() if not _SAYS_NOTHING.fullmatch(line))


def _reason(verdict: Verdict, statements: Collection[Line]) -> str:
    """Why it was not kept; of a test that reaches nothing new also what it reaches instead."""
    if verdict.refused_at is not Gate.GAIN:
        return verdict.reason
    return f"{verdict.reason}; it runs {reach(Reach(verdict.reached.lines), statements)}"


def _name(verdict: Verdict) -> str:
    candidate = verdict.candidate
    return f"{candidate.owner}.{candidate.name}" if candidate.owner else candidate.name
