from __future__ import annotations

import os
from pathlib import Path

import pytest
from tortures import CONFTEST, GOOD, SOURCE, TORTURES, Torture

from projects import MissingInterpreterError, base, environment
from testgen.domain import Outcome, Reach
from testgen.judge.bench import Bench, Limits
from testgen.project import Project, probe

LIMITS = Limits(timeout=1.5, suite_timeout=60, jobs=1, repeat=1, memory=300)
EVERYTHING = Reach.of([3, 6, 7, 8], [(7, 8)])


def make_project(folder: Path, version: str) -> Project:
    try:
        python = environment(base(version, os.environ))
    except MissingInterpreterError as reason:
        pytest.skip(str(reason))
    (folder / "tests").mkdir()
    (folder / "things.py").write_text(SOURCE)
    (folder / "tests" / "conftest.py").write_text(CONFTEST)
    (folder / "tests" / "test_things.py").write_text(
        "import things\n\ndef test_limit():\n    assert things.LIMIT\n"
    )
    return Project(folder, folder / "things.py", folder / "tests" / "test_things.py", probe(python))


@pytest.fixture(scope="module", params=["3.9", "3.11", "3.13"])
def bench(request, tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("project"), request.param)
    with Bench(project, LIMITS, os.environ) as bench:
        baseline = bench.measure()
        bench.warm([baseline.module])
        assert bench.ready() == ""
        yield bench


@pytest.mark.parametrize("torture", TORTURES, ids=lambda torture: torture.name)
def test_every_end_has_its_verdict_and_harms_nobody(bench, torture: Torture):
    run = bench.try_out(torture.content, ["test_it"])
    message = run.failure.message if run.failure else ""
    assert run.outcome is torture.outcome, message
    assert torture.says in message
    assert run.seconds < LIMITS.timeout + 2
    neighbour = bench.try_out(GOOD.encode(), ["test_it"])
    assert (neighbour.outcome, neighbour.failure) == (Outcome.PASSED, None)
    assert neighbour.reach == EVERYTHING
    assert processes_of(bench) <= 2  # the workers themselves: one for the suite, one warm
    assert sorted(path.name for path in bench.project.root.rglob("*")) == [
        "conftest.py", "test_things.py", "tests", "things.py",
    ]  # fmt: skip


def processes_of(bench: Bench) -> int:
    """How many processes have the bench's scratch folder in their environment."""
    mark = f"TMPDIR={bench.scratch}".encode()
    return sum(mark in environ_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def environ_of(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""
