"""`testgen minimise`: an existing test file made smaller, shown as a change or written."""

from __future__ import annotations

import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import replace

from testgen.company import plain
from testgen.confirming import failed
from testgen.domain import Ending, Result, Round, Run, Stop, Usage
from testgen.errors import UsageError
from testgen.events import Emit, Stage
from testgen.judge.bench import Bench
from testgen.judge.survey import Baseline
from testgen.pipeline import begin, bench_for, look, sum_up
from testgen.project import Project
from testgen.rounds import Rounds
from testgen.settings import Settings
from testgen.smaller import Minimiser, Reduced, verdicts
from testgen.strength.assessing import assessor
from testgen.writing import hand_over, overwrite

SHOWN = 5  # names of tests in a message


def minimise(settings: Settings, environ: Mapping[str, str], emit: Emit, *, fold: bool) -> Result:
    """The test file without what it does not need, proven; raises UsageError or ProjectError.

    With `fold` near-duplicates become one test. The file is replaced unless `settings.diff_only`.
    """
    started, scene = time.monotonic(), look(settings, environ)
    reduction, old = scene.language.reduction, scene.old
    if old is None:
        raise UsageError(f"there is no test file {scene.project.test_file}", "Name it with --test-file.")
    if settings.function or settings.diff:
        raise UsageError("minimise looks at the whole file", "Leave out --function and --diff.")
    with bench_for(settings, scene.project, environ) as bench, ExitStack() as stack:
        if not isinstance(bench, Bench) or reduction is None:
            raise UsageError(
                "minimise is known for Python with pytest only", "Leave --test-command a pytest command."
            )
        rounds = begin(bench, scene, settings, emit)
        rounds.stop = Stop.MINIMISED
        rounds.warm_up()
        if why := bench.ready():
            rounds.note(f"judging in fresh processes, which is slower: {why}")
        assess = None
        if settings.strength:
            source, budget = scene.source, settings.strength_time
            assess = stack.enter_context(assessor(bench, rounds.baseline, source, budget, emit))
        result = _result(rounds, Minimiser(bench, reduction, old, emit, assess), fold=fold)
    result = replace(result, seconds=time.monotonic() - started)
    return result if settings.diff_only or result.new is None else _written(result, scene.project)


def _result(rounds: Rounds, minimiser: Minimiser, *, fold: bool) -> Result:
    """What becomes of each test, and the smaller file if there is one that the whole suite is green with."""
    standing = minimiser.standing()
    reduced = minimiser.smaller(standing, fold=fold)
    rounds.emit(Stage("confirming with the whole suite"))
    if reduced.dropped and (why := _objection(rounds.baseline, minimiser.bench, reduced)):
        rounds.note(f"nothing is taken out, because the whole suite does not stay as it was: {why}")
        reduced = Reduced(minimiser.old)
    for family in reduced.families:
        rounds.note(f"one parametrised test, {family.name}, is made of {', '.join(family.members)}")
    if not reduced.dropped:
        rounds.note("every test is needed, or nothing shows that it is not")
    found = tuple(verdicts(standing, reduced, minimiser.reduction.codes(minimiser.old)))
    return replace(
        sum_up(rounds, Ending()),
        rounds=(Round(1, Usage(), found),),
        new=reduced.content if reduced.dropped else None,
        strength=minimiser.strength,
    )


def _objection(baseline: Baseline, bench: Bench, reduced: Reduced) -> str:
    """What is red or gone in the whole suite with the smaller file, every time; "" if nothing is."""
    test_file = bench.project.test_file
    expected = {
        test.node_id
        for test in baseline.run.tests
        if test.path != test_file or plain(test.name) not in reduced.dropped
    }
    amiss = _amiss(bench.confirm(reduced.content), expected)
    amiss &= _amiss(bench.confirm(reduced.content), expected) if amiss else amiss  # or it is a flaky one
    return ", ".join(sorted(amiss)[:SHOWN])


def _amiss(run: Run, expected: AbstractSet[str]) -> frozenset[str]:
    return failed(run) | (expected - {test.node_id for test in run.tests})


def _written(result: Result, project: Project) -> Result:
    """The result with the file replaced, or with the change as a patch where that cannot be."""
    trouble = overwrite(project, result.new or b"", result.old or b"")
    if not trouble:
        return replace(result, ending=Ending(written=True))
    return replace(result, ending=Ending(trouble=trouble, patch=hand_over(result, project.root)))
