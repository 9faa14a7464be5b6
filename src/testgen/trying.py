"""The gates that concern one candidate, whatever the others are: parse, alone, repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from itertools import count
from operator import and_
from typing import Protocol

from testgen.domain import Candidate, Gate, Outcome, Reach, Run, Verdict
from testgen.events import Emit, Judged
from testgen.judge import Judge
from testgen.languages import Merger, Parsed
from testgen.suspects.inspection import Inspection

SAID_NO = {
    Outcome.FAILED: "fails",
    Outcome.ERROR: "its fixtures or its teardown fail",
    Outcome.BROKEN: "cannot be imported",
    Outcome.SKIPPED: "is skipped or expected to fail, which proves nothing",
    Outcome.EMPTY: "is not collected by pytest",
    Outcome.TIMEOUT: "runs into the time limit",
    Outcome.CRASHED: "ends its process",
}


class Trying(Protocol):
    """A way to try the candidates of one reply."""

    def judge(
        self, parsed: Sequence[Parsed], kept: Sequence[Candidate], merger: Merger, before: Reach, round_: int
    ) -> tuple[Verdict, ...]:
        """A verdict on each, in the order of the reply; a refusal is said as soon as it is known.

        `before` is what the existing tests and the `kept` ones reach.
        """
        ...


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Every candidate in processes of its own, several at once; what lies in `scope` counts as reached.

    An `inspection` looks into those that fail.
    """

    bench: Judge
    scope: Reach
    emit: Emit
    inspection: Inspection | None = None

    def judge(
        self,
        parsed: Sequence[Parsed],
        kept: Sequence[Candidate],
        merger: Merger,
        before: Reach,  # noqa: ARG002 (each is seen by itself)
        round_: int,
    ) -> tuple[Verdict, ...]:
        """The verdicts, each with all that its candidate reaches every time."""

        def said(at: int, one: Parsed) -> Verdict:
            verdict = self._one(one, kept, merger, round_, at)
            if not verdict.kept:
                self.emit(Judged(verdict))  # at once, whatever those before it are still waiting for
            return verdict

        threads = ThreadPoolExecutor(self.bench.limits.underway)
        try:
            return tuple(threads.map(said, count(), parsed))
        except BaseException:
            self.bench.abandon()
            raise
        finally:
            threads.shutdown(cancel_futures=True)

    def _one(
        self, parsed: Parsed, kept: Sequence[Candidate], merger: Merger, round_: int, at: int
    ) -> Verdict:
        verdict = Verdict(parsed.candidate, None, "", round=round_)
        if parsed.objection:
            return verdict.refuse(Gate.PARSE, parsed.objection)

        def attempt(candidate: Candidate, turn: int) -> Run:
            merged = merger.merge([*kept, candidate])
            tests, reverse = merged.names[-1:], turn % 2 == 1
            return self.bench.try_out(merged.content, tests, reverse=reverse, turn=at + turn)

        verdict = replace(verdict, name=merger.merge([*kept, parsed.candidate]).names[-1])
        for turn in range(self.bench.limits.repeat):
            run = attempt(parsed.candidate, turn)
            verdict = replace(verdict, runs=(*verdict.runs, run))
            if run.outcome is not Outcome.PASSED:
                verdict = refused(verdict, run)
                return self.inspection.of(verdict, attempt) if self.inspection else verdict
        reached = steady(verdict.runs)
        return replace(verdict, reached=reached & self.scope, beside=reached - self.scope)


def refused(verdict: Verdict, run: Run, words: Mapping[Outcome, str] = SAID_NO) -> Verdict:
    """The verdict on a candidate whose last run was not a pass, in these words."""
    because = f": {run.failure.message.splitlines()[0]}" if run.failure and run.failure.message else ""
    said = words[run.outcome] + _cases(run) + because
    times = len(verdict.runs) - 1
    if not times:
        return verdict.refuse(Gate.ALONE, said)
    return verdict.refuse(Gate.REPEAT, f"passed {times} of {times + 1} times; then it {said}")


def _cases(run: Run) -> str:
    """With which parameters a test that has several did not pass: " with [10-5] and 2 more"."""
    red = [test for test in run.tests if test.outcome is not Outcome.PASSED and test.name.endswith("]")]
    red.sort(key=lambda test: test.failure != run.failure)  # the one that is quoted first
    more = f" and {len(red) - 1} more" if len(red) > 1 else ""
    return f" with [{red[0].name.partition('[')[2]}{more}" if red and len(run.tests) > 1 else ""


def steady(runs: Sequence[Run]) -> Reach:
    """What every one of the runs reached."""
    return reduce(and_, (run.reach for run in runs))
