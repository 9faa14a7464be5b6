"""The worker processes in a project's interpreter: started once, shared by all that is judged there."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from testgen.errors import ProjectError
from testgen.judge.sandbox import Enclosure
from testgen.judge.server import Hear, Job, Server, Setup, SuiteJob, WorkerDiedError, unheard
from testgen.judge.testgen_worker.leavings import remove
from testgen.project import Project
from testgen.providers.keys import secrets_around

# By these coverage.py starts itself in every interpreter, and would in our workers too.
STARTS_COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
# Numerics libraries (OpenBLAS, MKL, OpenMP) start threads as they are imported unless told that one is
# enough, and a process with threads cannot be forked.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
UNCONFINED = Enclosure()
SUITE = "suite"  # the name of the worker that runs it


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for one candidate and for the whole suite, MiB for each, and how many run at once.

    `repeat` is how often a candidate has to pass; each time under another hash seed, as far as `seeds` go.
    With `deselect_failing` existing tests that are red are left out of everything. Where the workers are
    `pristine`, without any source imported ahead, mutants can be tried.
    """

    timeout: float
    suite_timeout: float
    jobs: int
    repeat: int
    fork: bool = True
    memory: int = 2048
    deselect_failing: bool = False
    pristine: bool = False

    @property
    def underway(self) -> int:
        """How many candidates are tried in turns: one more than run at once, so that no core has to wait for
        the one worker whose turn it is."""
        return self.jobs + (self.jobs > 1)

    @property
    def seeds(self) -> int:
        """Warm workers, each with a hash seed of its own: enough to keep the cores busy and seeds apart."""
        return max(self.jobs, min(self.repeat, 3))


class AbandonedError(Exception):
    """The run is over: nothing is tried any more, and what was being tried says nothing."""


