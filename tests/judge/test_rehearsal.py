"""Candidates that are tried while the existing suite still runs: the same verdicts, and no other costs."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from benches import LIMITS, SOURCE, TESTS, interpreter, project_in, write

from projects import running_version
from testgen.domain import Outcome, Run
from testgen.errors import ProjectError, UsageError
from testgen.judge import Judge
from testgen.judge.bench import Bench
from testgen.judge.sandbox import choose
from testgen.judge.sandbox.terms import NOTHING, Grants
from testgen.judge.sharing import Shared, key_of
from testgen.judge.workers import AbandonedError

GOOD = "from things import size\n\n\ndef test_it():\n    assert size(11) == 'large'\n"
SUITE = "from things import size\n\n\ndef test_small():\n    assert size(1) == 'small'\n"
LATE = "def test_small():\n    from things import size\n    assert size(1) == 'small'\n"
RED = SUITE.replace("small'", "smaller'")
BROKEN = "import nothing_of_this_name\n\n" + SUITE


class Maker:
    """Makes one number after the other, and counts them."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        return self.made


def test_what_two_ask_for_is_made_once_and_asked_again_it_is_made_again():
    shared, make = Shared[int](), Maker()
    first, second = shared.asker(), shared.asker()
    assert [first.get("it", make), second.get("it", make), second.get("it", make)] == [1, 1, 2]
    assert first.get("it", make) == 2
    assert first.get("something else", make) == 3


def test_who_asks_knows_whether_somebody_else_has():
    shared = Shared[int]()
    first, second = shared.asker(), shared.asker()
    first.get("it", Maker())
    assert second.foretold("it")
    second.get("it", Maker())
    assert not second.foretold("it")


def test_what_is_being_made_is_waited_for():
    shared, begun, over = Shared[int](), threading.Event(), threading.Event()

    def make() -> int:
        begun.set()
        over.wait(10)
        return 1

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(shared.asker().get, "it", make)
        begun.wait(10)
        second = threads.submit(shared.asker().get, "it", Maker())
        over.set()
        assert (first.result(), second.result()) == (1, 1)


def test_what_could_not_be_made_is_made_by_who_asks_next():
    shared = Shared[int]()

    def fail() -> int:
        raise AbandonedError

    with pytest.raises(AbandonedError):
        shared.asker().get("it", fail)
    assert shared.asker().get("it", lambda: 7) == 7


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


def try_it(judge: Judge) -> None:
    """A rehearsal in which one candidate is tried and confirmed."""
    judge.measure()
    assert judge.try_out(GOOD.encode(), ["test_it"]).outcome is Outcome.PASSED
    judge.confirm_all({judge.project.test_file: GOOD.encode()})


def begins(bench: Bench) -> bool:
    """Whether a candidate, which passes, was begun before the suite had ended."""
    with bench:
        assert bench.rehearse(try_it)
        bench.warm(bench.measure().preload)
        bench.ready()
        assert bench.try_out(GOOD.encode(), ["test_it"]).outcome is Outcome.PASSED
        return bench._rehearsal.begun


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
    assert not benched(tmp_path, SUITE, **options).rehearse(try_it)


@pytest.mark.parametrize(
    ("suite", "cause"),
    [
        pytest.param(RED, "an existing test is red before anything was added", id="red"),
        pytest.param(BROKEN, "cannot be imported", id="cannot be imported"),
    ],
)
def test_a_suite_that_says_nothing_is_told_as_ever(tmp_path, suite, cause):
    with benched(tmp_path, suite) as bench, pytest.raises(ProjectError, match=cause):
        bench.rehearse(try_it)
        bench.measure()


def rehearsed(bench: Bench) -> None:
    """Measure, and wait until the rehearsal has come to its confirmation."""
    assert bench.rehearse(try_it)
    bench.measure()
    key = key_of({bench.project.test_file: GOOD.encode()})
    end = time.monotonic() + 60
    while not bench._asked.foretold(key):
        assert time.monotonic() < end
        time.sleep(0.01)


def suites_run(bench: Bench, contents: bytes) -> tuple[list[str], Run]:
    """Where the suite was run, in order, when this is asked to be confirmed, and how it ended."""
    places, run = list[str](), bench.workers.run_suite

    def noted(job, *args, place="suite", **kwargs):
        places.append(place)
        return run(job, *args, place=place, **kwargs)

    bench.workers.run_suite = noted
    with bench:
        rehearsed(bench)
        return places, bench.confirm_all({bench.project.test_file: contents})


def test_a_confirmation_made_beside_the_suite_is_not_made_again(tmp_path):
    places, run = suites_run(benched(tmp_path, SUITE), GOOD.encode())
    assert places == ["suite", "rehearsal"]
    assert [test.name for test in run.tests] == ["test_it"]


def test_a_confirmation_of_something_else_is_made_and_the_one_beside_given_up(tmp_path):
    places, run = suites_run(benched(tmp_path, SUITE), GOOD.replace("test_it", "test_other").encode())
    assert places == ["suite", "rehearsal", "suite"]
    assert [test.name for test in run.tests] == ["test_other"]


def test_a_confirmation_that_is_red_beside_the_suite_is_made_again(tmp_path):
    bench = benched(tmp_path, SUITE)
    red, run = Run(Outcome.FAILED), bench.run_suite
    bench.run_suite = lambda contents, place="suite": red if place == "rehearsal" else run(contents, place)
    with bench:
        rehearsed(bench)
        assert bench.confirm_all({bench.project.test_file: GOOD.encode()}).outcome is Outcome.PASSED
