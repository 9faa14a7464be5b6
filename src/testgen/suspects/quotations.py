"""Suspected bugs where any command runs the tests: by what the model quotes, and a second run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from testgen.domain import Cause, Outcome, Run, Statement, Suspect, Verdict
from testgen.languages import Language
from testgen.prompting import File
from testgen.suspects.inspection import message_of
from testgen.suspects.statements import quoted


@dataclass(frozen=True)
class Quotations:
    """Tells a suspected bug from a test that is wrong; `shown` gives the texts a quotation may come from."""

    language: Language
    shown: Callable[[], Sequence[File]]

    def backing(self, verdict: Verdict) -> Statement | None:
        """The statement that the code contradicts if a test is right that was refused for what it asserts."""
        quotation = verdict.candidate.suspects
        failed = verdict.runs and self._fails(verdict.runs[-1])
        return quoted(quotation, self._texts) if quotation and failed else None

    def again(self, verdict: Verdict, statement: Statement, run: Run) -> Verdict:
        """The same with another run of the test: a suspected bug if that failed as well."""
        verdict = replace(verdict, runs=(*verdict.runs, run))
        if not self._fails(run):
            return replace(verdict, cause=Cause.FLAKY)
        suspect = Suspect(verdict.candidate, statement, message_of(run), ends=True)
        return replace(verdict, cause=Cause.CODE, suspect=suspect)

    @cached_property
    def _texts(self) -> Sequence[File]:
        return self.shown()

    def _fails(self, run: Run) -> bool:
        return run.outcome is Outcome.FAILED and bool(run.failure and self.language.asserts(run.failure))
