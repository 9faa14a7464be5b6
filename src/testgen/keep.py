"""The keep rule: which candidates may stay, and for each of the others the gate that said no, and why.

Gates are passed in the order of `Gate`. What a candidate gains is looked at before its company, because
company is tried only for what would be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TypeAlias

from testgen.company import Company, Culprit
from testgen.confirming import Confirmation, Destination, Newcomer
from testgen.domain import Candidate, Gate, Reach, Verdict
from testgen.events import Emit, Judged
from testgen.judge import Judge
from testgen.languages import Merged, Merger, Parsed
from testgen.selection import credited, minimal
from testgen.trying import Trying

FindCulprits: TypeAlias = Callable[[Sequence[Candidate]], Sequence[Culprit]]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Judges candidates against one test file.

    `before` is what the existing tests reach of the source; only what lies in `scope` counts as a gain. There
    is no `company` where a candidate is never tried without the whole suite.
    """

    bench: Judge
    trying: Trying
    merger: Merger
    old: bytes | None
    company: Company | None
    confirmation: Confirmation
    before: Reach
    scope: Reach
    emit: Emit

    def judge(self, parsed: Sequence[Parsed], earlier: Sequence[Verdict], round_: int) -> tuple[Verdict, ...]:
        """All verdicts so far: the earlier and those on one more reply; the kept ones are a minimal set."""
        kept = [verdict for verdict in earlier if verdict.kept]
        before = reduce(or_, (verdict.reached for verdict in kept), self.before)
        candidates = [verdict.candidate for verdict in kept]
        fresh = self.trying.judge(parsed, candidates, self.merger, before, round_)
        verdicts = self._settled((*earlier, *fresh), self._culprits_in_file)
        for first, after in zip(fresh, verdicts[len(earlier) :], strict=True):
            if first.kept:
                self.emit(Judged(after))
        return verdicts

    def for_file(self, merger: Merger, old: bytes | None) -> Keeper:
        """The same for another content of the test file."""
        company = self.company and replace(self.company, merger=merger, old=old)
        return replace(self, merger=merger, old=old, company=company, confirmation=self.confirmation.anew())

    def newcomers(self, candidates: Sequence[Candidate]) -> list[Newcomer]:
        """Candidates on their way into the test file."""
        place = Destination(self.bench.project.test_file, self.merger, self.old)
        return [Newcomer(candidate, place) for candidate in candidates]

    def befriended(self, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """The verdicts after the kept ones have been tried in the company of the file."""
        return self._settled(verdicts, self._culprits_in_file)

    def confirmed(self, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """The verdicts after the whole suite has been seen green with the kept ones in it."""
        return self._settled(verdicts, self._culprits_in_suite)

    def merged(self, verdicts: Sequence[Verdict]) -> Merged:
        """The test file with the kept candidates in it, and the suspected bugs that are to stand there."""
        return self.merger.merge([one for verdict in verdicts if (one := verdict.standing)])

    def _settled(self, verdicts: tuple[Verdict, ...], find: FindCulprits) -> tuple[Verdict, ...]:
        """The verdicts after those that others cannot live with have been refused, and the rest weighed."""
        while True:
            weighed = minimal(credited(reopened(verdicts), self.before), self.before)
            kept = [verdict for verdict in weighed if verdict.kept]
            culprits = find([verdict.candidate for verdict in kept]) if kept else ()
            if not culprits:
                return weighed
            verdicts = blame(weighed, {id(kept[culprit.index]): culprit.reason for culprit in culprits})

    def _culprits_in_file(self, candidates: Sequence[Candidate]) -> Sequence[Culprit]:
        return self.company.culprits(candidates) if self.company else ()

    def _culprits_in_suite(self, candidates: Sequence[Candidate]) -> Sequence[Culprit]:
        return self.confirmation.culprits(self.newcomers(candidates))


def blame(verdicts: Sequence[Verdict], reasons: Mapping[int, str]) -> tuple[Verdict, ...]:
    """The verdicts with some refused because of what they do to others; `reasons` by the verdict's `id`."""
    return tuple(
        one.refuse(Gate.COMPANY, reasons[id(one)]) if id(one) in reasons else one for one in verdicts
    )


def reopened(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts as they were before any was weighed against others, which have changed meanwhile."""
    weighed = (Gate.GAIN, Gate.NEEDED)
    return tuple(replace(one, refused_at=None) if one.refused_at in weighed else one for one in verdicts)
