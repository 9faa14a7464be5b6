"""The conversation with the model: ask for what is missing, and again from the new coverage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from testgen.context import standing
from testgen.context.missing import Landmarks
from testgen.domain import Reply, Stop
from testgen.errors import BudgetError, ProviderError
from testgen.events import Asking
from testgen.prompting import Attempt, Prompts, Question, attempts
from testgen.providers import Provider
from testgen.rounds import Rounds
from testgen.settings import Settings


@dataclass(frozen=True)
class Conversation:
    """Asks a provider round after round and has every reply judged."""

    settings: Settings
    provider: Provider
    prompts: Prompts
    rounds: Rounds

    def run(self) -> None:
        """Ask until there is a reason to stop; raises ProviderError if the first question fails."""
        for number in range(1, self.settings.max_iterations + 1):
            if reason := self._reason_to_stop():
                self.rounds.stop = reason
                return
            try:
                reply = self._ask(number)
            except ProviderError as error:
                if number == 1:
                    raise
                self.rounds.note(f"{error.cause}. {error.remedy}".strip())
                self.rounds.stop = Stop.BUDGET if isinstance(error, BudgetError) else Stop.PROVIDER
                return
            self.rounds.judge(reply)
        self.rounds.stop = self._reason_to_stop() or Stop.ROUNDS

    def _reason_to_stop(self) -> Stop | None:
        rounds = self.rounds
        if not rounds.gaps:
            return Stop.NOTHING_MISSING
        if self.settings.desired_coverage.met_by(rounds.coverage):
            return Stop.GOAL
        if self.settings.dry_run:
            return Stop.DRY_RUN
        gained = not rounds.usages or any(verdict.kept for verdict in rounds.latest)
        return None if gained or self._may_be_mended() else Stop.NO_GAIN

    def _may_be_mended(self) -> bool:
        """After a first round without gain another is worth its money if a failure can be learnt from."""
        return len(self.rounds.usages) == 1 and bool(self._attempts())

    def _ask(self, number: int) -> Reply:
        rounds = self.rounds
        if number == 1:
            rounds.warm_up()  # overlaps the wait for the reply
        rounds.emit(Asking(number, tuple(gap.name for gap in rounds.gaps)))
        return self.provider.complete(self.prompts.messages(self._question()))

    @cached_property
    def _standing(self) -> Question:
        return standing(self.rounds.scene, self.rounds.baseline, self.settings)

    @cached_property
    def _landmarks(self) -> Landmarks:
        return Landmarks.of(self.rounds.scene.source, self.rounds.baseline.coverage.possible.lines)

    def _question(self) -> Question:
        rounds = self.rounds
        gaps = tuple(self._landmarks.in_words(gap) for gap in rounds.gaps)
        kept = tuple(verdict.candidate.name for verdict in rounds.kept)
        return replace(self._standing, gaps=gaps, kept=kept, attempts=self._attempts())

    def _attempts(self) -> tuple[Attempt, ...]:
        return attempts(self.rounds.verdicts, self.settings.max_repairs)
