"""A run gone through while the existing suite is measured, so that its runs are there when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from testgen.domain import FINE, Run
from testgen.errors import TestgenError
from testgen.judge.sandbox import Enclosure
from testgen.judge.server import WorkerDiedError
from testgen.judge.sharing import Asker, Trial, key_of
from testgen.judge.survey import Baseline
from testgen.judge.workers import AbandonedError, Limits
from testgen.project import Project

if TYPE_CHECKING:
    from testgen.judge.bench import Bench

PLACE = "rehearsal"  # the name of the worker for the suite


class Rehearsal:
    """A judge like the bench, whose baseline is only foretold: by what the test file reaches by itself.

    Nothing is decided here. Whoever asks the bench for the same run is given the one that was made, so that
    verdicts are what they would be; where the foretelling was wrong other runs are asked for, and made then.
    `play` goes through the run, given this judge.
    """

    def __init__(self, bench: Bench, runs: Asker[Run], play: Callable[[Rehearsal], None]) -> None:
        self._bench, self._runs, self._play = bench, runs, play
        self._module = ""
        self._over = Event()
        self._thread: Thread | None = None

    @property
    def begun(self) -> bool:
        """Whether anything was tried."""
        return self._thread is not None

    def begin(self, module: str) -> None:
        """Go on in another thread, the suite having imported the source by this name."""
        if not self.begun and not self._over.is_set():
            self._module = module
            self._thread = Thread(target=self._go, daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Begin nothing more, and give up what only this was waiting for."""
        self._over.set()
        self._bench.workers.hang_up_suite(PLACE)

    def close(self) -> None:
        """The same, and wait for the end of what is under way."""
        self.end()
        if self._thread:
            self._thread.join()

    def _go(self) -> None:
        try:
            self._play(self)
        except (AbandonedError, TestgenError, WorkerDiedError):
            self.end()  # the run itself will be told

    def _check(self) -> None:
        if self._over.is_set():
            raise AbandonedError

    @property
    def project(self) -> Project:
        """Whose tests these are."""
        return self._bench.project

    @property
    def limits(self) -> Limits:
        """How candidates are judged."""
        return self._bench.limits

    @property
    def enclosure(self) -> Enclosure:
        """Where they run."""
        return self._bench.enclosure

    def measure(self) -> Baseline:
        """What the suite will probably be found to reach."""
        self.warm((self._module,))
        self.ready()
        return self._bench.foretell(self._module)

    def warm(self, preload: Sequence[str]) -> None:
        """Prepare for candidates."""
        self._bench.warm(preload)

    def ready(self) -> str:
        """Wait for that."""
        self._check()
        return self._bench.ready()

    def abandon(self) -> None:
        """Let nothing start any more here; the bench goes on."""
        self._over.set()

    def try_out(
        self, content: bytes, tests: Sequence[str] | None = None, *, reverse: bool = False, turn: int = 0
    ) -> Run:
        """The same as the bench's."""
        self._check()
        trial = Trial(content, None if tests is None else tuple(tests), reverse, turn)
        return self._runs.get(trial.key, lambda: self._bench.make(trial))

    def confirm_all(self, contents: Mapping[Path, bytes]) -> Run:
        """Run the whole suite beside itself: if it is not green that may be why, and ends the rehearsal."""

        def make() -> Run:
            self._check()
            run = self._bench.run_suite(contents, PLACE)
            if run.outcome not in FINE:
                self.abandon()
            self._check()
            return run

        return self._runs.get(key_of(contents), make)
