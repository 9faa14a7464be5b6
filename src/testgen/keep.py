"""The keep rule: which candidates may stay, and for each of the others the gate that said no, and why.

Gates are passed in the order of `Gate`. What a candidate gains is looked at before its company, because
company is tried only for what would be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from itertools import count
from operator import and_
from typing import TypeAlias

from testgen.company import Company, Culprit
from testgen.confirming import Confirmation
from testgen.domain import Candidate, Gate, Outcome, Reach, Run, Verdict
from testgen.events import Emit, Judged
from testgen.inspection import Inspection
from testgen.judge.bench import Bench
from testgen.languages import Merged, Merger, Parsed
from testgen.selection import credited, minimal

FindCulprit: TypeAlias = Callable[[Sequence[Verdict]], Culprit | None]

SAID_NO = {
    Outcome.FAILED: "fails",
    Outcome.ERROR: "its fixtures or its teardown fail",
    Outcome.BROKEN: "cannot be imported",
    Outcome.SKIPPED: "is skipped or expected to fail, which proves nothing",
    Outcome.EMPTY: "is not collected by pytest",
    Outcome.TIMEOUT: "runs into the time limit",
    Outcome.CRASHED: "ends its process",
}


@dataclass(frozen=True, slots=True)
class Keeper:
    """Judges candidates against one test file.

    `before` is what the existing tests reach of the source; only what lies in `scope` counts as a gain.
    """

    bench: Bench
    merger: Merger
    company: Company
    confirmation: Confirmation
    before: Reach
    scope: Reach
    emit: Emit
    inspection: Inspection | None = None

    def judge(self, parsed: Sequence[Parsed], earlier: Sequence[Verdict], round_: int) -> tuple[Verdict, ...]:
        """All verdicts so far: the earlier and those on one more reply; the kept ones are a minimal set."""
        kept = [verdict.candidate for verdict in earlier if verdict.kept]
        fresh = tuple(self._each(parsed, kept, round_))
        verdicts = self._settled((*earlier, *fresh), self._culprit_in_file)
        for before, after in zip(fresh, verdicts[len(earlier) :], strict=True):
            if before.kept:
                self.emit(Judged(after))
        return verdicts

    def for_file(self, merger: Merger, old: bytes | None) -> Keeper:
        """The same for another content of the test file."""
        company = replace(self.company, merger=merger, old=old)
        return replace(
            self, merger=merger, company=company, confirmation=self.confirmation.for_file(merger, old)
        )

    def befriended(self, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """The verdicts after the kept ones have been tried in the company of the file."""
        return self._settled(verdicts, self._culprit_in_file)

    def confirmed(self, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """The verdicts after the whole suite has been seen green with the kept ones in it."""
        return self._settled(verdicts, self._culprit_in_suite)

    def merged(self, verdicts: Sequence[Verdict]) -> Merged:
        """The test file with the kept candidates in it, and the suspected bugs that are to stand there."""
        return self.merger.merge([one for verdict in verdicts if (one := verdict.standing)])

    def _each(self, parsed: Sequence[Parsed], kept: Sequence[Candidate], round_: int) -> Iterator[Verdict]:
        """Every candidate by itself, several at once, in the reply's order; a refusal is said at once."""
        threads = ThreadPoolExecutor(self.bench.limits.jobs)
        try:
            for verdict in threads.map(lambda at, one: self._one(one, kept, round_, at), count(), parsed):
                if not verdict.kept:
                    self.emit(Judged(verdict))
                yield verdict
        except BaseException:
            self.bench.abandon()
            raise
        finally:
            threads.shutdown(cancel_futures=True)

    def _one(self, parsed: Parsed, kept: Sequence[Candidate], round_: int, at: int) -> Verdict:
        """The gates that concern one candidate: parse, alone, repeat."""
        verdict = Verdict(parsed.candidate, None, "", round=round_)
        if parsed.objection:
            return verdict.refuse(Gate.PARSE, parsed.objection)

        def attempt(candidate: Candidate, turn: int) -> Run:
            merged = self.merger.merge([*kept, candidate])
            return self.bench.try_out(
                merged.content, merged.names[-1:], reverse=turn % 2 == 1, turn=at + turn
            )

        verdict = replace(verdict, name=self.merger.merge([*kept, parsed.candidate]).names[-1])
        for turn in range(self.bench.limits.repeat):
            run = attempt(parsed.candidate, turn)
            verdict = replace(verdict, runs=(*verdict.runs, run))
            if run.outcome is not Outcome.PASSED:
                verdict = refused(verdict, run)
                return self.inspection.of(verdict, attempt) if self.inspection else verdict
        return replace(verdict, reached=steady(verdict.runs) & self.scope)

    def _settled(self, verdicts: tuple[Verdict, ...], find_culprit: FindCulprit) -> tuple[Verdict, ...]:
        """The verdicts after those that others cannot live with have been refused, and the rest weighed."""
        while True:
            weighed = minimal(credited(reopened(verdicts), self.before), self.before)
            kept = [verdict for verdict in weighed if verdict.kept]
            culprit = find_culprit(kept) if kept else None
            if culprit is None:
                return weighed
            verdicts = blame(weighed, kept[culprit.index], culprit.reason)

    def _culprit_in_file(self, kept: Sequence[Verdict]) -> Culprit | None:
        return self.company.culprit([verdict.candidate for verdict in kept])

    def _culprit_in_suite(self, kept: Sequence[Verdict]) -> Culprit | None:
        return self.confirmation.culprit([verdict.candidate for verdict in kept])


def blame(verdicts: Sequence[Verdict], guilty: Verdict, reason: str) -> tuple[Verdict, ...]:
    """The verdicts with one refused because of what it does to others."""
    return tuple(one.refuse(Gate.COMPANY, reason) if one is guilty else one for one in verdicts)


def reopened(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts as they were before any was weighed against others, which have changed meanwhile."""
    weighed = (Gate.GAIN, Gate.NEEDED)
    return tuple(replace(one, refused_at=None) if one.refused_at in weighed else one for one in verdicts)


def refused(verdict: Verdict, run: Run) -> Verdict:
    """The verdict on a candidate whose last run was not a pass."""
    because = f": {run.failure.message.splitlines()[0]}" if run.failure and run.failure.message else ""
    said = SAID_NO[run.outcome] + because
    times = len(verdict.runs) - 1
    if not times:
        return verdict.refuse(Gate.ALONE, said)
    return verdict.refuse(Gate.REPEAT, f"passed {times} of {times + 1} times; then it {said}")


def steady(runs: Sequence[Run]) -> Reach:
    """What every one of the runs reached."""
    return reduce(and_, (run.reach for run in runs))
