"""The conversation with the model: ask for what is missing, and again from the new coverage."""

from __future__ import annotations

from dataclasses import dataclass

from testgen.domain import Reply, Stop
from testgen.errors import BudgetError, ProviderError
from testgen.events import Asking
from testgen.inquiry import Inquiry
from testgen.providers import Provider
from testgen.rounds import Rounds
from testgen.settings import Settings


@dataclass(frozen=True)
class Conversation:
    """Asks a provider round after round and has every reply judged."""

    settings: Settings
    provider: Provider
    inquiry: Inquiry
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
        if rounds.gone:
            return Stop.GONE
        if finished := rounds.finished(self.settings.desired_coverage):
            return finished
        gained = not rounds.usages or any(verdict.kept for verdict in rounds.latest)
        return None if gained or self._may_be_mended() else Stop.NO_GAIN

    def _may_be_mended(self) -> bool:
        """After a first round without gain another is worth its money if a failure can be learnt from."""
        return len(self.rounds.usages) == 1 and bool(self.inquiry.attempts())

    def _ask(self, number: int) -> Reply:
        rounds = self.rounds
        if number == 1:
            rounds.warm_up()  # overlaps the wait for the reply
        rounds.emit(Asking(number, tuple(gap.name for gap in rounds.gaps)))
        return self.provider.complete(self.inquiry.messages())
