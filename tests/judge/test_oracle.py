"""The bench beside an independent, slow oracle: the same outcomes, the same lines and branches."""

from __future__ import annotations

import os
from dataclasses import replace

import oracle
import pytest
from benches import LIMITS, interpreter, prepared, project_in, write
from constructs import BODIES, SOURCE, content
from test_torture import FILES, FORKING

from testgen.domain import Outcome

SOME = ("conditions", "loops", "trying in vain", "withs that fail", "a coroutine", "another environment")
REPORTED = (Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED)
# What no oracle of this kind can judge: it would be killed, stopped or starved itself.
NOT_FOR_ORACLES = {
    "kills its parent",
    "kills its group",
    "eats memory",
    "leaves a thread",
    "leaves an executor",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with constructs_under("3.11", tmp_path_factory.mktemp("project")) as ready:
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
