"""`testgen minimise`: an existing test file made smaller, shown as a change or written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from testgen.benches import bench_for_all
from testgen.company import plain
from testgen.confirming import failed
from testgen.domain import Ending, Reach, Result, Round, Stop, Usage
from testgen.errors import UsageError
from testgen.events import Emit, Stage
from testgen.judge.bench import Bench
from testgen.judge.survey import Survey
from testgen.languages import Reduction
from testgen.pipeline import begun, sum_up
from testgen.project import Project, checked_source
from testgen.rounds import Rounds
from testgen.scene import Scene, look
from testgen.settings import Settings
from testgen.smaller import Minimiser, Reduced, verdicts
from testgen.sources import sources_at
from testgen.strength.assessing import assessor
from testgen.writing import hand_over, overwrite


def minimise(settings: Settings, environ: Mapping[str, str], emit: Emit) -> Result:
    """The test file without what it does not need, proven; raises UsageError or ProjectError.

    With `settings.parametrise` near-duplicates become one test. The file is replaced unless
    `settings.diff_only`.
    """
    started, scene = time.monotonic(), look(settings, environ)
    reduction, old = _checked(settings, scene)
    sources = (scene.project, *_others(scene.project, settings))
    with bench_for_all(settings, sources, environ) as bench, ExitStack() as stack:
        emit(Stage("measuring the existing tests"))
        before = bench.survey()
        rounds = begun(bench, scene, before.of(scene.project.source), settings, emit)
        rounds.stop = Stop.MINIMISED
        rounds.warm_up()
        if why := bench.ready():
            rounds.note(f"judging in fresh processes, which is slower: {why}")
        assess = None
        if settings.strength:
            source, budget = scene.source, settings.strength_time
            assess = stack.enter_context(assessor(bench, rounds.baseline, source, budget, emit))
        suite = WholeSuite(bench, before)
        minimiser = Minimiser(bench, reduction, old, emit, suite.agrees, assess)
        result = _result(rounds, minimiser, fold=settings.parametrise)
    result = replace(result, seconds=time.monotonic() - started)
    return result if settings.diff_only or result.new is None else _written(result, scene.project)


def _checked(settings: Settings, scene: Scene) -> tuple[Reduction, bytes]:
    """How the test file is made smaller, and its content; raises UsageError where that cannot be."""
    project, reduction = scene.project, scene.language.reduction
    if scene.old is None:
        raise UsageError(f"there is no test file {project.test_file}", "Name it with --test-file.")
    if settings.function or settings.diff:
        raise UsageError("minimise looks at the whole file", "Leave out --function and --diff.")
    if settings.review:
        raise UsageError("minimise has no review", "Leave out --review, and read the change before --write.")
    if project.command or reduction is None:
        raise UsageError(
            "minimise is known for Python with pytest only", "Leave --test-command a pytest command."
        )
    return reduction, scene.old


def _others(project: Project, settings: Settings) -> Iterator[Project]:
    """The other sources of the project, of which nothing may be lost either; none that cannot be read."""
    for source in sources_at(project.root, settings):
        with suppress(UsageError):  # what cannot be read is reached by no test
            if checked_source(source) != project.source:
                yield replace(project, source=source)


@dataclass(frozen=True)
class WholeSuite:
    """All tests of the project, and what they reach of all sources before the file is made smaller."""

    bench: Bench
    before: Survey

    def agrees(self, reduced: Reduced) -> bool:
        """Whether nothing gets red or is gone with the smaller file, and all that was reached still is."""
        amiss = self._amiss(reduced)
        return not (amiss and amiss & self._amiss(reduced))  # once may be a flaky test

    def _amiss(self, reduced: Reduced) -> frozenset[str]:
        """The tests that are red or gone, and the sources of which something is not reached any more."""
        run, reached = self.bench.confirm_reaching(reduced.content, tuple(self._reached))
        lost = (str(path) for path, before in self._reached.items() if before - reached.get(path, Reach()))
        there = {test.node_id for test in run.tests}
        return failed(run) | (self._expected(reduced) - there) | frozenset(lost)

    @cached_property
    def _reached(self) -> Mapping[Path, Reach]:
        found = ((path, one.coverage.reached) for path, one in self.before.baselines.items())
        return {path: reached for path, reached in found if reached}

    def _expected(self, reduced: Reduced) -> AbstractSet[str]:
        return {
            test.node_id
            for test in self.before.run.tests
            if test.path != self.bench.project.test_file or plain(test.name) not in reduced.dropped
        }


def _result(rounds: Rounds, minimiser: Minimiser, *, fold: bool) -> Result:
    """What becomes of each test, and the smaller file if there is one."""
    standing = minimiser.standing()
    reduced = minimiser.smaller(standing, fold=fold)
    for family in reduced.families:
        rounds.note(f"one parametrised test, {family.name}, is made of {', '.join(family.members)}")
    if reduced.relied_on:
        rounds.note(f"something else is lost without {', '.join(reduced.relied_on)}: not taken out")
    if not reduced.dropped:
        rounds.note("every test is needed, or nothing shows that it is not")
    found = tuple(verdicts(standing, reduced, minimiser.reduction.codes(minimiser.old)))
    return replace(
        sum_up(rounds, Ending()),
        rounds=(Round(1, Usage(), found),),
        new=reduced.content if reduced.dropped else None,
        strength=minimiser.strength,
        folded=tuple(family.members for family in reduced.families),
    )


def _written(result: Result, project: Project) -> Result:
    """The result with the file replaced, or with the change as a patch where that cannot be."""
    trouble = overwrite(project, result.new or b"", result.old or b"")
    if not trouble:
        return replace(result, ending=Ending(written=True))
    return replace(result, ending=Ending(trouble=trouble, patch=hand_over(result, project.root)))
