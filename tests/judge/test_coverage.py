"""coverage.py as projects set it up: the same reach, in whichever way it is measured."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from benches import SOURCE, TESTS, files_in, interpreter, prepared, project_in, write

from projects import TOOLS, running_version
from testgen.domain import Outcome, Reach

FILES = {
    SOURCE: """
        def size(number):
            if number > 10:
                return "large"
            return "small"


        def hidden(number):
            return number  # keep out
    """,
    TESTS: """
        from things import size

        def test_small():
            assert size(1) == "small"

        def test_nothing():
            assert callable(size)

        def test_small_again():
            assert size(2) == "small"
    """,
    "pytest.ini": "[pytest]\npythonpath = src\n",
}
START = "from things import size\n\n"
GREENLET = (*TOOLS, "greenlet")
GEVENT = (*TOOLS, "gevent")
GOOD = START + "def test_it():\n    assert size(11) == 'large'\n"
NEW = Reach.of([3], [(2, 3)])
IN_A_THREAD = (
    START
    + """
import threading

def test_it():
    thread = threading.Thread(target=size, args=(11,))
    thread.start()
    thread.join()
"""
)
IN_A_PROCESS = (
    START
    + """
import multiprocessing

def test_it():
    with multiprocessing.get_context("{way}").Pool(1) as pool:
        assert pool.map(size, [11]) == ["large"]
        pool.close()  # a worker that is killed while it saves what it reached has reached nothing
        pool.join()
"""
)
IN_A_GREENLET = (
    START
    + """
import greenlet

def test_it():
    main = greenlet.getcurrent()
    other = greenlet.greenlet(lambda: main.switch(0) or size(11))
    other.switch()
    assert other.switch() == "large"
"""
)
IN_GEVENT = (
    START
    + """
import gevent
import gevent.monkey

def test_it():
    assert gevent.monkey.is_module_patched("time")
    large, small = gevent.spawn(lambda: time.sleep(0) or size(11)), gevent.spawn(size, 1)
    gevent.joinall([large, small])
    assert (large.value, small.value) == ("large", "small")
"""
).replace("import gevent\n", "import time\n\nimport gevent\n", 1)
STARTS_A_THREAD = "import threading\n\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
PATCHES = "import gevent.monkey\n\ngevent.monkey.patch_all()\n"
IN_A_SUBPROCESS = (
    START
    + """
import os, subprocess, sys

def test_it():
    assert subprocess.run([sys.executable, "-c", "import things; things.size(11)"],
                          env={**os.environ, "PYTHONPATH": "src"}).returncode == 0
"""
)


@dataclass(frozen=True)
class Case:
    """Settings of coverage.py, the versions of Python they are for, and a test that reaches NEW."""

    name: str
    settings: str = ""
    versions: tuple[str, ...] = (running_version(),)
    environ: dict[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = TOOLS
    content: str = GOOD
    gained: Reach = NEW
    conftest: str = ""
    touching: tuple[str, ...] = ("test_small", "test_small_again")


CASES = (
    Case("tracing in C", versions=("3.9", "3.13"), environ={"COVERAGE_CORE": "ctrace"}),
    Case("tracing in Python", versions=("3.9", "3.13"), environ={"COVERAGE_CORE": "pytrace"}),
    Case("sys.monitoring", versions=("3.12", "3.13"), environ={"COVERAGE_CORE": "sysmon"}),
    Case("timid", "[run]\ntimid = true"),
    Case("no branches", "[run]\nbranch = false"),
    Case("sources", "[run]\nsource = tests\nsource_pkgs = nowhere"),
    Case("source folders", "[run]\nsource_dirs = tests"),
    Case("includes", "[run]\ninclude = tests/*"),
    Case("omits others", "[run]\nomit = tests/*"),
    Case("contexts", "[run]\ndynamic_context = test_function\ncontext = all"),
    Case("parallel", "[run]\nparallel = true\ndata_file = reach/.coverage"),
    Case("relative files", "[run]\nrelative_files = true"),
    Case("paths", "[paths]\nsource =\n    src\n    */site-packages"),
    Case("exclusions", "[report]\nexclude_also =\n    def hidden\nfail_under = 100"),
    Case("debugging", "[run]\ndebug = trace, config\ndebug_file = debug.log"),
    Case("a plugin", "[run]\nplugins = covdefaults", packages=(*TOOLS, "covdefaults")),
    Case("threads", "[run]\nconcurrency = thread", content=IN_A_THREAD),
    Case("threads without being told", content=IN_A_THREAD),
    Case("a thread beside the tests", conftest=STARTS_A_THREAD, touching=()),
    Case("greenlets", "[run]\nconcurrency = greenlet", packages=GREENLET, content=IN_A_GREENLET),
    Case(
        "greenlets and threads",
        "[run]\nconcurrency = greenlet, thread",
        packages=GREENLET,
        content=IN_A_GREENLET,
    ),
    Case(
        "gevent",
        "[run]\nconcurrency = gevent",
        packages=GEVENT,
        content=IN_GEVENT,
        conftest=PATCHES,
    ),
    Case(
        "gevent and threads",
        "[run]\nconcurrency = gevent, thread",
        packages=GEVENT,
        content=IN_GEVENT,
        conftest=PATCHES,
    ),
    Case(
        "processes, forked", "[run]\nconcurrency = multiprocessing", content=IN_A_PROCESS.format(way="fork")
    ),
    Case(
        "processes, spawned",
        "[run]\nconcurrency = multiprocessing, thread",
        content=IN_A_PROCESS.format(way="spawn"),
    ),
    Case("processes without being told", content=IN_A_PROCESS.format(way="fork"), gained=Reach()),
    Case("subprocesses", "[run]\npatch = subprocess", content=IN_A_SUBPROCESS),
    Case(
        "subprocesses, by a variable",
        "[run]\nparallel = true",
        environ={"COVERAGE_PROCESS_START": ".coveragerc"},
        content=IN_A_SUBPROCESS,
    ),
    Case("subprocesses without being told", content=IN_A_SUBPROCESS, gained=Reach()),
    Case("every patch", "[run]\npatch = subprocess, fork, _exit, execv"),
)


@pytest.mark.parametrize(
    ("case", "version"),
    [
        pytest.param(case, version, id=f"{case.name}, {version}")
        for case in CASES
        for version in case.versions
    ],
)
def test_a_project_measured_with(case: Case, version, tmp_path):
    same_reach_and_nothing_written(case, version, tmp_path)


def same_reach_and_nothing_written(case: Case, version: str, tmp_path) -> None:
    write(tmp_path, {**FILES, ".coveragerc": case.settings, "conftest.py": case.conftest})
    before = files_in(tmp_path)
    python = interpreter(version, case.packages)
    with prepared(project_in(tmp_path, python), **case.environ) as ready:
        hidden = Reach.of([8]) if case.name == "exclusions" else Reach()
        assert ready.baseline.coverage.missing == NEW | Reach.of([8]) - hidden, ready.baseline.coverage
        assert tuple(test.name for test in ready.baseline.touching) == case.touching
        run = ready.alone(case.content)
        assert (run.outcome, run.failure) == (Outcome.PASSED, None)
        assert run.reach - ready.baseline.coverage.reached == case.gained
        assert ready.gained(START + "def test_it():\n    assert size(2)\n") == Reach()
    assert files_in(tmp_path) == before
