"""A worker process in the project's interpreter, seen from testgen's side."""

from __future__ import annotations

import json
import selectors
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from testgen.domain import Failure, Outcome, Reach, Run, TestResult

WORKER = Path(__file__).with_name("testgen_worker")
GRACE = 5.0  # seconds a supervisor has, beyond a job's own limit, to clear up and answer
STARTUP = 120.0  # seconds for importing pytest, its plugins and the project


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker has to know before its first job; see testgen_worker for the kinds.

    `args` are pytest's arguments, `import_names` the names under which the source may be importable,
    `preload` the modules a warm worker imports before it forks.
    """

    kind: str
    cwd: str
    source: str
    test_file: str
    args: tuple[str, ...]
    cwd_importable: bool
    import_names: tuple[str, ...]
    preload: tuple[str, ...] = ()
    fork: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to run: a test file's content (a path to it), which of its tests and in which order.

    `timeout` is in seconds, `memory` in MiB beyond what the worker has itself, 0 for as much as there is.
    """

    timeout: float
    content: str = ""
    tests: tuple[str, ...] | None = None
    reverse: bool = False
    memory: int = 0


class WorkerDiedError(Exception):
    """The supervisor itself ended or stopped answering; the message says how."""


class Server:
    """One worker; one job at a time. Not shared between threads."""

    def __init__(self, python: Path, setup: Setup, environ: Mapping[str, str], log: Path) -> None:
        self._command = [str(python), str(WORKER)]
        self._setup = setup
        self._environ = dict(environ)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._pending = b""
        self._gone = False
        self.way = ""  # fork or spawn, once started
        self.why = ""

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the process and wait until it is ready; raises WorkerDiedError."""
        if self._gone:
            raise WorkerDiedError("the run was abandoned")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environ,
                cwd=self._setup.cwd,
                start_new_session=True,
            )
        self._pending = b""
        ready = self._exchange(asdict(self._setup), STARTUP)
        self.way, self.why = ready["ready"], ready["why"]
        if not self.way:
            raise WorkerDiedError(self.why)

    def call(self, job: Job) -> dict[str, Any]:
        """Run a job; raises WorkerDiedError when no answer comes, after which the next call starts anew."""
        if self._process is None:
            self.start()
        try:
            starting = STARTUP if self.way == "spawn" else 0.0
            return self._exchange(asdict(job), starting + job.timeout + GRACE)
        except WorkerDiedError:
            self.close()
            raise

    def hang_up(self) -> None:
        """End whatever another thread waits for here, and everything after it."""
        self._gone = True
        if self._process and self._process.stdin:
            self._process.stdin.close()

    def close(self) -> None:
        """Let go: the supervisor ends its child when its input closes, and is killed if it does not."""
        if self._process is None:
            return
        process, self._process = self._process, None
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
        try:
            process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def output(self) -> str:
        """What the worker and the tests wrote to the terminal, for error messages."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _exchange(self, message: dict[str, Any], timeout: float) -> dict[str, Any]:
        assert self._process is not None and self._process.stdin is not None  # noqa: S101
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:  # ValueError: hung up meanwhile
            raise WorkerDiedError(f"the worker is gone ({error})") from error
        answer: dict[str, Any] = json.loads(self._read_line(timeout))
        return answer

    def _read_line(self, timeout: float) -> bytes:
        assert self._process is not None and self._process.stdout is not None  # noqa: S101
        stream = self._process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                if not selector.select(timeout):
                    raise WorkerDiedError(f"the worker did not answer within {timeout:g} s")
                data = stream.read1(1 << 20)  # type: ignore[attr-defined]
                if not data:
                    raise WorkerDiedError(f"the worker ended with exit code {self._process.wait()}")
                self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        return line


def run_of(answer: Mapping[str, Any]) -> Run:
    """A worker's answer as a value."""
    return Run(
        outcome=Outcome(answer["outcome"]),
        reach=Reach.of(answer.get("lines", ()), answer.get("branches", ())),
        seconds=answer["seconds"],
        tests=tuple(_test_of(test) for test in answer["tests"]),
        failure=_failure_of(answer["failure"]),
    )


def _test_of(test: Mapping[str, Any]) -> TestResult:
    outcome, failure = Outcome(test["outcome"]), _failure_of(test["failure"])
    return TestResult(test["name"], outcome, test["seconds"], failure, test["file"])


def _failure_of(failure: Mapping[str, str] | None) -> Failure | None:
    return None if failure is None else Failure(failure["message"], failure["trace"], failure["output"])
