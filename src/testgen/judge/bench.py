"""Where candidates are tried: workers in the project's interpreter, started once and shared by threads."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from testgen.domain import RED, CoverageMap, Failure, Outcome, Reach, Run
from testgen.errors import ProjectError
from testgen.judge.sandbox import Enclosure
from testgen.judge.sandbox.terms import Grants
from testgen.judge.server import Job, Server, Setup, WorkerDiedError, run_of
from testgen.project import Project

PYTEST_NO_TESTS = 5
LONG = 60.0  # seconds of a suite about which there is something to say
UNCONFINED = Enclosure()
# By these coverage.py starts itself in every interpreter, and would in our workers too.
STARTS_COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
# Numerics libraries (OpenBLAS, MKL, OpenMP) start threads as they are imported unless told that one is
# enough, and a process with threads cannot be forked.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for one candidate and for the whole suite, MiB for each, and how many run at once.

    `repeat` is how often a candidate has to pass; each time under another hash seed, as far as `seeds` go.
    With `deselect_failing` existing tests that are red are left out of everything.
    """

    timeout: float
    suite_timeout: float
    jobs: int
    repeat: int
    fork: bool = True
    memory: int = 2048
    deselect_failing: bool = False

    @property
    def seeds(self) -> int:
        """Warm workers, each with a hash seed of its own: enough to keep the cores busy and seeds apart."""
        return max(self.jobs, min(self.repeat, 3))


@dataclass(frozen=True, slots=True)
class Baseline:
    """The existing suite: what it reaches of the source, how the source is imported, how long it takes.

    `preload` are the modules that any candidate may find imported: the source, if the existing tests import
    it; otherwise only the libraries that it needs, because then importing it is something gained.
    `deselected` are the node ids of tests that were red and are left out.
    """

    coverage: CoverageMap
    module: str
    preload: tuple[str, ...]
    run: Run
    deselected: tuple[str, ...] = ()

    @property
    def notes(self) -> Iterator[str]:
        """What is worth knowing about the existing tests."""
        if self.deselected:
            yield f"left out because red without any new test: {', '.join(self.deselected)}"
        if self.run.seconds > LONG:
            yield (
                f"the existing tests take {self.run.seconds:.0f} s and run twice; "
                "with fewer of them, by --test-command 'pytest PATHS', it is faster"
            )


