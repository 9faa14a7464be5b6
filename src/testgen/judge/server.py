"""A worker process in the project's interpreter, seen from testgen's side."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, TypeAlias

from testgen.judge.answers import opened
from testgen.judge.sandbox.terms import OPEN, Confine
from testgen.providers.keys import Secret, redact

GRACE = 5.0  # seconds a supervisor has, beyond a job's own limit, to clear up and answer
MOST_OUTPUT = 1 << 16  # bytes of what tests wrote to the terminal that are read
STARTUP = 120.0  # seconds for importing pytest, its plugins and the project


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker has to know before its first job; see testgen_worker for the kinds.

    `test_files` are those that a text may stand for, `args` pytest's arguments, `import_names` by source the
    names under which it may be importable, `deselected` the node ids of tests to leave out, `subprocesses`
    whether to measure those too, `confine` how it shuts itself in. A `pristine` worker has no source imported
    when its children begin, so that each can import a mutant of it.
    """

    kind: str
    cwd: str
    sources: tuple[str, ...]
    test_files: tuple[str, ...]
    args: tuple[str, ...]
    cwd_importable: bool
    import_names: Mapping[str, tuple[str, ...]]
    fork: bool = True
    deselected: tuple[str, ...] = ()
    subprocesses: bool = False
    confine: Confine = OPEN
    pristine: bool = False


@dataclass(frozen=True, slots=True)
class SuiteJob:
    """The whole suite; `contents` are paths to the texts of test files, by the path of the file.

    What is reached of the sources in `measured` is said. `timeout` is in seconds.
    """

    timeout: float
    contents: Mapping[str, str]
    measured: tuple[str, ...] = ()
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """Tests of one file: a path to its content, which of its tests and in which order, and what they test.

    `preload` are the modules that a child without a warm parent imports first. `timeout` is in seconds,
    `memory` in MiB beyond what the worker has itself. `mutant` is the path of a text to take the source's
    place; then the first red test ends it, `linger` seconds later.
    """

    timeout: float
    source: str
    test_file: str
    content: str
    tests: tuple[str, ...] | None
    reverse: bool
    preload: tuple[str, ...]
    memory: int
    mutant: str = ""
    linger: float = 0.0


@dataclass(frozen=True, slots=True)
class CommandSetup:
    """What a worker has to know that runs a test command: where, which, and what that will have written.

    `command` is for a shell, `reports` and `results` are paths or patterns that start from `cwd`.
    """

    cwd: str
    test_file: str
    command: str
    reports: tuple[str, ...]
    results: tuple[str, ...]
    confine: Confine = OPEN
    kind: str = "command"
    fork: bool = True


@dataclass(frozen=True, slots=True)
class CommandJob:
    """One run of the command, with a text (a path to it) in the place of the test file, "" to leave that.

    It may take `limit` seconds; what it writes is there for later jobs only if it is `lasting`.
    Runners that can do so also run `each` of the named tests by itself.
    """

    limit: float
    content: str = ""
    lasting: bool = False
    each: tuple[str, ...] = ()
    memory: int = 0

    @property
    def timeout(self) -> float:
        """Seconds after which the worker is no longer waited for, which keeps the limit itself."""
        return self.limit + GRACE


class WorkerDiedError(Exception):
    """The supervisor itself ended or stopped answering; the message says how."""


# Takes the name by which the suite has imported the source, once all its tests are collected.
Hear: TypeAlias = Callable[[str], None]


def unheard(module: str) -> None:
    """Do nothing about it."""


