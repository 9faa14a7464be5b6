"""The existing suite, run once: is it green, and what does it reach of each source?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testgen.domain import FINE, RED, CoverageMap, Fixture, Outcome, Reach, Run, TestResult
from testgen.errors import ProjectError
from testgen.judge.answers import fixtures_of, reach_of, run_of
from testgen.judge.sandbox import Enclosure
from testgen.judge.sandbox.terms import Grants
from testgen.judge.server import SuiteJob, WorkerDiedError
from testgen.judge.workers import Workers
from testgen.project import Project

if TYPE_CHECKING:
    from testgen.judge.rehearsal import Rehearsal

PYTEST_NO_TESTS = 5
OPENING = (
    "Allow what they need: --allow-network, --allow-write PATH, --allow-read PATH, --pass-env NAME; "
    "or trust the model: --sandbox none"
)
LONG = 60.0  # seconds of a suite about which there is something to say


@dataclass(frozen=True, slots=True)
class Baseline:
    """The existing suite: what it reaches of the source, how the source is imported, how long it takes.

    `preload` are the modules that any candidate may find imported: the source, if the existing tests import
    it; otherwise only the libraries that it needs, because then importing it is something gained.
    `deselected` are the node ids of tests that were red and are left out, `flaky` of those that were red once
    and then green; `foreign` the modules from outside the project that the suite imported; `fixtures` those
    that no conftest.py defines; `touching` the existing tests that are seen to run code of the source.
    """

    coverage: CoverageMap
    module: str
    preload: tuple[str, ...]
    run: Run
    deselected: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    fixtures: tuple[Fixture, ...] = ()
    touching: tuple[TestResult, ...] = ()

    @property
    def notes(self) -> Iterator[str]:
        """What is worth knowing about the existing tests."""
        if self.deselected:
            yield f"left out because red without any new test: {', '.join(self.deselected)}"
        if self.flaky:
            yield flaky_note(self.flaky)
        if self.run.seconds > LONG:
            yield (
                f"the existing tests take {self.run.seconds:.0f} s and run twice; "
                "with fewer of them in --test-command, as in 'pytest PATHS', it is faster"
            )


@dataclass(frozen=True, slots=True)
class Survey:
    """What one run of the suite says of every source; `preload` serves workers that judge for all of them.

    `outside` says for some why the project's coverage settings do not count them, `errors` why others cannot
    be measured. `flaky` are tests as in Baseline.
    """

    run: Run
    baselines: Mapping[Path, Baseline]
    outside: Mapping[Path, str]
    errors: Mapping[Path, ProjectError]
    preload: tuple[str, ...]
    flaky: tuple[str, ...] = ()

    def of(self, source: Path) -> Baseline:
        """What it says of one source; raises ProjectError if that cannot be measured."""
        if source in self.errors:
            raise self.errors[source]
        return self.baselines[source]


def flaky_note(tests: Iterable[str]) -> str:
    """What is said of existing tests that are red now and then."""
    return f"existing tests that are red now and then, through no new one: {', '.join(sorted(tests))}"


def survey(workers: Workers, rehearsal: Rehearsal | None = None) -> Survey:
    """Run the existing suite under coverage, with a rehearsal beside it.

    Raises ProjectError if it is red or cannot be run.
    """
    there = {str(target.test_file) for target in workers.targets if target.test_file.exists()}
    sources = tuple(str(target.source) for target in workers.targets)
    # The tests of these files count, also if the test command leaves them out.
    job = SuiteJob(workers.limits.suite_timeout, {path: path for path in sorted(there)}, sources)
    answer, flaky = run_again_if_red(workers, job, run_beside(workers, job, rehearsal))
    run = run_of(answer)
    try:
        check(workers, run, answer)
    except ProjectError as inside:
        if run.outcome is Outcome.TIMEOUT or not green_outside(workers, job):
            raise
        answer, flaky = run_a_last_time(workers, job, inside), red_tests(run)
        run = run_of(answer)
    return surveyed(workers, run, answer, flaky)


def run_beside(workers: Workers, job: SuiteJob, rehearsal: Rehearsal | None) -> dict[str, Any]:
    """Run the suite with something beside it; a suite that then cannot be run is run again by itself."""
    if rehearsal is None:
        return workers.run_suite(job)
    answer = workers.run_suite(job, rehearsal.begin)
    if run_of(answer).outcome not in (*FINE, Outcome.TIMEOUT):
        rehearsal.close()
        if not red_tests(run_of(answer)):
            answer = workers.run_suite(job)
    elif not rehearsal.begun:
        rehearsal.end()
    return answer


def run_again_if_red(
    workers: Workers, job: SuiteJob, answer: dict[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The answer to another run of a suite that was red, and the tests that were so only before.

    They are red by chance, or because of what was tried beside them. If it is asked for, those that were red
    the first time are left out from then on.
    """
    red = red_tests(run_of(answer))
    if red and workers.limits.deselect_failing:
        workers.leave_out(red)
        answer = workers.run_suite(job)
        red = red_tests(run_of(answer))
    if not red:
        return answer, ()
    again = workers.run_suite(job)
    still = red_tests(run_of(again))
    return again, tuple(name for name in red if name not in still)


