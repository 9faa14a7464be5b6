"""Projects with plugins and settings of their own: the same verdicts, and nothing written into them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from benches import SOURCE, TESTS, files_in, interpreter, prepared, project_in, write

from projects import TOOLS, running_version
from testgen.domain import Outcome, Reach

PLUGINS = (
    *TOOLS,
    "pytest-asyncio",
    "pytest-cov",
    "pytest-mock",
    "pytest-randomly",
    "pytest-timeout",
    "pytest-xdist",
    "anyio",
    "covdefaults",
    "greenlet",
)
RERUNS = (*TOOLS, "pytest-rerunfailures")
FILES = {
    SOURCE: """
        def size(number):
            if number > 10:
                return "large"
            return "small"
    """,
    TESTS: """
        from things import size

        def test_small():
            assert size(1) == "small"
    """,
}
GOOD = "\n\ndef test_it():\n    assert size(11) == 'large'\n"
BAD = "\n\nfrom things import size\n\ndef test_it():\n    assert size(11) == 'small'\n"
NEW = Reach.of([3], [(2, 3)])


@dataclass(frozen=True)
class Case:
    """A project: settings of pytest, further files, the test file, and a good test if not the usual one."""

    name: str
    settings: str = ""
    files: dict[str, str] = field(default_factory=dict)
    test_file: str = TESTS
    args: tuple[str, ...] = ()
    packages: tuple[str, ...] = PLUGINS
    good: str = GOOD
    environ: dict[str, str] = field(default_factory=dict)
    why: str = ""  # a pattern for why candidates cannot be forks

    @property
    def written(self) -> dict[str, str]:
        ini = f"[pytest]\npythonpath = src\n{self.settings}\n"
        return {**FILES, "pytest.ini": ini, **self.files}


PACKAGE = {
    "tests/__init__.py": "",
    "tests/helper.py": "LARGE = 11\n",
    "tests/sub/__init__.py": "",
    "tests/sub/test_things.py": FILES[TESTS],
}
USES_HELPER = """

def test_it():
    from ..helper import LARGE
    assert size(LARGE) == 'large'
"""
CHAIN = {
    "conftest.py": """
        import pytest

        @pytest.fixture
        def number():
            return 1
    """,
    "tests/conftest.py": """
        import pytest

        @pytest.fixture
        def number(number):
            return number + 10
    """,
}
ANSWERS_FOR_ALL = """
    def pytest_ignore_collect(collection_path):
        return 'other' in collection_path.parts
"""
SLOW = """
    import pytest

    @pytest.mark.slow
    def test_slow():
        assert 0
"""
OTHER = {"other/test_x.py": "def test_x(): pass\n"}
ASYNC = """

import asyncio
import pytest

{mark}
async def test_it():
    await asyncio.sleep(0)
    assert size(11) == 'large'
