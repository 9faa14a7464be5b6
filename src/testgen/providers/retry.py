"""When a question is asked again: the one policy for every provider."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from testgen.domain import Reply
from testgen.errors import ProviderError


class Kind(Enum):
    """What a failure means for asking again; the value is how often a question is asked at most."""

    FINAL = 1  # it would fail the same way, and may cost the same
    HICCUP = 3  # the server or the line: 5xx, time-out, no connection, a cut answer
    BUSY = 5  # a rate limit


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that got no answer; `wait` is how many seconds the endpoint asks to wait, if it does."""

    kind: Kind
    error: ProviderError
    wait: float | None = None


Attempt: TypeAlias = Callable[[], Reply | Failure]


@dataclass(frozen=True, slots=True)
class Patience:
    """Asks again as long as that makes sense. No single wait is longer than `max_wait` seconds."""

    max_wait: float
    sleep: Callable[[float], None] = time.sleep

    def ask(self, attempt: Attempt) -> Reply:
        """The first reply; raises the ProviderError of the last failure."""
        tried = 0
        while True:
            answer = attempt()
            if isinstance(answer, Reply):
                return answer
            tried += 1
            if tried >= answer.kind.value:
                raise answer.error
            self.sleep(self._pause(answer, tried))

    def _pause(self, failure: Failure, tried: int) -> float:
        if failure.wait is None:
            return min(2.0 ** (tried - 1), self.max_wait)
        if failure.wait > self.max_wait:
            raise _too_long(failure.error, failure.wait, self.max_wait)
        return failure.wait


def _too_long(error: ProviderError, wait: float, limit: float) -> ProviderError:
    return ProviderError(
        f"{error.cause}; the endpoint asks to wait {wait:g} s, and the limit is {limit:g} s",
        "Try again later, or raise --max-wait.",
    )
