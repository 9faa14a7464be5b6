"""Where candidates for one source file are tried: as texts of its test file, which are not written yet."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

from testgen.domain import CoverageMap, Failure, Outcome, Reach, Run
from testgen.files import read_if_there
from testgen.judge.answers import MutantRun, mutant_run_of, reach_of, run_of
from testgen.judge.rehearsal import Rehearsal
from testgen.judge.sandbox import Enclosure
from testgen.judge.server import Job, SuiteJob, WorkerDiedError
from testgen.judge.sharing import Shared, Trial, key_of
from testgen.judge.survey import Baseline, Survey, survey
from testgen.judge.workers import UNCONFINED, Limits, Workers
from testgen.project import Project


@dataclass(frozen=True, slots=True)
class Terms:
    """How tests are run on a mutant: seconds for all, seconds to go on after the first red one, and where."""

    timeout: float
    linger: float
    turn: int


class Bench:
    """Runs the suite, and test files that are not written yet. Used as a context manager; thread-safe.

    `others` are further files of the project that are to be worked on with the same workers, each `beside`.
    """

    def __init__(
        self,
        project: Project,
        limits: Limits,
        environ: Mapping[str, str],
        enclosure: Enclosure = UNCONFINED,
        others: Sequence[Project] = (),
    ) -> None:
        self.project = project
        self.limits = limits
        self.enclosure = enclosure
        self.workers = Workers((project, *others), limits, environ, enclosure)
        self._preload: tuple[str, ...] = ()
        self._runs = Shared[Run]()
        self._asked = self._runs.asker()
        self._rehearsal: Rehearsal | None = None

    def __enter__(self) -> Bench:
        self.workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()
        if self._rehearsal:
            self._rehearsal.close()
        self.workers.__exit__(kind, error, trace)

    def beside(self, project: Project) -> Bench:
        """The bench of another of the files; it has the same workers and ends with this one."""
        other = copy.copy(self)
        other.project = project
        return other

    @property
    def scratch(self) -> Path:
        """The folder for texts that are not written yet."""
        return self.workers.scratch

    def survey(self) -> Survey:
        """Run the existing suite under coverage; raises ProjectError if it is red or cannot be run."""
        return survey(self.workers, self._rehearsal)

    def rehearse(self, play: Callable[[Rehearsal], None]) -> bool:
        """Let a run be gone through while the suite is measured, where neither can disturb the other.

        Returns whether that is so.
        """
        beside = self.limits.jobs - 1  # the suite is one
        if not beside or not self.enclosure.apart or self.limits.deselect_failing:
            return False
        self._rehearsal = Rehearsal(self, self._runs.asker(), play)
        self.workers.begin()
        return True

    def foretell(self, module: str) -> Baseline:
        """What the suite will probably be found to reach: what the test file does by itself."""
        content = read_if_there(self.project.test_file) or b""
        answer = self._answer(Trial(content, None, reverse=False, turn=0))
        possible = Reach.of(answer.get("possible_lines", ()), answer.get("possible_branches", ()))
        run = run_of(answer)
        coverage = CoverageMap(self.project.source, possible, run.reach & possible)
        return Baseline(coverage, module, (module,), run)

    def measure(self) -> Baseline:
        """What the existing suite reaches of this source; raises ProjectError if that cannot be told."""
        return self.survey().of(self.project.source)

    def confirm(self, content: bytes) -> Run:
        """Run the whole suite once more, in a new process, as if the test file had this content."""
        return self.confirm_all({self.project.test_file: content})

    def confirm_all(self, contents: Mapping[Path, bytes]) -> Run:
        """The same as if several test files had other contents."""
        if self._rehearsal is None:
            return self.run_suite(contents)
        key = key_of(contents)
        if not self._asked.foretold(key):
            self._rehearsal.end()  # it was for something else
        return self._asked.get(key, lambda: self.run_suite(contents))

    def run_suite(self, contents: Mapping[Path, bytes], place: str = "suite") -> Run:
        """The same, in the worker of this name."""
        with self._put(contents) as paths:
            return run_of(self.workers.run_suite(SuiteJob(self.limits.suite_timeout, paths), place=place))

    def confirm_reaching(self, content: bytes, sources: Sequence[Path]) -> tuple[Run, Mapping[Path, Reach]]:
        """The same as `confirm`, with what is reached of some of the files that the bench is for."""
        with self._put({self.project.test_file: content}) as paths:
            job = SuiteJob(self.limits.suite_timeout, paths, tuple(map(str, sources)))
            answer = self.workers.run_suite(job)
        found = answer.get("sources", {}).items()
        return run_of(answer), {Path(path): reach_of(about) for path, about in found}

    def warm(self, preload: Sequence[str]) -> None:
        """Begin to start the warm workers, unless that was done; `ready` waits for them."""
        self._preload = tuple(preload)
        self.workers.warm(preload)

    def ready(self) -> str:
        """Wait for the warm workers; returns why they cannot fork, if so. Raises ProjectError without any."""
        return self.workers.ready()

    def abandon(self) -> None:
        """End everything that runs, and let nothing start any more; threads that wait here come back."""
        self.workers.abandon()

    def try_out(
        self, content: bytes, tests: Sequence[str] | None = None, *, reverse: bool = False, turn: int = 0
    ) -> Run:
        """Run a test file's content, or some of its tests, in a process of its own.

        Different turns run under different hash seeds. Every way to end is a Run; only AbandonedError is
        raised, when the run is over.
        """
        trial = Trial(content, None if tests is None else tuple(tests), reverse, turn)
        return self._asked.get(trial.key, lambda: self.make(trial)) if self._rehearsal else self.make(trial)

    def make(self, trial: Trial) -> Run:
        """The run that is asked for, whether or not it was made before."""
        try:
            return run_of(self._answer(trial))
        except WorkerDiedError as error:
            return Run(Outcome.CRASHED, failure=Failure(f"it took its worker along: {error}"))

    def _answer(self, trial: Trial) -> dict[str, Any]:
        alone = trial.tests is not None and len(trial.tests) == 1
        with self._put({self.project.test_file: trial.content}) as paths:
            job = Job(
                timeout=self.limits.timeout if alone else self.limits.suite_timeout,
                source=str(self.project.source),
                test_file=str(self.project.test_file),
                content=paths[str(self.project.test_file)],
                tests=trial.tests,
                reverse=trial.reverse,
                preload=self._preload,
                memory=self.limits.memory,
            )
            return self.workers.call(job, trial.turn)

    def for_mutants(self, baseline: Baseline) -> Bench:
        """A pristine bench for the same project; `warm(baseline.foreign)` makes it ready for mutants."""
        limits = replace(self.limits, repeat=2, pristine=True)
        bench = Bench(self.project, limits, self.workers.environ, self.enclosure)
        bench.workers.leave_out(baseline.deselected)
        return bench

    def try_mutant(self, mutant: str, content: bytes, tests: Sequence[str], terms: Terms) -> MutantRun:
        """Run tests of a test file, named with their parameters, with a mutant in the source's place.

        Those of one test follow each other; a test that is named again later on is run again.
        """
        source, test_file = self.project.source, self.project.test_file
        plain = tuple(name for name, _ in groupby(name.partition("[")[0] for name in tests))
        with self._put({test_file: content, source: mutant.encode("utf-8", "surrogatepass")}) as paths:
            job = Job(
                timeout=terms.timeout,
                source=str(source),
                test_file=str(test_file),
                content=paths[str(test_file)],
                tests=plain,
                reverse=False,
                preload=self._preload,
                memory=self.limits.memory,
                mutant=paths[str(source)],
                linger=terms.linger,
            )
            try:
                return mutant_run_of(self.workers.call(job, terms.turn), tests)
            except WorkerDiedError:
                return MutantRun(Outcome.CRASHED, (), 0, True)

    @contextmanager
    def _put(self, contents: Mapping[Path, bytes]) -> Iterator[dict[str, str]]:
        """Paths of files with the texts, by the path each stands for; gone at the end."""
        paths = {test_file: self.workers.put(content) for test_file, content in contents.items()}
        try:
            yield {str(test_file): str(path) for test_file, path in paths.items()}
        finally:
            for path in paths.values():
                path.unlink()