def surveyed(workers: Workers, run: Run, answer: Mapping[str, Any], flaky: tuple[str, ...]) -> Survey:
    """The answer to a run that is green, sorted by source."""
    baselines: dict[Path, Baseline] = {}
    errors: dict[Path, ProjectError] = {}
    outside: dict[Path, str] = {}
    for target in workers.targets:
        about = answer["sources"][str(target.source)]
        if about["outside"]:
            outside[target.source] = about["outside"]
        if error := objection(target, about):
            errors[target.source] = error
        else:
            found = baseline(target, run, about, workers.deselected)
            foreign = foreign_to(found.module, answer["foreign"])
            more = replace(found, foreign=foreign, flaky=flaky, fixtures=fixtures_of(answer))
            baselines[target.source] = more
    ahead = [library for one in baselines.values() if not one.coverage.reached for library in one.preload]
    return Survey(run, baselines, outside, errors, (*answer["loaded"], *dict.fromkeys(ahead)), flaky)


def baseline(target: Project, run: Run, about: Mapping[str, Any], deselected: tuple[str, ...]) -> Baseline:
    """What was found out about one source."""
    possible = Reach.of(about["possible_lines"], about["possible_branches"])
    reached = reach_of(about)
    preload = (about["module"],) if reached.lines else tuple(about["libraries"])
    coverage = CoverageMap(target.source, possible, reached & possible)
    told = set(about["touching"])
    touching = tuple(test for test in run.tests if test.node_id in told)
    return Baseline(coverage, about["module"], preload, run, deselected, touching=touching)


def foreign_to(module: str, loaded: Sequence[str]) -> tuple[str, ...]:
    """Of modules from outside the project those that are no part of a module's own package either."""
    package = module.partition(".")[0]
    return tuple(name for name in loaded if name.partition(".")[0] != package)


def objection(target: Project, about: Mapping[str, Any]) -> ProjectError | None:
    """Why a source cannot be worked on, if so."""
    if about["omitted"]:
        return ProjectError(
            f"the project's coverage settings leave {target.source.name} out: {about['omitted']}",
            "Take it out of `omit`, or choose another source file.",
        )
    if about["import_error"]:
        return ProjectError(
            f"{target.source.name} cannot be imported: {about['import_error']}",
            f"Make this import that file: {target.interpreter.path} -c 'import {target.import_names[0]}'",
        )
    return None


def check(workers: Workers, run: Run, answer: Mapping[str, Any]) -> None:
    """Raise ProjectError unless the suite is green."""
    if run.outcome is Outcome.TIMEOUT:
        raise ProjectError(
            f"the existing tests take longer than {workers.limits.suite_timeout:g} s",
            "Run fewer with --test-command 'pytest PATHS', or allow more with --suite-timeout.",
        )
    output = workers.suite_output
    if "sources" not in answer:
        because = f": {run.failure.message}" if run.failure else ""
        raise ProjectError(f"the existing tests cannot be run{because}", output)
    for broken in answer["broken"]:
        raise ProjectError(f"{broken['file']} cannot be imported: {broken['failure']['message']}", output)
    if red := red_tests(run):
        raise ProjectError(
            f"{_count(red)} red before anything was added: {', '.join(red[:5])}",
            "Mend them first, or leave them out with --deselect-failing.",
        )
    if answer["status"] not in (0, PYTEST_NO_TESTS):
        raise ProjectError(f"pytest ended with exit code {answer['status']}", output)


def red_tests(run: Run) -> tuple[str, ...]:
    """The node ids of the tests that are red in a run."""
    return tuple(test.node_id for test in run.tests if test.outcome in RED)


def green_outside(workers: Workers, job: SuiteJob) -> bool:
    """Whether tests that are red in the sandbox are green for the user."""
    if workers.enclosure.name == "none":
        return False
    outside = Enclosure(grants=Grants(variables=tuple(workers.environ)))
    with workers.server("fresh", "outside", enclosure=outside) as server:
        try:
            answer = server.call(job)
            check(workers, run_of(answer), answer)
        except (WorkerDiedError, ProjectError):
            return False
    return True


def run_a_last_time(workers: Workers, job: SuiteJob, inside: ProjectError) -> dict[str, Any]:
    """The answer of a suite that was red and then green outside, which may be by chance.

    Raises ProjectError with what helps if it is red inside again.
    """
    answer = workers.run_suite(job)
    try:
        check(workers, run_of(answer), answer)
    except ProjectError:
        raise ProjectError(
            f"the existing tests are green outside the sandbox ({workers.enclosure.name}), "
            f"but inside: {inside.cause}",
            OPENING,
        ) from inside
    return answer


def _count(red: Sequence[object]) -> str:
    return "an existing test is" if len(red) == 1 else f"{len(red)} existing tests are"
