"""Candidates that are tried while the existing suite still runs: the same verdicts, and no other costs."""

from __future__ import annotations

import os
import threading
from dataclasses import replace

import pytest
from benches import LIMITS, SOURCE, TESTS, interpreter, project_in, write

from projects import running_version
from testgen.domain import Outcome, Run
from testgen.errors import ProjectError, UsageError
from testgen.judge.ahead import Ahead, Trial
from testgen.judge.bench import Bench
from testgen.judge.sandbox import choose
from testgen.judge.sandbox.terms import NOTHING, Grants
from testgen.judge.workers import AbandonedError

GOOD = "from things import size\n\n\ndef test_it():\n    assert size(11) == 'large'\n"
SUITE = "from things import size\n\n\ndef test_small():\n    assert size(1) == 'small'\n"
LATE = "def test_small():\n    from things import size\n    assert size(1) == 'small'\n"
RED = SUITE.replace("small'", "smaller'")
BROKEN = "import nothing_of_this_name\n\n" + SUITE


def trial(turn: int) -> Trial:
    return Trial(GOOD.encode(), ("test_it",), reverse=False, turn=turn)


def tried_ahead(ends: list[Outcome | Exception]) -> tuple[Ahead, list[int]]:
    """The end of a series of trials that end like this, and which of them were made, by their turns."""
    made: list[int] = []

    def run(one: Trial) -> Run:
        made.append(one.turn)
        end = ends[one.turn]
        if isinstance(end, Exception):
            raise end
        return Run(end)

    ahead = Ahead(1, lambda _: None, run, lambda: [[trial(turn) for turn in range(len(ends))]])
    with ahead:
        ahead.begin("things")
        while len(made) < len(ends) and all(ends[turn] is Outcome.PASSED for turn in made):
            threading.Event().wait(0.01)
    ahead.close()
    return ahead, made


def test_a_run_is_given_once_to_who_asks_for_the_same():
    ahead, _ = tried_ahead([Outcome.PASSED, Outcome.PASSED])
    assert ahead.take(replace(trial(0), reverse=True)) is None
    assert ahead.take(trial(0)) == Run(Outcome.PASSED)
    assert ahead.take(trial(0)) is None


def test_a_series_ends_with_what_is_no_pass():
    ahead, made = tried_ahead([Outcome.PASSED, Outcome.FAILED, Outcome.PASSED])
    assert made == [0, 1]
    assert ahead.take(trial(1)) == Run(Outcome.FAILED)


def test_who_asks_for_a_run_that_could_not_be_made_is_told_why():
    ahead, _ = tried_ahead([AbandonedError()])
    with pytest.raises(AbandonedError):
        ahead.take(trial(0))


def test_nothing_is_begun_once_the_suite_has_ended():
    made: list[Trial] = []
    ahead = Ahead(1, lambda _: None, made.append, lambda: [[trial(0)]])
    with ahead:
        pass
    ahead.begin("things")
    ahead.close()
    assert made == []


def benched(folder, suite: str, *, sandbox: str = "auto", grants: Grants = NOTHING, **limits) -> Bench:
    """A bench that may try one candidate while this suite runs."""
    write(folder, {SOURCE: "def size(n):\n    return 'large' if n > 10 else 'small'\n", TESTS: suite})
    write(folder, {"pytest.ini": "[pytest]\npythonpath = src\n"})
    project = project_in(folder, interpreter(running_version()))
    try:
        enclosure = choose(sandbox, grants, project, os.environ)
    except UsageError as reason:
        pytest.skip(reason.cause)
    if sandbox == "auto" and enclosure.name == "none":
        pytest.skip("no sandbox works here")
    return Bench(project, replace(LIMITS, **{"jobs": 2, **limits}), os.environ, enclosure)


def foresees(bench: Bench) -> bool:
    """Whether anything may be tried while the suite runs."""
    bench.foresee(lambda: [[trial(0)]])
    return bench._ahead is not None


def begins(bench: Bench) -> bool:
    """Whether a candidate, which passes, was begun before the suite had ended."""
    with bench:
        assert foresees(bench)
        bench.warm(bench.measure().preload)
        bench.ready()
        assert bench.try_out(GOOD.encode(), ["test_it"]).outcome is Outcome.PASSED
        return bench._ahead.begun


@pytest.mark.parametrize(
    ("suite", "fork", "begun"),
    [
        pytest.param(SUITE, True, True, id="where the suite imports the source"),
        pytest.param(SUITE, False, True, id="without fork too"),
        pytest.param(LATE, True, False, id="not where it does so late or never"),
    ],
)
def test_a_candidate_is_tried_while_the_suite_runs(tmp_path, suite, fork, begun):
    assert begins(benched(tmp_path, suite, fork=fork)) == begun


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"sandbox": "none"}, id="they could meet in files"),
        pytest.param({"grants": Grants(network=True)}, id="they could meet in the network"),
        pytest.param({"jobs": 1}, id="one thing at a time"),
        pytest.param({"deselect_failing": True}, id="what is left out is not known yet"),
    ],
)
def test_it_waits_for_the_suite_where(tmp_path, options):
    assert not foresees(benched(tmp_path, SUITE, **options))


@pytest.mark.parametrize(
    ("suite", "cause"),
    [
        pytest.param(RED, "an existing test is red before anything was added", id="red"),
        pytest.param(BROKEN, "cannot be imported", id="cannot be imported"),
    ],
)
def test_a_suite_that_says_nothing_is_told_as_ever(tmp_path, suite, cause):
    with benched(tmp_path, suite) as bench, pytest.raises(ProjectError, match=cause):
        bench.foresee(lambda: [[trial(turn) for turn in range(3)]])
        bench.measure()
