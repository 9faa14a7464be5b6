"""A run after a crash, a kill or an edit elsewhere uses what was paid for."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing

import pytest

from endpoint import SERVER_ERROR, Fail, Hang, Say
from shop import Shop, fenced
from test_interruption import stopped, wait_for
from test_main_job import GOOD, IMPORTS

ONCE = ("--max-iterations", "1")


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


def test_a_run_after_a_kill_keeps_what_was_paid_for(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)), Hang(5))
    before = shop.files()
    process = shop.start("--api-base", endpoint.url)
    wait_for("round 2: asking", process)
    stopped(process, signal.SIGKILL)
    assert shop.files() == before
    endpoint.always(Fail(401, "no"))
    ended = shop.testgen("--report", "json:-", endpoint=endpoint)
    assert (ended.code, ended.report["stop"]["code"]) == (0, "provider"), ended.stderr
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()
    assert (ended.report["usage"]["calls"], ended.report["usage"]["cost"]) == (0, 0)
    assert ended.report["usage"]["remembered_calls"] == 1
    assert len(endpoint.requests) == 3  # one reply, one that hung, one refused


def test_a_look_at_the_change_and_an_edit_elsewhere_cost_nothing_again(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    assert shop.testgen(*ONCE, "--diff-only", endpoint=endpoint).code == 0
    shop.write({"README.md": "A shop.", "src/shop/parcel.py": "WEIGHT = 1\n"})
    ended = shop.testgen(*ONCE, endpoint=endpoint)
    assert "0 tokens in 0 calls and 1 remembered call, $0.00" in ended.stdout
    assert "--fresh" in ended.stdout
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()
    assert len(endpoint.requests) == 1


def test_an_edit_of_the_source_is_another_question(shop, endpoint):
    endpoint.always(Say(fenced(IMPORTS, GOOD)))
    shop.testgen(*ONCE, "--diff-only", endpoint=endpoint)
    shop.source.write_text(shop.source.read_text() + "\n\nMORE = 1\n")
    shop.testgen(*ONCE, endpoint=endpoint)
    assert len(endpoint.requests) == 2


def test_fresh_asks_anew(shop, endpoint):
    endpoint.always(Say(fenced(IMPORTS, GOOD)))
    shop.testgen(*ONCE, "--diff-only", endpoint=endpoint)
    shop.testgen(*ONCE, "--fresh", endpoint=endpoint)
    assert len(endpoint.requests) == 2


def test_what_is_left_in_the_project_is_little_and_ignored(shop, endpoint):
    endpoint.always(Say(fenced(IMPORTS, GOOD)))
    shop.testgen(*ONCE, endpoint=endpoint)
    assert shop.own_files == {".gitignore", "session.sqlite"}


@pytest.mark.parametrize("how", [("--no-store",), ("plan",), ("--desired-coverage", "20,10")])
def test_nothing_is_left_where_nothing_is_kept(shop, endpoint, how):
    endpoint.always(Say(fenced(IMPORTS, GOOD)))
    assert shop.testgen(*how, *ONCE, endpoint=endpoint).code == 0
    assert not (shop.root / ".testgen").exists()


def damaged(path):
    path.write_bytes(b"no database" * 1000)


def newer(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(("harm", "says"), [(damaged, "was damaged"), (newer, "newer testgen")])
def test_a_store_that_cannot_be_used_is_said_and_the_run_goes_on(shop, endpoint, harm, says):
    (shop.root / ".testgen").mkdir()
    harm(shop.root / ".testgen" / "session.sqlite")
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    ended = shop.testgen(*ONCE, endpoint=endpoint)
    assert (ended.code, says in ended.stdout) == (0, True), ended.stdout
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()


def test_the_history_lists_runs_and_clean_removes_it(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)), SERVER_ERROR)
    assert "No run has asked a model here yet." in shop.testgen("history").stdout
    shop.testgen(*ONCE, "--diff-only", endpoint=endpoint)
    shop.testgen(*ONCE, endpoint=endpoint)
    again, first = shop.testgen("history", API_KEY="").stdout.rstrip().split("\n2")
    assert "src/shop/cart.py  with gpt-4o: kept 1 of 1 candidate; all iterations were used" in first
    assert "120 tokens in 1 call, $0.0004" in first
    assert "0 tokens in 0 calls, $0.00" in again
    removed = shop.testgen("clean", API_KEY="")
    assert removed.stdout == f"Removed {shop.root}/.testgen with session.sqlite in it.\n"
    assert not (shop.root / ".testgen").exists()
    assert shop.testgen("clean", API_KEY="").stdout == f"There is no {shop.root}/.testgen.\n"
