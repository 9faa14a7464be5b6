"""The test file at the end of a run, whatever became of it meanwhile."""

from __future__ import annotations

import signal
import subprocess

import pytest

from endpoint import Say
from shop import Shop, fenced
from test_main_job import GOOD, IMPORTS, MAKES_IT_SUPERFLUOUS

MINE = "\n\ndef test_mine():\n    assert total([1]) == 1\n"


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


def editing(shop, text):
    """A step of the endpoint during which the user saves the test file."""

    def edit_and_answer(_):
        shop.test_file.write_text(text)
        return fenced(IMPORTS, GOOD)

    return Say(edit_and_answer)


def test_an_edit_made_meanwhile_stays_and_the_kept_tests_go_beside_it(shop, endpoint):
    endpoint.will(editing(shop, shop.test_file.read_text() + MINE))
    ended = shop.testgen("--max-iterations", "1", endpoint=endpoint)
    text = shop.test_file.read_text()
    assert "test_mine" in text
    assert "test_nothing_left_to_pay" in text
    assert "changed meanwhile" in ended.stdout
    assert shop.pytest() == 0
    assert shop.own_files == {".gitignore", "session.sqlite"}


def test_an_edit_that_the_kept_tests_cannot_live_with_wins(shop, endpoint):
    strict = "\n\ndef test_paying_is_mine():\n    assert 'test_nothing_left_to_pay' not in globals()\n"
    endpoint.will(editing(shop, shop.test_file.read_text() + strict))
    ended = shop.testgen("--max-iterations", "1", endpoint=endpoint)
    text = shop.test_file.read_text()
    assert "test_paying_is_mine" in text
    assert "def test_nothing_left_to_pay" not in text
    assert ended.code == 0


def test_a_file_that_cannot_be_read_any_more_is_left_alone_and_a_patch_handed_over(shop, endpoint):
    old, broken = shop.test_file.read_text(), "def test_half_written(:\n"
    endpoint.will(editing(shop, broken))
    ended = shop.testgen("--max-iterations", "1", endpoint=endpoint)
    assert shop.test_file.read_text() == broken
    assert ".testgen/test_cart.py.patch" in ended.stdout
    assert (shop.root / ".testgen" / ".gitignore").read_text() == "*\n"
    shop.test_file.write_text(old)
    subprocess.run(["git", "apply", ".testgen/test_cart.py.patch"], cwd=shop.root, check=True)
    assert "def test_nothing_left_to_pay" in shop.test_file.read_text()
    assert shop.pytest() == 0


def test_two_runs_at_once_lose_nothing_of_each_other(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)), Say(fenced(IMPORTS, MAKES_IT_SUPERFLUOUS)))
    options = ("--api-base", endpoint.url, "--max-iterations", "1", "--fresh")
    runs = [shop.start(*options) for _ in range(2)]
    for run in runs:
        run.communicate(timeout=120)
    assert [run.returncode for run in runs] == [0, 0]
    text = shop.test_file.read_text()
    assert "def test_nothing_left_to_pay" in text
    assert "def test_weights" in text
    assert shop.pytest() == 0


def test_permissions_and_links_stay(shop, endpoint):
    real = shop.root / "elsewhere.py"
    real.write_text(shop.test_file.read_text())
    real.chmod(0o640)
    shop.test_file.unlink()
    shop.test_file.symlink_to(real)
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    assert shop.testgen("--max-iterations", "1", endpoint=endpoint).code == 0
    assert shop.test_file.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "def test_nothing_left_to_pay" in real.read_text()


@pytest.mark.parametrize("moment", range(8))
def test_a_kill_leaves_the_old_file_or_the_new_one(shop, endpoint, moment):
    """A sample of what tests/slow/test_kill.py does at 200 moments."""
    check_kill(shop, endpoint, 1.0 + moment * 0.4)


def check_kill(shop, endpoint, seconds):
    old = shop.test_file.read_text()
    endpoint.always(Say(fenced(IMPORTS, GOOD)))
    before = shop.files()
    process = shop.start("--api-base", endpoint.url, "--max-iterations", "1")
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    after = {name: data for name, data in shop.files().items() if not name.startswith(".testgen/")}
    assert set(after) == set(before)
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"tests/test_cart.py"}
    if changed:
        assert shop.test_file.read_text().startswith(old.rstrip())
        assert "def test_nothing_left_to_pay" in shop.test_file.read_text()
