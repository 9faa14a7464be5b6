"""Mutants with which a test passes that shows a suspected bug: perhaps its mend, and nothing to notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from testgen.rounds import Rounds
from testgen.strength.assessing import Assessor
from testgen.strength.findings import Strength, Trial
from testgen.suspects.findings import findings


@dataclass(frozen=True, slots=True)
class Mend:
    """A mutant, tried, and the test that shows a suspected bug and passes with it."""

    trial: Trial
    test: str

    def __str__(self) -> str:
        mutant, killers = self.trial.mutant, ", ".join(self.trial.killers)
        change = f"line {mutant.at}, {mutant.before} → {mutant.after}"
        fails = f"; {killers} would fail then, and may write it down" if killers else ""
        return f"{change}: {self.test} passes with that, so it may mend the suspected bug{fails}"


def mends(rounds: Rounds, strength: Strength, assess: Assessor) -> Iterator[Mend]:
    """What mends each suspected bug, among the mutants of the lines that its test reaches."""
    for finding in findings(rounds.verdicts):
        lines = finding.verdict.runs[0].reach.lines
        near = [trial for trial in strength.seen if trial.mutant.line in lines]
        merged = rounds.keeper.merger.merge([finding.suspect.test])
        passing = assess.passing(merged.content, merged.names[0], [trial.mutant for trial in near])
        yield from (Mend(trial, finding.suspect.test.name) for trial in near if trial.mutant.id in passing)