class Server:
    """One worker; one job at a time. Not shared between threads. In what tests say `secrets` are masked."""

    def __init__(
        self,
        command: Sequence[str],
        setup: Setup | CommandSetup,
        environ: Mapping[str, str],
        log: Path,
        secrets: Sequence[Secret] = (),
    ) -> None:
        self._command = command
        self._setup = setup
        self._environ = dict(environ)
        self._log = log
        self._secrets = secrets
        self._process: subprocess.Popen[bytes] | None = None
        self._pending = bytearray()
        self._gone = False
        self._token = ""  # of what is said until it is ready
        self.preload: tuple[str, ...] = ()  # the modules that a warm worker imports before it forks
        self.way = ""  # fork or spawn, once started
        self.why = ""

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin(self) -> None:
        """Start the process and wait for nothing; raises WorkerDiedError."""
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
        self._pending, self._token = bytearray(), token_hex(8)
        self._send(asdict(self._setup), self._token)
        if self._gone:
            self.hang_up()  # it was meanwhile

    def start(self) -> None:
        """Start the process if that was not begun, and wait until it is ready; raises WorkerDiedError."""
        if self._process is None:
            self.begin()
        if self._setup.kind == "warm":
            with contextlib.suppress(WorkerDiedError):  # it may have given up, and said why
                self._send({"preload": self.preload}, self._token)
        ready = self._answer(self._token, STARTUP)
        self.way, self.why = ready["ready"], ready["why"]
        if not self.way:
            raise WorkerDiedError(self.why)

    def give_up_forking(self) -> None:
        """From the next job on make every child a new process; nothing of the project stays loaded here."""
        self.close()
        self._setup = replace(self._setup, fork=False)

    def call(self, job: Job | SuiteJob | CommandJob, hear: Hear = unheard) -> dict[str, Any]:
        """Run a job. When no answer comes it is run once more on a new worker, because something else may
        have ended the first one; raises WorkerDiedError when that does not answer either.
        """
        try:
            return self._call(job, hear)
        except WorkerDiedError:
            return self._call(job, hear)

    def _call(self, job: Job | SuiteJob | CommandJob, hear: Hear) -> dict[str, Any]:
        if self._process is None:
            self.start()
        try:
            starting = STARTUP if self.way == "spawn" else 0.0
            message = {**asdict(job), "timeout": job.timeout}
            return self._exchange(message, starting + job.timeout + GRACE, hear)
        except WorkerDiedError:
            self.close()
            raise

    def hang_up(self) -> None:
        """End whatever another thread waits for here, and everything after it."""
        self._gone = True
        process = self._process
        if process and process.stdin:
            process.stdin.close()
        if process and not self.way:  # it imports, and would only then see that nobody waits for it
            kill_group(process)

    def close(self) -> None:
        """Let go: the supervisor ends its child when its input closes, and is killed if it does not."""
        if self._process is None:
            return
        process, self._process = self._process, None
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(OSError):  # what was not read any more
                    stream.close()
        try:
            process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            kill_group(process)
            process.wait()

    def output(self) -> str:
        """The end of what the worker and the tests wrote to the terminal, for error messages."""
        with contextlib.suppress(FileNotFoundError), self._log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - MOST_OUTPUT))
            return redact(log.read().decode(errors="replace"), self._secrets)
        return ""

    def _exchange(self, message: dict[str, Any], timeout: float, hear: Hear = unheard) -> dict[str, Any]:
        token = token_hex(8)
        self._send(message, token)
        return self._answer(token, timeout, hear)

    def _send(self, message: dict[str, Any], token: str) -> None:
        assert self._process is not None and self._process.stdin is not None  # noqa: S101
        try:
            self._process.stdin.write(json.dumps({**message, "token": token}).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:  # ValueError: hung up meanwhile
            raise WorkerDiedError(f"the worker is gone ({error})") from error

    def _answer(self, token: str, timeout: float, hear: Hear = unheard) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while True:
            line = self._read_line(deadline - time.monotonic())
            answer = opened(line)
            if answer.get("token") != token:  # what a candidate wrote here is not for us
                continue
            if "imported" not in answer:
                return {**answer, **opened(answer.get("said", ""), self._secrets)}
            hear(str(answer["imported"]))

    def _read_line(self, timeout: float) -> bytes:
        assert self._process is not None and self._process.stdout is not None  # noqa: S101
        stream = self._process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            searched = 0
            while (end := self._pending.find(b"\n", searched)) < 0:
                searched = len(self._pending)
                if not selector.select(max(timeout, 0.0)):
                    raise WorkerDiedError("the worker did not answer in time")
                data = stream.read1(1 << 20)  # type: ignore[attr-defined]
                if not data:
                    raise WorkerDiedError(f"the worker ended with exit code {self._process.wait()}")
                self._pending += data
        line = bytes(self._pending[:end])
        del self._pending[: end + 1]
        return line


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a group, and those of its group, among them what a sandbox is made of."""
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
