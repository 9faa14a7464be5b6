"""Existing tests that are red, flaky, slow or hard to start: what is done about them, and that it is said."""

from __future__ import annotations

import pytest

from shop import Shop
from test_main_job import GOOD, IMPORTS

NEW = "test_nothing_left_to_pay"
RED = "\n\ndef test_red():\n    assert total([1]) == 2\n\n\ndef test_red_too():\n    assert 0\n"
# Fails in the runs (counted from 1) in which WHEN holds.
FLAKY = """
from pathlib import Path

RUNS = Path({runs!r})


def test_flaky():
    RUNS.write_text(RUNS.read_text() + "x")
    run = len(RUNS.read_text())
    assert not ({when})
"""
POLLUTES = "\n\ndef test_pollutes():\n    SEEN.append(1)\n    assert shipping(1) == 5\n"


@pytest.fixture
def shop(tmp_path, project_python):
    shop = Shop.at(tmp_path / "project", project_python)
    shop.flags = ("--sandbox", "none")
    return shop


def keep(shop, *arguments, code=0, text=f"{IMPORTS}\n\n{GOOD}\n"):
    candidates = shop.root.parent / "candidates.py"
    candidates.write_text(text)
    ended = shop.testgen("keep", str(candidates), "--report", "json:-", *arguments, API_KEY="")
    assert ended.code == code, ended.stderr
    return ended


def gates(ended):
    return {one["name"].rpartition("::")[2]: one["gate"] for one in ended.report["candidates"]}


def test_red_tests_end_the_run_and_it_says_what_to_do(shop):
    shop.test_file.write_text(shop.test_file.read_text() + RED)
    before = shop.files()
    ended = keep(shop, code=3)
    assert "2 existing tests are red before anything was added: " in ended.stderr
    assert "tests/test_cart.py::test_red, tests/test_cart.py::test_red_too" in ended.stderr
    assert "--deselect-failing" in ended.stderr
    assert shop.files() == before


def test_red_tests_can_be_left_out(shop):
    shop.test_file.write_text(shop.test_file.read_text() + RED)
    shop.write({"tests/test_more.py": "def test_red_elsewhere(broken): pass\n\ndef test_red_e(): pass\n"})
    ended = keep(shop, "--deselect-failing")
    [note] = [note for note in ended.report["notes"] if "left out" in note]
    assert "tests/test_cart.py::test_red, tests/test_cart.py::test_red_too, " in note
    assert "tests/test_more.py::test_red_elsewhere" in note
    assert gates(ended) == {NEW: None}
    assert RED.strip() in shop.test_file.read_text()
    assert shop.pytest("--deselect", "tests/test_cart.py::test_red", "-k", "not red") == 0


def test_nothing_is_left_out_when_nothing_is_red(shop):
    ended = keep(shop, "--deselect-failing")
    assert not [note for note in ended.report["notes"] if "left out" in note]


@pytest.mark.parametrize(
    ("file", "when"),
    [
        ("tests/test_cart.py", "run % 3 != 1"),
        ("tests/test_other.py", "run > 1"),
        ("tests/test_other.py", "run == 1"),
    ],
    ids=["now and then", "from the second run on", "before anything was added"],
)
def test_a_flaky_test_costs_no_candidate(shop, tmp_path, when, file):
    (tmp_path / "runs").write_text("")
    flaky = FLAKY.format(runs=str(tmp_path / "runs"), when=when)
    path = shop.root / file
    path.write_text((path.read_text() if path.exists() else "") + flaky)
    ended = keep(shop, "--repeat", "1", "--jobs", "1")
    assert gates(ended) == {NEW: None}
    assert NEW in shop.test_file.read_text()
    [note] = [note for note in ended.report["notes"] if "red now and then" in note]
    assert f"{file}::test_flaky" in note


def test_a_flaky_test_of_the_same_name_in_a_file_of_the_same_name_costs_no_candidate(shop, tmp_path):
    (tmp_path / "runs").write_text("")
    flaky = FLAKY.format(runs=str(tmp_path / "runs"), when="run > 1").replace("test_flaky", NEW)
    shop.write({"tests/__init__.py": "", "tests/more/__init__.py": "", "tests/more/test_cart.py": flaky})
    ended = keep(shop, "--repeat", "1")
    assert gates(ended) == {NEW: None}
    [note] = [note for note in ended.report["notes"] if "red now and then" in note]
    assert f"tests/more/test_cart.py::{NEW}" in note


def test_a_candidate_that_another_file_breaks_is_refused(shop):
    pollutes = "from shop.cart import SEEN\n\ndef test_sees():\n    SEEN.append(1)\n"
    relies = "\n\ndef test_relies():\n    assert SEEN == []\n    assert shipping(1) == 5\n"
    shop.write({"tests/test_before.py": pollutes})
    shop.test_file.write_text("import pytest\n\nfrom shop.cart import total\n")
    ended = keep(shop, text=f"{IMPORTS}\n\n{GOOD}\n{relies}\n")
    assert gates(ended) == {NEW: None, "test_relies": "company"}
    [reason] = [one["reason"] for one in ended.report["candidates"] if one["gate"]]
    assert reason == "passes in its file but fails in the whole suite"
    assert shop.pytest() == 0


def test_a_candidate_that_breaks_another_file_is_found_beside_a_flaky_test(shop, tmp_path):
    (tmp_path / "runs").write_text("")
    flaky = FLAKY.format(runs=str(tmp_path / "runs"), when="run % 2 == 0")
    rely = "from shop.cart import SEEN\n\ndef test_relies():\n    assert SEEN == []\n"
    shop.write({"tests/test_flaky.py": flaky, "tests/test_relies.py": rely})
    shop.test_file.write_text("import pytest\n\nfrom shop.cart import SEEN, total\n")
    ended = keep(shop, text=f"{IMPORTS}\n\n{GOOD}\n{POLLUTES}\n")
    assert gates(ended) == {NEW: None, "test_pollutes": "company"}
    assert shop.pytest("--deselect", "tests/test_flaky.py::test_flaky") == 0


def test_another_pytest_on_the_path_is_not_used(shop, tmp_path):
    wrong = tmp_path / "bin" / "pytest"
    wrong.parent.mkdir()
    wrong.write_text("#!/bin/sh\nexit 9\n")
    wrong.chmod(0o755)
    path = f"{wrong.parent}:{shop.environ()['PATH']}"
    (tmp_path / "candidates.py").write_text(f"{IMPORTS}\n\n{GOOD}\n")
    ended = shop.testgen("keep", str(tmp_path / "candidates.py"), "--test-command", "pytest", PATH=path)
    assert ended.code == 0, ended.stderr
    assert NEW in shop.test_file.read_text()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"tests/conftest.py": "import nowhere\n"}, "No module named 'nowhere'"),
        ({"tests/conftest.py": "import pytest\npytest.exit('not here')\n"}, "not here"),
        ({"tests/conftest.py": "import os\nos._exit(7)\n"}, "exit code 7"),
        ({"src/shop/__init__.py": "1 / 0\n"}, "ZeroDivisionError"),
        ({"pyproject.toml": "[tool.pytest.ini_options]\n"}, "No module named 'shop'"),
        ({"pytest.ini": "[pytest]\nminversion = 99\n"}, "99"),
    ],
)
def test_a_project_that_cannot_be_imported(shop, files, says):
    shop.write(files)
    before = shop.files()
    ended = keep(shop, code=3)
    assert says in ended.stderr
    assert "Traceback (most" not in ended.stderr
    assert shop.files() == before
