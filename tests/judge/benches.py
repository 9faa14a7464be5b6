"""Small projects on a bench, for the tests of the judge: files in, runs out, nothing left in the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent

import pytest

from projects import TOOLS, MissingInterpreterError, base, environment
from testgen.domain import Reach, Run
from testgen.judge.bench import Bench
from testgen.judge.survey import Baseline
from testgen.judge.workers import Limits
from testgen.project import Project, probe

LIMITS = Limits(timeout=10, suite_timeout=60, jobs=1, repeat=1)
SOURCE = "src/things.py"
TESTS = "tests/test_things.py"


def interpreter(version: str, packages: tuple[str, ...] = TOOLS) -> Path:
    """An environment of this version of Python with these packages; skips where there is no such Python."""
    try:
        return environment(base(version, os.environ), packages)
    except MissingInterpreterError as reason:
        pytest.skip(str(reason))


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, given by their path from the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


def project_in(
    folder: Path, python: Path, *, source: str = SOURCE, test_file: str = TESTS, args: tuple[str, ...] = ()
) -> Project:
    """The project whose files are in a folder, as `discover` would describe it."""
    return Project(folder, folder / source, folder / test_file, probe(python), args)


@dataclass(frozen=True)
class Prepared:
    """A bench with warm workers; `why` says why they cannot fork, if so."""

    bench: Bench
    baseline: Baseline
    why: str

    def alone(self, content: str, name: str = "test_it") -> Run:
        return self.bench.try_out(content.encode(), [name])

    def gained(self, content: str, name: str = "test_it") -> Reach:
        """What a test adds to the baseline."""
        return self.alone(content, name).reach - self.baseline.coverage.reached


@contextmanager
def prepared(
    project: Project, limits: Limits = LIMITS, environ: Mapping[str, str] = os.environ, **more: str
) -> Iterator[Prepared]:
    """A bench whose baseline is known and whose workers are ready."""
    with Bench(project, limits, {**environ, **more}) as bench:
        baseline = bench.measure()
        bench.warm(baseline.preload)
        yield Prepared(bench, baseline, bench.ready())


def without_fork(limits: Limits) -> Limits:
    return replace(limits, fork=False)


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and its content."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def processes_of(bench: Bench) -> int:
    """How many processes have the bench's scratch folder in their environment."""
    mark = f"TMPDIR={bench.scratch}".encode()
    return sum(mark in _environ_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _environ_of(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""
