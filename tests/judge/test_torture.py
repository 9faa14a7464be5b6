from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from benches import LIMITS, interpreter, prepared, processes_of, project_in, write
from tortures import CONFTEST, GOOD, SOURCE, TORTURES, Torture

from projects import running_version
from testgen.domain import Outcome, Reach

FORKING = replace(LIMITS, timeout=1.5, memory=300, jobs=2)
SPAWNING = replace(FORKING, fork=False)
EVERYTHING = Reach.of([2, 5, 6, 7], [(6, 7)])
FILES = {
    "things.py": SOURCE,
    "tests/conftest.py": CONFTEST,
    "tests/test_things.py": "import things\n\ndef test_limit():\n    assert things.LIMIT\n",
}


def tormented(folder, version, limits):
    """A bench for a small project under this version of Python."""
    write(folder, FILES)
    return prepared(project_in(folder, interpreter(version), source="things.py"), limits)


@pytest.fixture(scope="module")  # other versions, and without fork, are in tests/slow
def bench(tmp_path_factory):
    with tormented(tmp_path_factory.mktemp("project"), running_version(), FORKING) as ready:
        assert ready.why == ""
        yield ready.bench


@pytest.mark.parametrize("torture", TORTURES, ids=lambda torture: torture.name)
def test_every_end_has_its_verdict_and_harms_nobody(bench, torture: Torture):
    with ThreadPoolExecutor(1) as threads:
        beside = threads.submit(bench.try_out, GOOD.encode(), ["test_it"], turn=1)
        run = bench.try_out(torture.content, [torture.test])
    after = bench.try_out(GOOD.encode(), ["test_it"])
    message = run.failure.message if run.failure else ""
    assert run.outcome is torture.outcome, message
    assert torture.says in message
    start = 2 if bench.limits.fork else 20  # a new interpreter has to import everything first
    assert run.seconds < bench.limits.timeout + start
    for neighbour in (beside.result(), after):
        assert (neighbour.outcome, neighbour.failure) == (Outcome.PASSED, None)
        assert neighbour.reach == EVERYTHING
    assert processes_of(bench) <= 3  # the workers themselves: one for the suite, two warm
    found = (path for path in bench.project.root.rglob("*") if path.is_file())
    assert {path.relative_to(bench.project.root).as_posix() for path in found} == set(FILES)
