"""The end of a run's time: nothing is asked after it, and a reply still under way is waited for no longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from typing import TYPE_CHECKING

from testgen.domain import Message, Reply
from testgen.errors import BudgetError
from testgen.providers.several import begun

if TYPE_CHECKING:
    from testgen.providers import Provider


class Punctual:
    """A provider that answers within so many seconds from now on, or not at all."""

    def __init__(
        self, provider: Provider, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = provider.name
        self.model = provider.model
        self.close = provider.close
        self._provider = provider
        self._seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def complete(self, messages: Sequence[Message]) -> Reply:
        """Pass on the other's answer; raises BudgetError when the time is over, and what the other raises."""
        left = self._end - self._clock()
        if left > 0:
            answer = begun(lambda: self._provider.complete(messages))
            if wait((answer,), left).done:
                return answer.result()
        raise BudgetError(
            f"the {self._seconds:g} s of --max-time are over", "Raise it, or choose a faster --model."
        )
