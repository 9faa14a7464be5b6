"""What a candidate can say in its worker's place: nothing of it is more than a bad answer."""

from __future__ import annotations

import base64
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import ABSURD

from testgen.domain import Failure, Outcome, Reach, Run
from testgen.judge.answers import CommandRun, command_run_of, mutant_run_of, opened, run_of
from testgen.providers.keys import Secret

TEST = {
    "name": "test_it",
    "file": "t.py",
    "path": "/t.py",
    "outcome": "passed",
    "seconds": 1,
    "failure": None,
}
FAILURE = {"message": "m", "trace": "t", "output": "o", "places": [["/t.py", 3]]}
ANSWER = {
    "outcome": "failed",
    "tests": [TEST, {**TEST, "outcome": "failed", "failure": FAILURE}],
    "failure": FAILURE,
    "seconds": 0.5,
    "lines": [1, 2],
    "branches": [[1, 2], [2, -1]],
}
ENDED = {
    "outcome": "ended",
    "status": 1,
    "output": "text",
    "seconds": 2.5,
    "stale": ["cover.out"],
    "reports": [["cover.out", base64.b64encode(b"mode: set").decode()]],
    "results": [],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ABSURD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def test_an_honest_answer_is_taken_as_it_is():
    run = run_of(ANSWER)
    assert (run.outcome, run.seconds) == (Outcome.FAILED, 0.5)
    assert run.reach == Reach.of([1, 2], [(1, 2), (2, -1)])
    assert [test.outcome for test in run.tests] == [Outcome.PASSED, Outcome.FAILED]
    assert run.failure is not None
    assert (run.failure.message, run.failure.trace, run.failure.output) == ("m", "t", "o")


def test_an_honest_command_is_taken_as_it_is():
    run = command_run_of(ENDED)
    assert run == CommandRun(False, 1, "text", 2.5, True, (("cover.out", b"mode: set"),), ())
    assert command_run_of({"failure": FAILURE}) == Failure("m")


@pytest.mark.parametrize("absurd", ABSURD)
@pytest.mark.parametrize("key", [*ANSWER])
def test_what_is_no_answer_is_a_crash(key, absurd):
    assert plain(run_of({**ANSWER, key: absurd}))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([*ANSWER]),
    ANYTHING,
    st.dictionaries(st.sampled_from([*ANSWER, "ends", "seen"]), ANYTHING),
)
def test_no_answer_raises(key: str, value: object, more: dict[str, object]) -> None:
    assert plain(run_of({**ANSWER, key: value}))
    assert plain(run_of(more))
    mutant_run_of({**ANSWER, **more}, ["test_it"])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*ENDED]), ANYTHING, st.dictionaries(st.sampled_from([*ENDED, "failure"]), ANYTHING))
def test_no_answer_of_a_command_raises(key: str, value: object, more: dict[str, object]) -> None:
    for answer in ({**ENDED, key: value}, more):
        assert isinstance(command_run_of(answer), (CommandRun, Failure))


def plain(run: Run) -> bool:
    """Whether all that a run holds can be counted, written and printed."""
    repr(run).encode()
    assert all(line > 0 for line in run.reach.lines)
    for test in run.tests:
        f"{test.path}{test.name}".encode()
    return math.isfinite(run.seconds) and run.seconds >= 0


def test_a_secret_is_masked_where_tests_speak_and_nowhere_else():
    secrets = [Secret("test_it-x")]
    failure = {"message": "a test_it-x", "trace": "test_it-x", "output": "test_it-x\n", "places": []}
    answer = {**ANSWER, "tests": [{**TEST, "name": "test_it-x", "failure": failure}], "failure": failure}
    run = run_of(opened(json.dumps(answer), secrets))
    assert run.failure == Failure("a [secret]", "[secret]", "[secret]\n")
    assert (run.tests[0].name, run.tests[0].failure) == ("test_it-x", run.failure)
    assert "test_it-x" in repr(run_of(opened(json.dumps(answer))).failure)


@pytest.mark.parametrize("line", [b"", b"[1]", b"7", b"{", b"\xff", b"[" * 100_000, b"1" * 5000])
def test_a_line_that_holds_no_object_is_empty(line):
    assert opened(line) == {}
    assert opened(json.dumps(ANSWER)) == ANSWER
