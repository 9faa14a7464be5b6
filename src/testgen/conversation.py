"""The conversation with the model: ask for what is missing, and again from the new coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from testgen.domain import Reply, Stop
from testgen.errors import BudgetError, ProviderError, UsageError
from testgen.events import Asking
from testgen.gaps import MODULE
from testgen.inquiry import Inquiry
from testgen.providers import Provider
from testgen.providers.several import Answers, ask
from testgen.rounds import Rounds
from testgen.settings import Settings
from testgen.strength.findings import Trial

AT_ONCE = 4  # questions, unless --jobs says how many


@dataclass(frozen=True)
class Conversation:
    """Asks a provider round after round and has every reply judged."""

    settings: Settings
    provider: Provider
    inquiry: Inquiry
    rounds: Rounds

    def run(self) -> None:
        """Ask until there is a reason to stop.

        Raises ProviderError if the first question fails, and UsageError if it cannot be put together.
        """
        self.rounds.leave_idle()
        for number in range(1, self.settings.max_iterations + 1):
            if reason := self._reason_to_stop():
                self.rounds.stop = reason
                return
            try:
                answers = self._ask(number)
            except UsageError as error:
                if number == 1:
                    raise
                self._give_up(error)
                return
            if answers.failure and number == 1 and not answers.replies:
                raise answers.failure
            if answers.replies:
                self.rounds.judge(*answers.replies)
            if answers.failure:
                self._give_up(answers.failure)
                return
        self.rounds.stop = self._reason_to_stop() or Stop.ROUNDS

    def sharpen(self, survivors: Sequence[Trial], since: int) -> tuple[Reply, ...]:
        """Ask for tests that notice some mutants; no replies where asking is over or fails.

        `since` is the last round before the first question of this kind.
        """
        rounds = self.rounds
        if rounds.stop in (Stop.BUDGET, Stop.PROVIDER, Stop.QUESTION):
            return ()
        try:
            question = self.inquiry.sharpening(survivors, since)
        except UsageError as error:
            self._give_up(error)
            return ()
        units = dict.fromkeys(trial.mutant.unit or MODULE for trial in survivors)
        rounds.emit(Asking(len(rounds.usages) + 1, tuple(f"sharper tests of {unit}" for unit in units)))
        answers = ask(self.provider, [question], at_once=1)
        if answers.failure:
            self._give_up(answers.failure)
        return answers.replies

    def _reason_to_stop(self) -> Stop | None:
        rounds = self.rounds
        if rounds.gone:
            return Stop.GONE
        if finished := rounds.finished(self.settings.desired_coverage):
            return finished
        gained = not rounds.usages or any(verdict.kept for verdict in rounds.latest)
        return None if gained or self._may_be_mended() else Stop.NO_GAIN

    def _may_be_mended(self) -> bool:
        """After a first round without gain another is worth its money if a failure can be learnt from."""
        return len(self.rounds.usages) == 1 and bool(self.inquiry.attempts())

    def _give_up(self, failure: ProviderError | UsageError) -> None:
        """Ask no more; what was kept so far stays."""
        self.rounds.note(f"{failure.cause}. {failure.remedy}".strip())
        if isinstance(failure, UsageError):
            self.rounds.stop = Stop.QUESTION
        else:
            self.rounds.stop = Stop.BUDGET if isinstance(failure, BudgetError) else Stop.PROVIDER

    def _ask(self, number: int) -> Answers:
        rounds = self.rounds
        if number == 1:
            rounds.warm_up()  # overlaps the wait for the replies
        questions = self.inquiry.questions()
        rounds.emit(Asking(number, tuple(gap.name for gap in rounds.gaps), len(questions)))
        # Played back one after another: a reply whose prompt has changed is found by its place.
        at_once = 1 if self.settings.replay else self.settings.jobs or AT_ONCE
        return ask(self.provider, questions, at_once)