class Bench:
    """Runs the suite, and test files that are not written yet. Used as a context manager; thread-safe."""

    def __init__(
        self,
        project: Project,
        limits: Limits,
        environ: Mapping[str, str],
        enclosure: Enclosure = UNCONFINED,
    ) -> None:
        self.project = project
        self.limits = limits
        self.enclosure = enclosure
        self._environ = environ
        self.scratch = Path()
        self._suite: Server | None = None
        self._deselected: tuple[str, ...] = ()
        self._warm: list[Server] = []
        self._locks: list[threading.Lock] = []
        self._starting: list[threading.Thread] = []
        self._why = ""
        self._files = 0
        self._counting = threading.Lock()

    def __enter__(self) -> Bench:
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
        shutil.rmtree(self.scratch, ignore_errors=True)

    def measure(self) -> Baseline:
        """Run the existing suite under coverage; raises ProjectError if it is red or cannot be run."""
        there = self.project.test_file.exists()  # its tests count, also if the test command leaves it out
        content = str(self.project.test_file) if there else ""
        job = Job(self.limits.suite_timeout, content)
        answer = self._run_suite(job)
        if self.limits.deselect_failing and self._deselect(run_of(answer)):
            answer = self._run_suite(job)
        run = run_of(answer)
        try:
            self._check_baseline(run, answer)
        except ProjectError as inside:
            if run.outcome is not Outcome.TIMEOUT:
                self._compare_outside(job, inside)
            raise
        possible = Reach.of(answer["possible_lines"], answer["possible_branches"])
        coverage = CoverageMap(self.project.source, possible, run.reach & possible)
        preload = (answer["module"],) if run.reach.lines else tuple(answer["libraries"])
        return Baseline(coverage, answer["module"], preload, run, self._deselected)

    def _deselect(self, run: Run) -> bool:
        """Leave the tests that are red in a run out of those to come; returns whether there are any."""
        self._deselected = tuple(test.node_id for test in run.tests if test.outcome in RED)
        if self._deselected and self._suite:
            self._suite.close()
            self._suite = None
        return bool(self._deselected)

    def _compare_outside(self, job: Job, inside: ProjectError) -> None:
        """Raise what helps when the tests that are red in the sandbox are green for the user."""
        outside = Enclosure(grants=Grants(variables=tuple(self._environ)))
        with self._server("fresh", "outside", enclosure=outside) as server:
            try:
                answer = server.call(job)
                self._check_baseline(run_of(answer), answer)
            except (WorkerDiedError, ProjectError):
                return
        raise ProjectError(
            f"the existing tests are green outside the sandbox ({self.enclosure.name}), "
            f"but inside: {inside.cause}",
            "Allow what they need: --allow-network, --allow-write PATH, --allow-read PATH, --pass-env NAME; "
            "or trust the model: --sandbox none",
        )

    def confirm(self, content: bytes) -> Run:
        """Run the whole suite once more, in a new process, as if the test file had this content."""
        answer = self._run_suite(Job(self.limits.suite_timeout, str(self._put(content))))
        return run_of(answer)

    def warm(self, preload: Sequence[str]) -> None:
        """Begin to start the warm workers, each with a hash seed of its own; `ready` waits for them."""
        for number in range(self.limits.seeds):
            server = self._server("warm", f"warm-{number}", tuple(preload), str(number))
            self._warm.append(server)
            self._locks.append(threading.Lock())
            self._starting.append(threading.Thread(target=self._start, args=(server,), daemon=True))
            self._starting[-1].start()

    def ready(self) -> str:
        """Wait for the warm workers; returns why they cannot fork, if so. Raises ProjectError without any."""
        for thread in self._starting:
            thread.join()
        if self._starting:
            self._starting.clear()
            self._why = self._fall_back()
        return self._why

    def _fall_back(self) -> str:
        """Give up forking if any worker cannot; returns why.

        When one worker is ready and another is not, the project's imports are not made to be alive twice (a
        server with a port of its own), so the candidates take turns.
        """
        failed = [server for server in self._warm if not server.way]
        if len(failed) == len(self._warm):
            raise ProjectError(f"pytest cannot be prepared: {failed[0].why}", _tail(failed[0].output()))
        why = next((server.why for server in self._warm if server.why), "")
        if why:
            for server in self._warm:
                server.give_up_forking()
        if failed:
            self._locks = self._locks[:1] * len(self._warm)
        return f"{why}; the candidates take turns" if failed else why

    def abandon(self) -> None:
        """End everything that runs, and let nothing start any more; threads that wait here come back."""
        for server in self._servers():
            server.hang_up()

    @staticmethod
    def _start(server: Server) -> None:
        try:
            server.start()
        except WorkerDiedError as error:
            server.why = str(error)

    def _servers(self) -> list[Server]:
        return [server for server in (self._suite, *self._warm) if server]

    def try_out(
        self, content: bytes, tests: Sequence[str] | None = None, *, reverse: bool = False, turn: int = 0
    ) -> Run:
        """Run a test file's content, or some of its tests, in a process of its own.

        Different turns run under different hash seeds. Every way to end is a Run; nothing is raised.
        """
        path = self._put(content)
        alone = tests is not None and len(tests) == 1
        timeout = self.limits.timeout if alone else self.limits.suite_timeout
        names = None if tests is None else tuple(tests)
        job = Job(timeout, str(path), names, reverse, self.limits.memory)
        number = turn % len(self._warm)
        try:
            with self._locks[number]:
                return run_of(self._warm[number].call(job))
        except WorkerDiedError as error:
            return Run(Outcome.CRASHED, failure=Failure(f"it took its worker along: {error}"))
        finally:
            path.unlink()

    def _put(self, content: bytes) -> Path:
        with self._counting:
            self._files += 1
            path = self.scratch / f"{self._files}.py"
        path.write_bytes(content)
        return path

    def _run_suite(self, job: Job) -> dict[str, Any]:
        if self._suite is None:
            self._suite = self._server("fresh", "suite")
        try:
            return self._suite.call(job)
        except WorkerDiedError as error:
            raise ProjectError(
                f"the existing tests cannot be run: {error}", _tail(self._suite.output())
            ) from None

    def _server(
        self,
        kind: str,
        name: str,
        preload: tuple[str, ...] = (),
        seed: str = "",
        enclosure: Enclosure | None = None,
    ) -> Server:
        project, own = self.project, self.scratch / name
        start = (enclosure or self.enclosure).start(project, own, self._environ)
        setup = Setup(
            kind=kind,
            cwd=str(project.root),
            source=str(project.source),
            test_file=str(project.test_file),
            args=(*project.pytest_args, "-o", f"cache_dir={own / 'cache'}", "--tb=short"),
            cwd_importable=project.cwd_importable,
            import_names=project.import_names,
            preload=preload,
            fork=self.limits.fork,
            deselected=self._deselected,
            subprocesses=any(name in self._environ for name in STARTS_COVERAGE),
            confine=start.confine,
        )
        environ = {name: value for name, value in start.environ.items() if name not in STARTS_COVERAGE}
        if kind == "warm":
            environ = ONE_THREAD | environ | {"PYTHONHASHSEED": seed}
        return Server(start.command, setup, environ, self.scratch / f"{name}.log")

    def _check_baseline(self, run: Run, answer: Mapping[str, Any]) -> None:
        output = _tail(self._suite.output()) if self._suite else ""
        if run.outcome is Outcome.TIMEOUT:
            raise ProjectError(
                f"the existing tests take longer than {self.limits.suite_timeout:g} s",
                "Run fewer with --test-command 'pytest PATHS', or allow more with --suite-timeout.",
            )
        if "possible_lines" not in answer:
            because = f": {run.failure.message}" if run.failure else ""
            raise ProjectError(f"the existing tests cannot be run{because}", output)
        for broken in answer["broken"]:
            raise ProjectError(f"{broken['file']} cannot be imported: {broken['failure']['message']}", output)
        red = [test for test in run.tests if test.outcome in RED]
        if red:
            raise ProjectError(
                f"{_count(red)} red before anything was added: {', '.join(test.name for test in red[:5])}",
                "Mend them first, or leave them out with --deselect-failing.",
            )
        if answer["status"] not in (0, PYTEST_NO_TESTS):
            raise ProjectError(f"pytest ended with exit code {answer['status']}", output)
        if answer["omitted"]:
            raise ProjectError(
                f"the project's coverage settings leave {self.project.source.name} out: {answer['omitted']}",
                "Take it out of `omit`, or choose another source file.",
            )
        if answer["import_error"]:
            raise ProjectError(
                f"{self.project.source.name} cannot be imported: {answer['import_error']}",
                f"Make this work: {self.project.interpreter.path} -c 'import {self.project.import_names[0]}'",
            )


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _count(red: Sequence[object]) -> str:
    return "an existing test is" if len(red) == 1 else f"{len(red)} existing tests are"


def _tail(text: str, lines: int = 25) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
