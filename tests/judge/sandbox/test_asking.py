"""`--sandbox` as a user gives it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from endpoint import Say
from shop import Shop, fenced
from test_main_job import GOOD, IMPORTS

NOWHERE = str(Path("/nonexistent-path"))


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


def test_one_that_is_not_there_ends_before_anything_is_asked(shop, endpoint):
    ended = shop.testgen("--sandbox", "bwrap", endpoint=endpoint, PATH=NOWHERE)
    assert ended.code == 2
    assert "bwrap does not work here: bwrap is not installed" in ended.stderr
    assert "apt install bubblewrap" in ended.stderr
    assert endpoint.requests == []


def test_auto_says_what_it_fell_back_to_and_why(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    ended = shop.testgen("--max-iterations", "1", endpoint=endpoint, PATH=NOWHERE)
    assert ended.code == 0
    assert "note: sandbox " in ended.stdout
    assert "bwrap is not installed" in ended.stdout


@pytest.mark.parametrize("sandbox", ["bwrap", "none"])
def test_the_summary_says_which_one_it_was(shop, endpoint, sandbox):
    if sandbox == "bwrap" and not shutil.which("bwrap"):
        pytest.skip("bwrap is not installed")
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    ended = shop.testgen("--max-iterations", "1", "--sandbox", sandbox, endpoint=endpoint)
    assert ended.code == 0
    assert f"note: sandbox {sandbox}: " in ended.stdout


def test_what_a_suite_needs_can_be_allowed(shop, endpoint):
    shop.write({"tests/test_home.py": "def test_key():\n    import os\n    assert os.environ['MY_TOKEN']\n"})
    red = shop.testgen(endpoint=endpoint, MY_TOKEN="t")
    assert (red.code, endpoint.requests) == (3, [])
    assert "green outside the sandbox" in red.stderr
    assert "--pass-env NAME" in red.stderr
    assert shop.testgen("--pass-env", "MY_TOKEN", "--dry-run", endpoint=endpoint, MY_TOKEN="t").code == 0
