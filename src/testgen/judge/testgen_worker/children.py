"""Child processes: two ways to start one, one way to listen to it, and an end to all it started."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

from . import Json
from .control import Control

try:
    import resource  # here, or every child would import it anew
except ImportError:  # pragma: no cover  Windows
    resource = None  # type: ignore[assignment]

Start = Callable[[Json, int], int]  # begins a job that answers on a pipe; returns the child's pid

LONGEST_ANSWER = 256 << 20  # bytes; more than any honest child has to say
STARTUP = 120.0  # seconds for a new interpreter to import pytest, its plugins and the project
LEAVING = b"!"  # how a line begins that names what a child waits for at its end
IMPORTED = b"+"  # the same with the name by which the suite has imported the source
BEGUN = b" "  # what a child says before it runs its job; JSON does not mind
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# What the end of a child needs, held here because a test may replace it where it stands, and gevent does.
_exit, _getpid, _write, _dumps = os._exit, os.getpid, os.write, json.dumps
_waitpid, _select, _monotonic = os.waitpid, select.select, time.monotonic
_fork: Callable[[], int] = getattr(os, "fork", os.getpid)  # never called where it is not


class Child:
    """A process that was started for one job."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.status: int | None = None  # as waitpid gives it, once it has ended

    def has_exited(self) -> bool:
        if self.status is None:
            pid, status = _waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is not None

    def sweep(self) -> None:
        """End it and everything it started: its group, then whatever was left to us as the subreaper."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        while True:
            for pid in [*([self.pid] if self.status is None else []), *orphans()]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            try:
                ended, status = _waitpid(-1, 0)
            except ChildProcessError:
                return
            self.status = status if ended == self.pid else self.status


def orphans() -> list[int]:
    """The processes directly below this one, where the system tells."""
    with contextlib.suppress(OSError):
        return [int(number) for number in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    return []


def supervise(control: Control, start: Start, job: Json) -> Json:
    """Run one job in a child and answer for it, whatever it does."""
    reader, writer = os.pipe()
    started = _monotonic()
    child = Child(start(job, writer))
    os.close(writer)
    said = Said(job, control.send)
    ended = listen(control, reader, child, said)
    child.sweep()
    os.close(reader)
    if ended == "abandoned":
        os._exit(0)
    return answer(ended, said, child.status or 0, _monotonic() - started)


class Said:
    """What a child has said so far of its job."""

    def __init__(self, job: Json, tell: Callable[[Json], None]) -> None:
        self.job = job
        self.tell = tell  # hands on at once what is of use before the end
        self.begun = False
        self.message = bytearray()
        self.leaving = ""  # what it waits for at its end, once it has run its tests

    def hear(self, data: bytes) -> bool:
        """Take in more; returns whether the answer is whole."""
        self.message += data
        while b"\n" in data:
            end = self.message.index(b"\n")
            line = self.message[:end].strip()
            kind, text = bytes(line[:1]), line[1:].decode("utf-8", "replace")
            if kind not in (LEAVING, IMPORTED):
                del self.message[end:]
                return True
            del self.message[: end + 1]
            data = bytes(self.message)
            if kind == IMPORTED:
                self.tell({"imported": text})
            else:
                self.leaving = text
        return False


def listen(control: Control, reader: int, child: Child, said: Said) -> str:
    """Hear the child; returns which came first: answered, exited, timeout, or abandoned by testgen.

    The time runs from the child's first word, which is BEGUN: a new interpreter has to import all first.
    """
    watched, deadline = [control.fd, reader], _monotonic() + STARTUP
    while _monotonic() < deadline and len(said.message) < LONGEST_ANSWER:
        readable, _, _ = _select(watched, [], [], 0.02)
        if control.fd in readable and control.gone():
            return "abandoned"
        if reader in readable:
            data = os.read(reader, 1 << 20)
            if not said.begun:
                said.begun, deadline = True, _monotonic() + said.job["timeout"]
            if said.hear(data):
                return "answered"
            if not data:
                watched.remove(reader)
        elif child.has_exited():
            return "answered" if last_words(reader, said) else "exited"
    return "timeout"


def last_words(reader: int, said: Said) -> bool:
    """Hear what came between the last look at the pipe and the child's end; whether the answer is whole."""
    while _select([reader], [], [], 0)[0]:
        data = os.read(reader, 1 << 20)
        if not data or said.hear(data):
            return bool(data)
    return False


