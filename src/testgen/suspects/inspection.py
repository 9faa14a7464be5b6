"""Looking into a test that fails: again, until it is clear that it always does, and as small as it can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TypeAlias

from testgen.domain import Candidate, Cause, Outcome, Run, Statement, Suspect, Verdict
from testgen.languages import Language, Proof
from testgen.prompting import File
from testgen.suspects.causes import Place, cause_of
from testgen.suspects.statements import exemplified, quoted

MOST_STATEMENTS = 8  # of a test that are tried to be left out

Try: TypeAlias = Callable[[Candidate, int], Run]  # one run of a candidate; which one it is


@dataclass(frozen=True)
class Inspection:
    """Tells a suspected bug from a test that is wrong.

    `shown` gives the texts that a quotation may come from, the source first. A test shows a bug if it fails
    `repeat` times, and twice at least.
    """

    language: Language
    proof: Proof
    place: Place
    shown: Callable[[], Sequence[File]]
    repeat: int

    def of(self, verdict: Verdict, attempt: Try) -> Verdict:
        """The verdict on a test that does not pass, with its cause, and the bug if it shows one."""
        statement = self._statement(verdict.candidate)
        verdict = self._with_cause(verdict, statement)
        while verdict.cause is Cause.CODE and len(verdict.runs) < max(self.repeat, 2):
            run = attempt(verdict.candidate, len(verdict.runs))
            verdict = self._with_cause(replace(verdict, runs=(*verdict.runs, run)), statement)
        if verdict.cause is not Cause.CODE or statement is None:
            return verdict
        return replace(verdict, suspect=self._suspect(verdict, statement, attempt))

    @cached_property
    def _texts(self) -> Sequence[File]:
        return self.shown()

    def _statement(self, candidate: Candidate) -> Statement | None:
        """What backs a test: the model's quotation, or an example of the documentation."""
        if candidate.suspects and (found := quoted(candidate.suspects, self._texts)):
            return found
        source = self._texts[0]
        return exemplified(self.proof.claims(candidate), self.proof.examples(source.text), source.path)

    def _with_cause(self, verdict: Verdict, statement: Statement | None) -> Verdict:
        return replace(verdict, cause=cause_of(verdict, self.place, statement))

    def _suspect(self, verdict: Verdict, statement: Statement, attempt: Try) -> Suspect:
        first = verdict.runs[0]
        ends = all(run.outcome is Outcome.FAILED for run in verdict.runs)
        smallest = self._smallest(verdict.candidate, first, attempt) if ends else verdict.candidate
        return Suspect(smallest, statement, message_of(first), ends)

    def _smallest(self, test: Candidate, failed: Run, attempt: Try) -> Candidate:
        """The test with one failing case, and without the statements that its failure does not need."""

        def fails_alike(candidate: Candidate) -> bool:
            run = attempt(candidate, 0)
            alike = message_of(run) == message_of(failed)
            return alike and run.outcome is failed.outcome and len(run.tests) == 1

        red = [number for number, one in enumerate(failed.tests) if one.outcome is Outcome.FAILED]
        case = self.proof.one_case(test, red[0] if red else 0)
        test = case if case != test and fails_alike(case) else test
        for _ in range(MOST_STATEMENTS):
            less = next(filter(fails_alike, islice(self.proof.smaller(test), MOST_STATEMENTS)), None)
            if less is None:
                break
            test = less
        return self._alone(test)

    def _alone(self, test: Candidate) -> Candidate:
        """A test that became smaller with only what it still needs."""
        text = self.language.merger(b"").merge([test]).content.decode("utf-8", "replace")
        found = [one.candidate for one in self.language.parse(text)]
        return replace(found[0], suspects=test.suspects) if len(found) == 1 else test


def message_of(run: Run) -> str:
    """How a run failed, on one line."""
    lines = run.failure.message.splitlines() if run.failure else []
    return lines[0] if lines else run.outcome.value
