"""What a bench does when its workers cannot do what they should."""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from benches import LIMITS, SOURCE, TESTS, interpreter, prepared, project_in, write

from projects import running_version
from testgen.domain import Outcome
from testgen.judge.bench import Bench

FILES = {
    SOURCE: """
        def size(number):
            if number > 10:
                return "large"
            return "small"
    """,
    TESTS: "from things import size\n\ndef test_small():\n    assert size(1) == 'small'\n",
    "pytest.ini": "[pytest]\npythonpath = src\n",
}
GOOD = "from things import size\n\ndef test_it():\n    assert size(11) == 'large'\n"
BAD = GOOD.replace("large", "huge")
SLEEPS = GOOD.replace("    assert", "    import time; time.sleep(1)\n    assert")
KILLS = "import os\n\ndef test_it():\n    os.kill(os.getppid(), 9)\n    import time; time.sleep(5)\n"
SERVES = """
    import socket, threading

    server = socket.create_server(("127.0.0.1", {port}))
    threading.Thread(target=server.accept, name="my server", daemon=True).start()
"""


@pytest.fixture
def project(tmp_path):
    write(tmp_path, FILES)
    return project_in(tmp_path, interpreter(running_version()))


def kill_workers(bench: Bench) -> int:
    """Kill the warm workers from outside; returns how many there were."""
    workers = [server._process for server in bench.workers._warm if server._process]
    for process in workers:
        os.kill(process.pid, 9)
    return len(workers)


def test_a_bystander_is_not_blamed_for_a_worker_that_dies(project):
    with prepared(project) as ready:
        killer = threading.Timer(0.5, kill_workers, [ready.bench])
        killer.start()
        run = ready.alone(SLEEPS)
        assert (run.outcome, run.failure) == (Outcome.PASSED, None)
        assert kill_workers(ready.bench) == 1  # also between two jobs
        assert ready.alone(GOOD).outcome is Outcome.PASSED


def test_who_kills_its_worker_twice_is_blamed_and_not_the_next(project):
    with prepared(project) as ready:
        run = ready.alone(KILLS)
        assert run.outcome is Outcome.CRASHED
        assert "took its worker along" in run.failure.message
        assert ready.alone(GOOD).outcome is Outcome.PASSED


@pytest.mark.parametrize("test_file", ["tests/test_things.py", "tests/test_new.py"])
def test_doctests_of_the_new_text_are_run_with_the_suite(project, test_file):
    write(project.root, {"pytest.ini": "[pytest]\npythonpath = src\naddopts = --doctest-modules\n"})
    docstring = '    """\n    >>> size(11)\n    {}\n    """\n'
    documented = GOOD.replace("def test_it():\n", "def test_it():\n" + docstring)
    elsewhere = replace(project, test_file=project.root / test_file)
    with Bench(elsewhere, LIMITS, os.environ) as bench:
        bench.measure()
        assert bench.confirm(documented.format("'large'").encode()).outcome is Outcome.PASSED
        wrong = bench.confirm(documented.format("'small'").encode())
    red = [test.name for test in wrong.tests if test.outcome is Outcome.FAILED]
    assert red == [f"{elsewhere.test_file.stem}.test_it"]


def judged(project, **limits) -> tuple[str, list[Outcome]]:
    """Why there is no forking, and what becomes of good and bad candidates judged at the same time."""
    with prepared(project, replace(LIMITS, **limits)) as ready:
        ends: dict[int, Outcome] = {}

        def judge(turn: int) -> None:
            content = BAD if turn % 2 else GOOD
            ends[turn] = ready.bench.try_out(content.encode(), ["test_it"], turn=turn).outcome

        threads = [threading.Thread(target=judge, args=(turn,)) for turn in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return ready.why, [ends[turn] for turn in range(4)]


RIGHT = [Outcome.PASSED, Outcome.FAILED] * 2


def test_a_conftest_that_starts_a_thread(project):
    write(project.root, {"conftest.py": SERVES.format(port=0)})
    why, ends = judged(project, jobs=2)
    assert why == "2 threads are alive after the imports, such as my server"
    assert ends == RIGHT


def test_a_conftest_that_starts_a_server_on_a_port_of_its_own(project):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    write(project.root, {"conftest.py": SERVES.format(port=port)})
    why, ends = judged(project, jobs=2)
    assert why.endswith("; the candidates take turns")
    assert ends == RIGHT


def test_a_conftest_that_starts_a_process(project):
    write(project.root, {"conftest.py": "import subprocess\nsubprocess.Popen(['sleep', '1000'])\n"})
    assert judged(project, jobs=2) == ("", RIGHT)
    time.sleep(0.2)
    assert not running_in(project.root)


def running_in(folder: Path) -> list[Path]:
    """The processes whose current folder this is."""
    return [entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and folder_of(entry) == folder]


def folder_of(process: Path) -> Path | None:
    try:
        return (process / "cwd").readlink()
    except OSError:
        return None
