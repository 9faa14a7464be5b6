"""Where any test command is run, with texts that are not written yet in the place of the test file."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from testgen.coverage import MalformedError, Reader, Report, Wanted, read, reader_for, singles
from testgen.domain import RED, CoverageMap, Failure, Outcome, Reach, Run, TestResult
from testgen.errors import ProjectError, UsageError
from testgen.judge.answers import CommandRun, command_run_of, written
from testgen.judge.command import complaints
from testgen.judge.command.apart import NOTHING, Apart, believed
from testgen.judge.command.copying import copy
from testgen.judge.command.runners import runner_for
from testgen.judge.command.runners.terms import Order, Written
from testgen.judge.sandbox import Enclosure
from testgen.judge.sandbox.terms import Confine, Grants
from testgen.judge.server import CommandJob, CommandSetup, Server, WorkerDiedError
from testgen.judge.survey import OPENING, Baseline
from testgen.judge.testgen_worker.leavings import remove
from testgen.judge.workers import Limits
from testgen.project import Project, TestCommand
from testgen.providers.keys import secrets_around
from testgen.toolchain import toolchain

NODE_OPTIONS = "NODE_OPTIONS"  # to which ours are added
EACH = ".each"  # how the files end that say what single tests reach
SLACK = 3  # times longer than the existing tests that a run with candidates may take


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of the command: how it ended, and what it said, without colours.

    `apart` is what single tests reached by themselves, as far as the runner shows that.
    """

    run: Run
    said: str
    apart: Apart = NOTHING


