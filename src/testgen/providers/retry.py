"""When a question is asked again: the one policy for every provider."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from threading import Lock
from typing import TypeAlias

from testgen.domain import Message, Reply
from testgen.errors import ProviderError


class Kind(Enum):
    """What a failure means for asking again; the value is how often a question is asked at most."""

    FINAL = 1  # it would fail the same way, and may cost the same
    HICCUP = 3  # the server or the line: 5xx, time-out, no connection, a cut answer
    BUSY = 5  # a rate limit


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that got no answer.

    `wait` is how many seconds the endpoint asks to wait, if it does; `begun` whether a model may have been at
    work, so that the attempt may have to be paid for.
    """

    kind: Kind
    error: ProviderError
    wait: float | None = None
    begun: bool = False


Attempt: TypeAlias = Callable[[], Reply | Failure]
Guard: TypeAlias = Callable[[Sequence[Message], Attempt], Reply | Failure]


def unguarded(_: Sequence[Message], attempt: Attempt) -> Reply | Failure:
    """Make every attempt."""
    return attempt()


@dataclass(frozen=True, slots=True)
class Patience:
    """Asks again as long as that makes sense. While one thread waits for a rate limit, all others do.

    No single wait is longer than `max_wait` seconds; `guard` makes the attempts, or says why it does not.
    """

    max_wait: float
    sleep: Callable[[float], None] = time.sleep
    guard: Guard = unguarded
    clock: Callable[[], float] = time.monotonic
    _limited: Lock = field(default_factory=Lock)

    def ask(self, messages: Sequence[Message], attempt: Attempt) -> Reply:
        """The first reply to the messages; raises the ProviderError of the last failure."""
        tried = 0
        while True:
            with self._limited:
                pass
            answer = self.guard(messages, attempt)
            if isinstance(answer, Reply):
                return answer
            tried += 1
            if tried >= answer.kind.value:
                raise answer.error
            self._wait(self._pause(answer, tried), answer.kind)

    def _wait(self, pause: float, kind: Kind) -> None:
        if kind is not Kind.BUSY:
            self.sleep(pause)
            return
        since = self.clock()
        waited = not self._limited.acquire(blocking=False) and self._limited.acquire()
        try:
            # What another thread has waited meanwhile need not be waited again.
            self.sleep(max(0.0, pause - (self.clock() - since)) if waited else pause)
        finally:
            self._limited.release()

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
