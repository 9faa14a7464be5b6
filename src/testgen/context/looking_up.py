"""The look-up of signatures beside whatever else runs: one process for all sources of a run.

It takes seconds, most of them for reading libraries, which one process does once. What is asked depends on
the source alone and the answer is all or nothing, so the question to the model is the same in every run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from types import TracebackType
from typing import TypeAlias

from testgen.context.modules import Library, roots_of
from testgen.context.signatures import Found, Place, foreign, places, shortened
from testgen.context.versions import installed
from testgen.project import Project
from testgen.prompting import Signature

SECONDS = 30.0  # for one source, far more than it takes

_PROGRAM = Path(__file__).with_name("inferring.py")

Process: TypeAlias = "subprocess.Popen[str]"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the calls of a source stand for; if that could not be found out `trouble` says why.

    `versions` are the names and versions of the libraries it imports.
    """

    found: tuple[Found, ...] = ()
    trouble: str = ""
    versions: tuple[str, ...] = ()


class LookUp:
    """Looks up one source after the other, for any number of threads. Used as a context manager."""

    def __init__(self) -> None:
        self._begun: dict[Path, Future[Answer]] = {}
        self._thread = ThreadPoolExecutor(1)
        self._program = _Program()

    def __enter__(self) -> LookUp:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.abandon()
        self._thread.shutdown(cancel_futures=True)
        self._program.end()

    def begin(self, project: Project) -> None:
        """Begin to look up what a Python source calls, unless that was begun."""
        if project.source not in self._begun:
            self._begun[project.source] = self._thread.submit(self._answer, project)

    def answer(self, project: Project) -> Answer:
        """What a Python source calls, as soon as it is found out."""
        self.begin(project)
        return self._begun[project.source].result()

    def _answer(self, project: Project) -> Answer:
        library = Library(roots_of(project.source, project.root))
        source = library.at(project.source)
        asked = places(library, source) if source else ()
        versions = tuple(installed(foreign(library, source), project.interpreter.folders)) if source else ()
        if not asked:
            return Answer(versions=versions)
        folders = (project.root, *library.roots, *project.interpreter.folders)
        about = {
            "source": str(project.source),
            "root": str(project.root),
            "folders": [str(folder) for folder in folders],
            "places": asked,
        }
        try:
            told = json.loads(self._program.ask(json.dumps(about)))
        except (OSError, ValueError) as error:
            self._program.end()
            return Answer((), f"looking them up failed: {error}", versions)
        return Answer(tuple(_found(told, asked)), versions=versions)


def _found(told: Sequence[Mapping[str, str] | None], asked: Sequence[Place]) -> Iterator[Found]:
    for one, (line, _) in zip(told, asked, strict=True):
        if one:
            signature = Signature(shortened(one["signature"]), shortened(one["says"]))
            yield Found(line, one["name"], Path(one["path"]), signature)


class _Program:
    """inferring.py, started when it is asked and there is none."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._running = ExitStack()
        self._changing = Lock()
        self._over = False

    def ask(self, question: str) -> str:
        """The line that answers a line; raises OSError, which says why there is none."""
        process, begun = self._process or self._start(), time.monotonic()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101
        late = Timer(SECONDS, process.kill)
        late.start()
        answer = ""
        try:
            with suppress(BrokenPipeError):  # it is over already
                process.stdin.write(f"{question}\n")
                process.stdin.flush()
                answer = process.stdout.readline()
        finally:
            late.cancel()
        if not answer and time.monotonic() - begun >= SECONDS:
            raise OSError(f"it takes longer than {SECONDS:g} s")
        if not answer:
            raise OSError("it ended without an answer")
        return answer

    def abandon(self) -> None:
        """Let who waits for an answer go on without one, and nobody else begin."""
        with self._changing:
            self._over = True
            if self._process:
                self._process.kill()

    def end(self) -> None:
        """End it, if it runs; another may be started."""
        with suppress(OSError):  # half a question may be left in the pipe
            self._running.close()
        self._process = None

    def _start(self) -> Process:
        with self._changing:
            if self._over:
                raise OSError("the run is over")
            self._process = self._running.enter_context(_started())
            return self._process


@contextmanager
def _started() -> Iterator[Process]:
    """The program, running; it gets nothing of the user's environment, and sets have one order in it."""
    environ = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    with (
        tempfile.TemporaryDirectory(prefix="testgen-", ignore_cleanup_errors=True) as folder,
        subprocess.Popen(
            [sys.executable, "-s", "-P", str(_PROGRAM), folder],
            env={**environ, "PYTHONHASHSEED": "0"},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()
