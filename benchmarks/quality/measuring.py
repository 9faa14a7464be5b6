"""One module from project to row: testgen writes its tests, coverage.py counts in a run of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from modules import Module, Project

from testgen.commandline import Call, read
from testgen.configuration import resolve
from testgen.domain import Result
from testgen.errors import TestgenError, UsageError
from testgen.events import Answered, Asking, Event
from testgen.pipeline import run
from testgen.reports import terminal, write
from testgen.settings import Settings

USUAL = ("--jobs", "1", "--max-iterations", "3")  # options given to the benchmark come later, and win
NO_TESTS = 5  # pytest's exit code
ASKED = "asked.json"


@dataclass(frozen=True, slots=True)
class Counts:
    """What coverage.py says of one source file, and whether the tests it ran were green."""

    lines: int
    lines_covered: int
    branches: int
    branches_covered: int
    green: bool = True

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.lines + other.lines,
            self.lines_covered + other.lines_covered,
            self.branches + other.branches,
            self.branches_covered + other.branches_covered,
            self.green and other.green,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The day a recording was made, and the seconds its replies took."""

    date: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one module; `own_seconds` are those spent out of the model."""

    module: Module
    before: Counts
    after: Counts
    result: Result
    asked: Asked
    own_seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """A module that could not be measured, and why."""

    module: Module
    why: str


@dataclass(slots=True)
class Waiting:
    """Adds up the seconds between a question and its reply, from the events of a run."""

    clock: Callable[[], float] = time.monotonic
    seconds: float = 0.0
    since: float = 0.0

    def note(self, event: Event) -> None:
        if isinstance(event, Asking):
            self.since = self.clock()
        elif isinstance(event, Answered):
            self.seconds += self.clock() - self.since


def measure(project: Project, folder: Path, replies: Path, options: Sequence[str]) -> Row | Failed:
    """Run testgen on a project; its progress and its report go into `folder`.

    `replies` is the folder of the recording, which `options` say to write or to play back.
    """
    try:
        settings = settings_of(project, options)
        before = counted(project, folder)
        result, waited = watched(settings, folder)
    except TestgenError as error:
        return Failed(project.module, f"{error.cause}. {error.remedy}")
    asked = when_asked(replies) if settings.replay else Asked(f"{datetime.now(UTC):%Y-%m-%d}", waited)
    if settings.record:
        (replies / ASKED).write_text(json.dumps(asdict(asked)) + "\n", encoding="utf-8")
    after = counted(project, folder)
    return Row(project.module, before, after, result, asked, result.seconds - waited)


def settings_of(project: Project, options: Sequence[str]) -> Settings:
    """testgen's own settings; raises UsageError for an option that it does not have."""
    files = ("--source-file", str(project.source), "--test-file", str(project.test_file))
    call = read([*files, "--python", str(project.python), *USUAL, *options])
    if not isinstance(call, Call):
        raise UsageError(f"these are no options of a run: {' '.join(options)}")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TESTGEN_")}
    return resolve(call.flags, environ, project.root).settings


def watched(settings: Settings, folder: Path) -> tuple[Result, float]:
    """The result of a run, and the seconds for which it waited for the model."""
    waiting = Waiting()
    with (
        (folder / "progress.log").open("w", encoding="utf-8") as log,
        terminal.progress(log, quiet=False, verbose=True) as show,
    ):

        def emit(event: Event) -> None:
            waiting.note(event)
            show(event)

        result = run(settings, os.environ, emit)
        terminal.summary(result, log, quiet=False, base=folder)
        write(result, settings.report, log, folder)
    return result, waiting.seconds


def counted(project: Project, folder: Path) -> Counts:
    """Coverage of the source by the tests that are there; without any, nothing is covered."""
    data, report = folder / "coverage.data", folder / "coverage.json"
    coverage = (project.python, "-m", "coverage")
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environ |= {"COVERAGE_FILE": str(data), "PYTHONDONTWRITEBYTECODE": "1"}
    pytest = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    with (folder / "pytest.log").open("wb") as log:
        ran = subprocess.run(
            [*coverage, "run", "--branch", "--source=.", *pytest],
            cwd=project.root,
            env=environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    told = ("json", "--quiet", f"--include={project.source}", "-o", report)
    subprocess.run([*coverage, *told], cwd=project.root, env=environ, check=True)
    totals = json.loads(report.read_text(encoding="utf-8"))["totals"]
    return Counts(
        totals["num_statements"],
        totals["covered_lines"],
        totals["num_branches"],
        totals["covered_branches"],
        ran.returncode in (0, NO_TESTS),
    )


def when_asked(replies: Path) -> Asked:
    return Asked(**json.loads((replies / ASKED).read_text(encoding="utf-8")))