def answer(ended: str, said: Said, status: int, seconds: float) -> Json:
    """The child's own message if it is whole, unread, which is safer; else what its end says."""
    if ended == "answered":
        return {"seconds": seconds, "said": said.message.decode("utf-8", "replace")}
    ends = {"ends": said.message[len(BEGUN) :].decode("ascii", "replace")}
    if ended == "timeout":
        after = f"after {said.job['timeout']:g} s"
        why = f"it passes, but {said.leaving} {after} and keeps the process from ending"
        return {**failed("timeout", why if said.leaving else f"still running {after}", seconds), **ends}
    return {**failed("crashed", f"the process ended without reporting ({ending(status)})", seconds), **ends}


def failed(outcome: str, message: str, seconds: float) -> Json:
    failure = {"message": message, "trace": "", "output": ""}
    return {"outcome": outcome, "tests": [], "broken": [], "failure": failure, "seconds": seconds}


def ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"killed by {signal.Signals(number).name}"
    return f"exit code {os.WEXITSTATUS(status)}"


def unprepared(_: Json) -> None:
    """Do nothing ahead of a job."""


def forking(run: Callable[[Json], Json], prepare: Callable[[Json], None] = unprepared) -> Start:
    """Start a job by forking this process, prepared for it; `run(job)` gives the answer inside the child."""

    def start(job: Json, writer: int) -> int:
        prepare(job)
        pid = _fork()
        if pid:
            return pid
        try:
            os.setsid()
            if "gevent" in sys.modules:  # its loop is shared with this process's parent until it is told
                sys.modules["gevent"].reinit()
            deliver(run, job, writer)
        finally:
            _exit(0)

    return start


def spawning(setup: Json) -> Start:
    """Start a job in a new interpreter."""

    def start(job: Json, writer: int) -> int:
        order = json.dumps({"setup": setup, "job": job})
        command = [sys.executable, *flags(), str(Path(__file__).parent), "--child", str(writer)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(writer,), start_new_session=True)
        assert process.stdin is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(order.encode())
        process.returncode = 0  # sweep() waits for it
        return process.pid

    return start


def flags() -> list[str]:
    return [f"-X{name}" if value is True else f"-X{name}={value}" for name, value in sys._xoptions.items()]


def deliver(run: Callable[[Json], Json], job: Json, writer: int) -> None:
    """Run a job and write its answer to the pipe, but only from the process that was asked."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if job["memory"]:
        limit_memory(job["memory"])
    me = _getpid()
    _write(writer, BEGUN)
    try:
        result = run({**job, "writer": writer, "pid": me})
    except BaseException as error:  # noqa: BLE001  the last frame of a process that has to answer
        result = failed("crashed", f"{type(error).__name__}: {error}", 0.0)
    if _getpid() != me:  # a test forked and let the copy run on
        _exit(0)
    flush()
    data = _dumps(result).encode() + b"\n"
    while data:
        data = data[_write(writer, data) :]


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError, OSError):
            stream.flush()


def limit_memory(megabytes: int) -> None:
    """Allow this process so much more memory than it has; allocating beyond it is a MemoryError."""
    if resource is None:
        return
    with contextlib.suppress(OSError, ValueError):
        with open("/proc/self/statm", "rb", buffering=0) as figures:  # noqa: PTH123  a fifth of the time
            pages = int(figures.read().split()[5])
        most = pages * resource.getpagesize() + (megabytes << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def prctl(option: int, value: int) -> None:
    """Linux's prctl; elsewhere nothing, and only the child's own group is ended."""
    if LIBC:
        LIBC.prctl(option, value, 0, 0, 0)
