"""What will be tried anyhow, tried while the existing suite still runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from types import TracebackType
from typing import TypeAlias

from testgen.domain import Outcome, Run


@dataclass(frozen=True, slots=True)
class Trial:
    """One run, as `Judge.try_out` is asked for it."""

    content: bytes
    tests: tuple[str, ...] | None
    reverse: bool
    turn: int


# Trials that follow each other for as long as they pass.
Series: TypeAlias = Sequence[Trial]


class Ahead:
    """Makes foreseen runs from when the suite has said how it imports the source until the end of the `with`.

    Nothing is decided here: `take` gives a run to who asks for the same, so verdicts are what they would be.
    `prepare` gets the name by which the source is imported; `jobs` runs are made at the same time.
    """

    def __init__(
        self,
        jobs: int,
        prepare: Callable[[str], None],
        run: Callable[[Trial], Run],
        foreseen: Callable[[], Iterable[Series]],
    ) -> None:
        self._prepare, self._run, self._foreseen = prepare, run, foreseen
        self._runs: dict[Trial, Future[Run]] = {}
        self._threads = ThreadPoolExecutor(jobs)
        self._over = Event()
        self.begun = False

    def __enter__(self) -> Ahead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()

    def begin(self, module: str) -> None:
        """Go on in other threads, the suite having imported the source by this name."""
        if not self.begun:
            self.begun = True
            self._threads.submit(self._go, module)

    def take(self, trial: Trial) -> Run | None:
        """The run that was made, or is under way; it is given once."""
        known = self._runs.pop(trial, None)
        return known.result() if known else None

    def close(self) -> None:
        """Begin nothing more, and wait for the end of what is under way."""
        self._over.set()
        self._threads.shutdown()

    def _go(self, module: str) -> None:
        self._prepare(module)
        for series in self._foreseen():
            if self._over.is_set():
                return
            self._threads.submit(self._go_through, series)

    def _go_through(self, series: Series) -> None:
        for trial in series:
            if self._over.is_set():
                return
            known = self._runs[trial] = Future[Run]()
            try:
                known.set_result(self._run(trial))
            except BaseException as error:
                known.set_exception(error)
                raise
            if known.result().outcome is not Outcome.PASSED:
                return
