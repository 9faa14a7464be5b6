"""What a warm worker has done before it forks, and what it leaves to each child."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from testgen.domain import Outcome
from testgen.judge.bench import Bench
from testgen.judge.workers import Limits
from testgen.project import Project, probe

SOURCE = "import iniconfig\n\nLIMIT = 10\n\n\ndef size(number):\n    return number > LIMIT\n"
IMPORTED = {1, 3, 6}
TEST = "from things import size\n\n\ndef test_it():\n    assert size(11)\n"
LIMITS = Limits(timeout=5, suite_timeout=60, jobs=1, repeat=1)


@contextmanager
def benched(
    folder: Path, python: Path, files: Mapping[str, str], limits: Limits = LIMITS
) -> Iterator[tuple[Bench, str]]:
    """A bench that is ready, and why it does not fork, for a project with these files in its test folder."""
    (folder / "tests").mkdir()
    (folder / "things.py").write_text(SOURCE)
    for name, text in files.items():
        (folder / "tests" / name).write_text(text)
    project = Project(folder, folder / "things.py", folder / "tests" / "test_things.py", probe(python))
    with Bench(project, limits, os.environ) as bench:
        bench.warm(bench.measure().preload)
        yield bench, bench.ready()


def test_libraries_are_imported_ahead_where_no_test_imports_the_source(tmp_path, project_python):
    looking = f"import sys\n\nWARM = 'iniconfig' in sys.modules, 'things' in sys.modules\n\n{TEST}"
    with benched(tmp_path, project_python, {}) as (bench, _):
        run = bench.try_out(f"{looking}    assert WARM == (True, False)\n".encode(), ["test_it"])
    assert (run.outcome, run.failure) == (Outcome.PASSED, None)
    assert run.reach.lines == IMPORTED | {7}


def test_the_source_is_imported_ahead_where_a_test_imports_it(tmp_path, project_python):
    looking = f"import sys\n\nWARM = 'things' in sys.modules\n\n{TEST}    assert WARM\n"
    with benched(tmp_path, project_python, {"test_others.py": TEST}) as (bench, _):
        run = bench.try_out(looking.encode(), ["test_it"])
    assert (run.outcome, run.failure) == (Outcome.PASSED, None)
    assert run.reach.lines == IMPORTED | {7}


THREADED = """
import os, threading, time

if os.environ.get("OMP_NUM_THREADS") != "1":
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
"""


def test_numerics_libraries_start_no_threads(tmp_path, project_python, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with benched(tmp_path, project_python, {"conftest.py": THREADED}) as (_, why):
        assert why == ""


def test_the_users_own_number_of_threads_counts(tmp_path, project_python, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with benched(tmp_path, project_python, {"conftest.py": THREADED}) as (bench, why):
        assert "2 threads are alive" in why
        assert bench.try_out(TEST.encode(), ["test_it"]).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("body", "outcome"), [("assert size(11)", Outcome.PASSED), ("while size(11): pass", Outcome.TIMEOUT)]
)
def test_a_new_interpreters_start_is_not_charged_to_the_candidate(tmp_path, project_python, body, outcome):
    slow = {"conftest.py": "import time\n\ntime.sleep(0.8)\n"}
    limits = Limits(timeout=0.6, suite_timeout=60, jobs=1, repeat=1, fork=False)
    with benched(tmp_path, project_python, slow, limits) as (bench, _):
        run = bench.try_out(f"{TEST}    {body}\n".encode(), ["test_it"])
    assert run.outcome is outcome


COMPANIONS = """
def check(number):
    assert size(number) == "large"


def test_checked():
    check(11)


def test_other():
    assert size(1) == "small"


def test_calls_another():
    test_other()
"""


@pytest.mark.parametrize("name", ["test_checked", "test_calls_another"])
def test_what_a_test_calls_is_there_though_only_the_test_is_collected(tmp_path, project_python, name):
    counting = "def pytest_collection_modifyitems(items):\n    assert len(items) < 2\n"
    with benched(tmp_path, project_python, {"conftest.py": counting}) as (bench, _):
        run = bench.try_out(f"{TEST}{COMPANIONS}".encode(), [name])
    assert run.outcome is Outcome.FAILED
    assert [test.name for test in run.tests] == [name]


def test_the_assertions_of_helpers_are_explained(tmp_path, project_python):
    with benched(tmp_path, project_python, {}) as (bench, _):
        run = bench.try_out(f"{TEST}{COMPANIONS}".encode(), ["test_checked"])
    assert run.failure
    assert run.failure.message.startswith("AssertionError: assert True == 'large'")