class Workers:
    """One worker for the suite and several warm ones. Used as a context manager; thread-safe.

    `targets` are the files to be tested and the test files for them, all of one project.
    """

    def __init__(
        self, targets: Sequence[Project], limits: Limits, environ: Mapping[str, str], enclosure: Enclosure
    ) -> None:
        self.targets = targets
        self.limits = limits
        self.environ = environ
        self.enclosure = enclosure
        self.scratch = Path()
        self.deselected: tuple[str, ...] = ()
        self._suites: dict[str, Server] = {}
        self._suite_locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._slots = threading.Semaphore(limits.jobs)
        self._warm: list[Server] = []
        self._locks: list[threading.Lock] = []
        self._starting: list[threading.Thread] = []
        self._ready_lock = threading.Lock()
        self._warmed = False
        self._abandoned = False
        self._why = ""
        self._files = 0
        self._counting = threading.Lock()

    def __enter__(self) -> Workers:
        try:
            self.scratch = Path(tempfile.mkdtemp(prefix="testgen-"))
        except OSError as error:
            raise ProjectError(
                f"no temporary folder can be made: {error.strerror}", "Free some space, or set TMPDIR."
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()
        for thread in self._starting:
            thread.join()
        for server in self._servers():
            server.close()
        with contextlib.suppress(OSError):
            remove(self.scratch)

    def put(self, content: bytes) -> Path:
        """Write a test file's text where workers read it."""
        with self._counting:
            self._files += 1
            path = self.scratch / f"{self._files}.py"
        path.write_bytes(content)
        return path

    def run_suite(self, job: SuiteJob, hear: Hear = unheard, place: str = SUITE) -> dict[str, Any]:
        """Run the whole suite in a new process; raises ProjectError if that says nothing.

        Two runs at the same time need workers of different names.
        """
        server = self._suite(place)
        with self._suite_locks[place], self._slots:
            try:
                return server.call(job, hear)
            except WorkerDiedError as error:
                self._check_abandoned()
                raise ProjectError(f"the existing tests cannot be run: {error}", self.suite_output) from None

    def hang_up_suite(self, place: str) -> None:
        """End what runs there, and let nothing start there any more."""
        self._suite(place).hang_up()

    @property
    def suite_output(self) -> str:
        """The end of what the suite wrote to the terminal."""
        return tail(self._suite(SUITE).output())

    def _suite(self, place: str) -> Server:
        with self._counting:
            if place not in self._suites:
                self._suites[place] = self.server("fresh", place)
            return self._suites[place]

    def leave_out(self, tests: Sequence[str]) -> None:
        """Run these tests no more; to be said before `warm`."""
        self.deselected = tuple(tests)
        if self.deselected:
            for server in self._suites.values():
                server.close()
            self._suites.clear()

    def begin(self) -> None:
        """Let the warm workers begin with what is the same whatever they import ahead."""
        with self._ready_lock:
            self._begin()

    def _begin(self) -> None:
        for number in range(0 if self._warm else self.limits.seeds):
            server = self.server("warm", f"warm-{number}", str(number))
            self._warm.append(server)
            self._locks.append(threading.Lock())
            with contextlib.suppress(WorkerDiedError):  # `start` will say so
                server.begin()

    def warm(self, preload: Sequence[str]) -> None:
        """Begin to start the warm workers, each with a hash seed of its own, unless that was done.

        `ready` waits for them.
        """
        with self._ready_lock:
            if self._warmed:
                return
            self._warmed = True
            self._begin()
            for server in self._warm:
                server.preload = tuple(preload)
                self._starting.append(threading.Thread(target=_start, args=(server,), daemon=True))
                self._starting[-1].start()

    def ready(self) -> str:
        """Wait for the warm workers; returns why they cannot fork, if so. Raises ProjectError without any."""
        with self._ready_lock:
            for thread in self._starting:
                thread.join()
            if self._starting:
                self._why = self._fall_back()
                self._starting.clear()
            return self._why

    def call(self, job: Job, turn: int) -> dict[str, Any]:
        """Run a job on the worker whose turn it is.

        Raises WorkerDiedError if the job ends it every time, and AbandonedError when all is over.
        """
        number = turn % len(self._warm)
        with self._locks[number], self._slots:
            try:
                return self._warm[number].call(job)
            finally:
                self._check_abandoned()

    def abandon(self) -> None:
        """End everything that runs, and let nothing start any more; threads that wait here come back."""
        self._abandoned = True
        for server in self._servers():
            server.hang_up()

    def server(
        self,
        kind: str,
        name: str,
        seed: str = "",
        enclosure: Enclosure | None = None,
    ) -> Server:
        """A worker that is not started yet; `name` is for its folder and its log."""
        project, own = self.targets[0], self.scratch / name
        # Pytest renames a folder to this one, which an overlay refuses in a folder that is also below it.
        cache = own / "cache" / "pytest"
        start = (enclosure or self.enclosure).start(project, own, self.environ)
        setup = Setup(
            kind=kind,
            cwd=str(project.root),
            sources=tuple(str(target.source) for target in self.targets),
            test_files=tuple(str(target.test_file) for target in self.targets),
            args=(*project.pytest_args, "-o", f"cache_dir={cache}", "--tb=short"),
            cwd_importable=project.cwd_importable,
            import_names={str(target.source): target.import_names for target in self.targets},
            fork=self.limits.fork,
            deselected=self.deselected,
            subprocesses=any(name in self.environ for name in STARTS_COVERAGE),
            confine=start.confine,
            pristine=self.limits.pristine,
        )
        environ = {name: value for name, value in start.environ.items() if name not in STARTS_COVERAGE}
        if kind == "warm":
            environ = ONE_THREAD | environ | {"PYTHONHASHSEED": seed}
        secrets = secrets_around(project.root, self.environ)
        return Server(start.command, setup, environ, self.scratch / f"{name}.log", secrets)

    def _fall_back(self) -> str:
        """Give up forking if any worker cannot; returns why.

        When one worker is ready and another is not, the project's imports are not made to be alive twice (a
        server with a port of its own), so the candidates take turns.
        """
        failed = [server for server in self._warm if not server.way]
        if len(failed) == len(self._warm):
            self._check_abandoned()
            raise ProjectError(f"pytest cannot be prepared: {failed[0].why}", tail(failed[0].output()))
        why = next((server.why for server in self._warm if server.why), "")
        if why:
            for server in self._warm:
                server.give_up_forking()
        if failed:
            self._locks = self._locks[:1] * len(self._warm)
        return f"{why}; the candidates take turns" if failed else why

    def _check_abandoned(self) -> None:
        if self._abandoned:
            raise AbandonedError

    def _servers(self) -> list[Server]:
        return [*self._suites.values(), *self._warm]


def _start(server: Server) -> None:
    try:
        server.start()
    except WorkerDiedError as error:
        server.why = str(error)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tail(text: str, lines: int = 25) -> str:
    """The last lines of a text."""
    return "\n".join(text.strip().splitlines()[-lines:])