"""

CASES = (
    Case("nothing special"),
    Case("xdist", "addopts = -n auto"),
    Case("xdist, distributed by file", "addopts = -n 2 --dist loadfile --maxprocesses 2"),
    Case("coverage", "addopts = --cov --cov-report html --cov-report xml --cov-fail-under=100"),
    Case("coverage of a folder, with branches", "addopts = --cov=src --cov-branch --cov-append -n 2"),
    Case("seeded at random", "addopts = -p randomly --randomly-seed=7"),
    Case("timeouts by signal", "timeout = 5"),
    Case("timeouts by thread", "timeout = 5\ntimeout_method = thread"),
    Case("reruns", "addopts = --reruns 2", packages=RERUNS),
    Case(
        "reruns beside xdist, which starts a thread",
        "addopts = -n 2 --reruns 2",
        packages=(*RERUNS, "pytest-xdist"),
        why="2 threads are alive after the imports, such as .*",
    ),
    Case("plugins turned off", "addopts = -p no:xdist -p no:cov -p no:randomly -p no:cacheprovider"),
    Case("strict", "addopts = --strict-config --strict-markers -p no:cacheprovider"),
    Case("stops early, last failed first", "addopts = -x --lf --ff --maxfail=1 --stepwise"),
    Case("reports", "addopts = --junitxml=report.xml --log-file=tests.log --basetemp=tmp"),
    Case("no capturing", "addopts = -s"),
    Case("capturing by sys", "addopts = --capture=tee-sys"),
    Case("no capture plugin", "addopts = -p no:capture"),
    Case("plain assertions", "addopts = --assert=plain"),
    Case("doctests too", "addopts = --doctest-modules"),
    Case("warnings are errors", "filterwarnings = error\nasyncio_default_fixture_loop_scope = function"),
    Case(
        "other names",
        "python_files = check_*.py\npython_functions = test_* check_*",
        files={"tests/check_it.py": FILES[TESTS]},
        test_file="tests/check_it.py",
    ),
    Case("test paths", "testpaths = nowhere_else other", files=OTHER),
    Case("rootdir of its own", args=("--rootdir", "tests")),
    Case("a chosen marker", "addopts = -m 'not slow'\nmarkers = slow", files={"tests/test_slow.py": SLOW}),
    Case("chosen by keyword", args=("-k", "not slow"), files={"tests/test_slow.py": SLOW}),
    Case("another folder only", args=("other",), files=OTHER),
    Case(
        "another folder only, and fixtures of its own",
        args=("other/test_x.py::test_x",),
        files={**OTHER, **CHAIN, "tests/test_y.py": "def test_y():\n    assert 0\n"},
        good="\n\ndef test_it(number):\n    assert size(number) == 'large'\n",
    ),
    Case("importlib", "addopts = --import-mode=importlib"),
    Case(
        "importlib, with the same name twice",
        "addopts = --import-mode=importlib",
        files={"other/test_things.py": OTHER["other/test_x.py"]},
    ),
    Case("append", "addopts = --import-mode=append"),
    Case("a package of tests", files=PACKAGE, test_file="tests/sub/test_things.py", good=USES_HELPER),
    Case(
        "a package of tests, by importlib",
        "addopts = --import-mode=importlib",
        files=PACKAGE,
        test_file="tests/sub/test_things.py",
        good=USES_HELPER,
    ),
    Case(
        "a chain of conftest files",
        files=CHAIN,
        good="\n\ndef test_it(number):\n    assert size(number) == 'large'\n",
    ),
    Case("a conftest that answers for every file", files={"conftest.py": ANSWERS_FOR_ALL}),
    Case(
        "a test file in a folder that is not there yet",
        test_file="tests/new/test_new.py",
        good="from things import size\n" + GOOD,
    ),
    Case("pytest-asyncio", "asyncio_mode = auto", good=ASYNC.format(mark="")),
    Case("pytest-asyncio, strict", good=ASYNC.format(mark="@pytest.mark.asyncio")),
    Case("anyio", "addopts = -p no:asyncio", good=ASYNC.format(mark="@pytest.mark.anyio")),
    Case(
        "pytest-mock",
        good="\n\ndef test_it(mocker):\n    mocker.patch('os.getcwd')\n    assert size(11) == 'large'\n",
    ),
    Case("options from the environment", environ={"PYTEST_ADDOPTS": "-n 2 --cov --junitxml=report.xml"}),
)


# These here, all of them on other versions of Python in tests/slow.
TELLING = {
    "xdist",
    "coverage",
    "reruns beside xdist, which starts a thread",
    "plugins turned off",
    "strict",
    "stops early, last failed first",
    "reports",
    "doctests too",
    "warnings are errors",
    "another folder only, and fixtures of its own",
    "importlib, with the same name twice",
    "a package of tests",
    "a chain of conftest files",
    "pytest-asyncio, strict",
    "anyio",
    "options from the environment",
}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in TELLING], ids=lambda case: case.name)
def test_a_project_with(case: Case, tmp_path):
    same_verdicts_and_nothing_written(case, running_version(), tmp_path)


def same_verdicts_and_nothing_written(case: Case, version: str, tmp_path) -> None:
    write(tmp_path, case.written)
    before = files_in(tmp_path)
    old = before.get(case.test_file, b"").decode()
    python = interpreter(version, case.packages)
    project = project_in(tmp_path, python, test_file=case.test_file, args=case.args)
    with prepared(project, **case.environ) as ready:
        assert re.fullmatch(case.why, ready.why)
        good, bad = ready.alone(old + case.good), ready.alone(old + BAD)
        assert (good.outcome, good.failure) == (Outcome.PASSED, None)
        assert ready.gained(old + case.good) == NEW
        assert bad.outcome is Outcome.FAILED
        assert ready.bench.try_out((old + case.good).encode(), reverse=True).outcome is Outcome.PASSED
        confirmed = ready.bench.confirm((old + case.good).encode())
        assert (confirmed.outcome, confirmed.failure) == (Outcome.PASSED, None)
        assert "test_it" in [test.name.partition("[")[0] for test in confirmed.tests]
        assert ready.bench.confirm((old + BAD).encode()).outcome is Outcome.FAILED
    assert files_in(tmp_path) == before