class CommandBench:
    """Runs a project's test command. Used as a context manager; for one thread.

    It waits for its `turn` before a run. `runs` counts how often the command was run; `existing` are the
    tests that were there before, as far as the runner tells.
    """

    def __init__(
        self,
        project: Project,
        limits: Limits,
        environ: Mapping[str, str],
        enclosure: Enclosure,
        turn: AbstractContextManager[object],
    ) -> None:
        assert project.command is not None  # noqa: S101
        check_grants(enclosure, project)
        self.project, self.limits, self.enclosure, self.turn = project, limits, enclosure, turn
        self.command: TestCommand = project.command
        self.runner = runner_for(self.command.text, project.root)
        self.runs = 0
        self.existing: tuple[TestResult, ...] = ()
        self._environ = environ
        self._secrets = secrets_around(project.root, environ)
        self._scratch = self._place = Path()
        self._limit = limits.suite_timeout
        self._hopeless = False  # of being better outside
        self._reader: Reader | None = None  # of the existing tests' report
        self._starts = 0
        self._server: Server | None = None

    def __enter__(self) -> CommandBench:
        self._scratch = Path(tempfile.mkdtemp(prefix="testgen-")).resolve()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.close()
        with suppress(OSError):
            remove(self._scratch)

    def measure(self) -> Baseline:
        """Run the command as it is; raises ProjectError if it is red, ends badly, or measures nothing."""
        try:
            ended, coverage = self._measured(self._start(self.enclosure))
        except ProjectError as inside:
            ended, coverage = self._measured_after(inside)
        # A test that hangs is not to cost what a slow suite may take.
        usual = SLACK * (ended.seconds + self.limits.timeout)
        self._limit = min(self.limits.suite_timeout, usual)
        self.existing = self._results(ended)
        run = Run(Outcome.PASSED, coverage.reached, ended.seconds, self.existing)
        return Baseline(coverage, self.project.source.name, (), run)

    def _measured_after(self, inside: ProjectError) -> tuple[CommandRun, CoverageMap]:
        """Try outside the sandbox, which fills the caches of build tools, then inside once more.

        Raises ProjectError with what helps.
        """
        # npx downloads and runs what is not installed, and the next run would miss it again.
        if self._hopeless or self.enclosure.name == "none" or complaints.lacks_packages(self.project.root):
            raise inside
        outside = Enclosure(grants=Grants(network=True, variables=tuple(self._environ)))
        self._measured(self._start(outside))  # raises what is the project's own fault
        self._look_for_caches_again()
        try:
            return self._measured(self._start(self.enclosure))
        except ProjectError as again:
            raise ProjectError(
                f"the test command works outside the sandbox ({self.enclosure.name}), "
                f"but inside: {again.cause}",
                OPENING,
            ) from again

    def _look_for_caches_again(self) -> None:
        """In a new home there are none until something was run."""
        self.command = replace(self.command, toolchain=toolchain(self._environ))
        self.project = replace(self.project, command=self.command)

    def _measured(self, server: Server) -> tuple[CommandRun, CoverageMap]:
        ended = self._call(server, CommandJob(self.limits.suite_timeout, lasting=True))
        results = self._results(ended)
        is_green = not ended.status and all(test.outcome not in RED for test in results)
        self._hopeless = ended.endless or (is_green and bool(ended.reports))
        complaints.check(ended, results, self.command, self.project.root, self.limits.suite_timeout)
        return ended, self._coverage(ended)

    def attempt(self, content: bytes, names: Sequence[str] = ()) -> Attempt:
        """Run the command once with this content in the test file; nothing it writes stays."""
        try:
            server = self._server or self._start(self.enclosure)
            ended = self._call(server, CommandJob(self._limit, self._put(content), each=tuple(names)))
        except ProjectError as error:
            return Attempt(Run(Outcome.CRASHED, failure=Failure(error.cause)), "")
        return self._attempt_of(ended)

    def _put(self, content: bytes) -> str:
        """A file with the content for the worker; none where there is no content, and so no test file."""
        path = self._scratch / "content"
        path.write_bytes(content)
        return str(path) if content else ""

    def confirm(self, content: bytes) -> Run:
        """The same, for those who want no more."""
        return self.attempt(content).run

    def confirm_all(self, contents: Mapping[Path, bytes]) -> Run:
        """The same as `confirm`: there is one test file."""
        return self.confirm(contents.get(self.project.test_file, b""))

    def try_out(
        self,
        content: bytes,
        tests: Sequence[str] | None = None,  # noqa: ARG002
        *,
        reverse: bool = False,  # noqa: ARG002
        turn: int = 0,  # noqa: ARG002
    ) -> Run:
        """The same: which tests a command runs, and in which order, is its own affair."""
        return self.confirm(content)

    def beside(self, project: Project) -> CommandBench:  # noqa: ARG002
        """The same: it is for one source."""
        return self

    def rest(self) -> None:
        """End the worker until there is something to run again."""
        if self._server:
            self._server.close()
        self._server = None

    def warm(self, preload: Sequence[str]) -> None:
        """Nothing can be prepared."""

    def ready(self) -> str:
        """Nothing is waited for."""
        return ""

    def abandon(self) -> None:
        """End what runs, and let nothing start any more."""
        if self._server:
            self._server.hang_up()

    def _call(self, server: Server, job: CommandJob) -> CommandRun:
        self.runs += 1
        try:
            with self.turn:
                ended = command_run_of(server.call(job))
        except WorkerDiedError as error:
            raise ProjectError(f"the test command cannot be run: {error}", server.output()[-2000:]) from None
        if isinstance(ended, Failure):
            raise ProjectError(f"the test command cannot be run: {ended.message}", server.output()[-2000:])
        # What is shown names files as the user knows them.
        return replace(ended, output=self._as_known(ended.output))

    def _attempt_of(self, ended: CommandRun) -> Attempt:
        said = complaints.readable(ended.output)
        results = self._results(ended)
        red = [test for test in results if test.outcome in RED]
        outcome, failure = Outcome.PASSED, None
        if ended.endless:
            outcome, failure = (
                Outcome.TIMEOUT,
                Failure(f"still running after {self._limit:g} s"),
            )
        elif red:
            outcome, failure = red[0].outcome, red[0].failure
        elif ended.status:
            outcome, failure = Outcome.BROKEN, complaints.failure(said, ended.status)
        coverage = None
        try:
            coverage = self._coverage(ended)
        except ProjectError as error:
            if outcome is Outcome.PASSED:
                outcome, failure = Outcome.BROKEN, Failure(error.cause)
        reach = coverage.reached if coverage and outcome is Outcome.PASSED else Reach()
        apart = believed(self._records(ended), coverage)
        return Attempt(Run(outcome, reach, ended.seconds, results, failure), said, apart)

    def _records(self, ended: CommandRun) -> Mapping[str, CoverageMap]:
        """What was measured of single tests, by name; nothing that is written otherwise than the report."""
        records: dict[str, list[Report]] = defaultdict(list)
        for path, data in ended.results:
            if path.endswith(EACH):
                first, _, text = data.partition(b"\n")
                records[first.decode("utf-8", "replace")].append(Report(Path(path), text))
        for report in () if records else _reports(ended):
            with suppress(MalformedError):
                for name, single in singles(report, self.command.format).items():
                    records[name].append(single)
        found: dict[str, CoverageMap] = {}
        for name, reports in records.items():
            with suppress(ProjectError, MalformedError):  # of a test that did not get so far
                if reader_for(reports[0]) is self._reader:
                    found[name] = self._read(reports)
        return found

    def _coverage(self, ended: CommandRun) -> CoverageMap:
        """What the reports of a run say; raises ProjectError if there are none or they cannot be read."""
        if not ended.reports:
            raise complaints.no_report(ended, self.command)
        reports = _reports(ended)
        try:
            found = self._read(reports)
        except ProjectError as error:
            raise ProjectError(self._as_known(error.cause), error.remedy) from None
        self._reader = reader_for(reports[0], self.command.format)
        return found

    def _read(self, reports: Sequence[Report]) -> CoverageMap:
        found = read(reports, Wanted(self._source, self._place), self.command.format)
        return replace(found, source=self.project.source)

    def _results(self, ended: CommandRun) -> tuple[TestResult, ...]:
        whole = (data for path, data in ended.results if not path.endswith(EACH))
        files = tuple(data.decode("utf-8", "replace") for data in whole)
        found = self.runner.results(Written(ended.output, files))
        return tuple(replace(written(test, self._secrets), path=self._at_home(test.path)) for test in found)

    def _as_known(self, text: str) -> str:
        return text.replace(str(self._place), str(self.project.root))

    def _at_home(self, path: Path) -> Path:
        """A path in the folder where the command runs as that in the project."""
        root = self.project.root
        return root / path.relative_to(self._place) if path.is_relative_to(self._place) else path

    def _start(self, enclosure: Enclosure) -> Server:
        """A worker in an enclosure: over the project where an overlay keeps that as it is, else in a copy."""
        if self._server:
            self._server.close()
        self._starts += 1
        own = self._scratch / f"worker-{self._starts}"
        start = enclosure.start(self.project, own, self._environ)
        overlaid = str(self.project.root) in start.confine.overlays
        self._place = self.project.root if overlaid else own / "project"
        if not overlaid:
            copy(self.project.root, self._place)
        order = self.runner.prepare(
            Order(self.command.text, self._source, self._place, own / "tmp", self._test_file)
        )
        tools = self.command.toolchain.environ_in(own / "home", written=overlaid or enclosure.name == "none")
        environ = {**start.environ, **tools, **order.environ}
        if given := start.environ.get(NODE_OPTIONS):
            environ[NODE_OPTIONS] = f"{given} {order.environ.get(NODE_OPTIONS, '')}".strip()
        setup = self._setup(order, start.confine)
        self._server = Server(start.command, setup, environ, self._scratch / "worker.log", self._secrets)
        return self._server

    @property
    def _source(self) -> Path:
        return self._place / self.project.source.relative_to(self.project.root)

    @property
    def _test_file(self) -> Path:
        return self._place / self.project.test_file.relative_to(self.project.root)

    def _setup(self, order: Order, confine: Confine) -> CommandSetup:
        return CommandSetup(
            cwd=str(self._place),
            test_file=str(self._test_file),
            command=order.command,
            reports=(self.command.report,),
            results=(*order.results, *filter(None, (self.command.results,))),
            confine=confine,
        )


def _reports(ended: CommandRun) -> list[Report]:
    return [Report(Path(path), data) for path, data in ended.reports]


def check_grants(enclosure: Enclosure, project: Project) -> None:
    """Raise UsageError for what a test command cannot be granted."""
    if enclosure.name == "docker":
        raise UsageError(
            "the sandbox docker is for pytest only", "Choose bwrap, landlock or none with --sandbox."
        )
    for path in enclosure.grants.write:
        if path.is_relative_to(project.root):
            raise UsageError(
                f"{path} lies in the project, where what a test command writes is always forgotten",
                "Leave that --allow-write out: tests may write there, and nothing of it stays.",
            )
