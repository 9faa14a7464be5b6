"""The bench beside an independent, slow oracle: the same outcomes, the same lines and branches."""

from __future__ import annotations

import os
from dataclasses import replace

import oracle
import pytest
from benches import LIMITS, interpreter, prepared, project_in, write
from constructs import BODIES, SOURCE, content
from test_torture import FILES, FORKING

from projects import running_version
from testgen.domain import Outcome

SOME = ("conditions", "loops", "trying in vain", "withs that fail", "a coroutine", "another environment")
REPORTED = (Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED)
# Where the oracle is no judge, or a stricter or a laxer one, and why.
DIFFERENT = {
    "kills its parent": "the oracle's parent is the test run itself",
    "kills its group": "so is its group",
    "eats memory": "the oracle has no limit",
    "closes all descriptors": "the bench loses its line to the test and refuses it",
    "closes descriptors above 2": "the bench loses its line to the test and refuses it",
    "breaks open": "the oracle's report cannot be written",
    "passes against expectation": "JUnit's format has no word for it",
    "compares what cannot be shown": "pytest gives up where the bench sees a failure",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with constructs_under(running_version(), tmp_path_factory.mktemp("project")) as ready:
        yield ready.bench


def constructs_under(version, folder, limits=LIMITS):
    """A bench for the source with every construct; its one test imports it."""
    write(
        folder, {"constructs.py": SOURCE, "tests/test_old.py": "import constructs\n\ndef test_old(): pass\n"}
    )
    project = project_in(folder, interpreter(version), source="constructs.py", test_file="tests/test_new.py")
    return prepared(project, limits)


def tortures_under(version, folder):
    write(folder, FILES)
    return prepared(project_in(folder, interpreter(version), source="things.py"), replace(FORKING, memory=0))


@pytest.mark.parametrize("name", SOME)
def test_bench_and_oracle_agree(bench, name):
    agree(bench, content(BODIES[name]))


def agree(bench, text: bytes, test: str = "test_it", timeout: float = 30) -> None:
    """See that both say the same about a candidate."""
    run, truth = bench.try_out(text, [test]), oracle.ask(bench.project, text, test, os.environ, timeout)
    assert run.outcome is truth.outcome
    if truth.outcome in REPORTED:
        assert run.reach == truth.reach
