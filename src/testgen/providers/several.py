"""Several questions at once, on threads that keep no process from ending, as a pool's threads would."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING, TypeVar

from testgen.domain import Message, Reply
from testgen.errors import ProviderError

if TYPE_CHECKING:
    from testgen.providers import Provider

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answers:
    """The replies that came, in the order of their questions, and what kept the rest from coming."""

    replies: tuple[Reply, ...]
    failure: ProviderError | None = None


def ask(provider: Provider, questions: Sequence[Sequence[Message]], at_once: int) -> Answers:
    """Ask all the questions, so many at a time; after a failure no further one is begun."""
    lanes = _Lanes(provider, iter(enumerate(questions)))
    for lane in [begun(lanes.run) for _ in range(min(at_once, len(questions)))]:
        lane.result()
    return Answers(tuple(reply for _, reply in sorted(lanes.replies, key=_place)), lanes.failure)


def _place(numbered: tuple[int, Reply]) -> int:
    return numbered[0]


class _Lanes:
    """Questions that are waiting, and what became of the others."""

    def __init__(self, provider: Provider, questions: Iterator[tuple[int, Sequence[Message]]]) -> None:
        self.replies: list[tuple[int, Reply]] = []
        self.failure: ProviderError | None = None
        self._provider = provider
        self._questions = questions
        self._taking = Lock()

    def run(self) -> None:
        """Ask one question after another until none is left or one has failed."""
        while (question := self._next()) and not self.failure:
            try:
                self.replies.append((question[0], self._provider.complete(question[1])))
            except ProviderError as error:
                self.failure = self.failure or error

    def _next(self) -> tuple[int, Sequence[Message]] | None:
        with self._taking:
            return next(self._questions, None)


def begun(work: Callable[[], T]) -> Future[T]:
    """The work, on a thread of its own; what it raises is raised where its result is asked for."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 (it is raised again where the result is asked for)
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future
