from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from testgen.domain import Finish, Reply, Usage
from testgen.files import OwnFolder
from testgen.store import PastRun, Store, migrations

REPLY = Reply("```python\nx = 1\n```\n", Usage(1, 100, 0, 20, 0, 0.5), Finish.LENGTH, "gpt-4o")
RUN = PastRun("2026-01-02T03:04:05+00:00", "shop/cart.py", "gpt-4o", "", 5, 2, 10, 50.5, 0, 25, 1, 120, None)


@pytest.fixture
def folder(tmp_path):
    return OwnFolder(tmp_path)


@pytest.fixture
def store(folder):
    return Store(folder)


def test_a_reply_comes_back_and_costs_nothing(store, folder):
    store.remember("question", REPLY)
    assert Store(folder).recall("question") == replace(REPLY, usage=Usage(remembered=1))
    assert store.recall("another") is None
    assert store.trouble == ""


def test_a_later_reply_takes_the_place_of_an_earlier(store):
    store.remember("question", REPLY)
    store.remember("question", replace(REPLY, text="better"))
    assert store.recall("question").text == "better"


def test_a_reply_no_encoding_can_hold_is_kept_all_the_same(store):
    store.remember("question", replace(REPLY, text="half \ud83d pair"))
    assert store.recall("question").text == "half ? pair"


def test_runs_the_latest_first(store):
    store.log(RUN)
    store.log(replace(RUN, kept=3, cost=0.25))
    assert store.runs() == (replace(RUN, kept=3, cost=0.25), RUN)


def test_looking_makes_no_file(store, tmp_path):
    assert (store.recall("question"), store.runs()) == (None, ())
    assert list(tmp_path.iterdir()) == []


def test_it_is_for_the_user_alone_and_git_ignores_it(store, folder):
    store.remember("question", REPLY)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert (folder.path / ".gitignore").read_text() == "*\n"


def test_runs_at_the_same_time_do_not_disturb_each_other(store, tmp_path):
    code = """
import sys
from pathlib import Path
from testgen.domain import Reply, Usage
from testgen.files import OwnFolder
from testgen.store import Store
store = Store(OwnFolder(Path(sys.argv[1])))
for number in range(20):
    store.remember(f"{sys.argv[2]} {number}", Reply("x" * 10_000, Usage()))
sys.exit(bool(store.trouble))
"""
    names = ("a", "b", "c")
    running = [subprocess.Popen([sys.executable, "-c", code, tmp_path, name]) for name in names]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert all(store.recall(f"{name} {number}") for name in names for number in range(20))


def damaged_header(path):
    path.write_bytes(b"no database at all, " * 500)


def damaged_inside(path):
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [damaged_header, damaged_inside])
def test_a_damaged_store_makes_room_for_a_new_one(store, folder, damage):
    store.remember("question", REPLY)
    damage(store.path)
    later = Store(folder)
    assert later.recall("question") is None
    assert "was damaged" in later.trouble
    assert store.path.with_suffix(".damaged").exists()
    later.remember("question", REPLY)
    fresh = Store(folder)
    assert fresh.recall("question") is not None
    assert fresh.trouble == ""


def test_a_newer_store_is_left_as_it_is(store, folder):
    store.remember("question", REPLY)
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = store.path.read_bytes()
    later = Store(folder)
    assert later.recall("question") is None
    later.remember("another", REPLY)
    assert "newer testgen" in later.trouble
    assert store.path.read_bytes() == before


def test_where_no_store_can_be_all_goes_on_without(tmp_path):
    (tmp_path / ".testgen").write_text("in the way")
    store = Store(OwnFolder(tmp_path))
    store.remember("question", REPLY)
    assert store.recall("question") is None
    assert "cannot be used" in store.trouble


@pytest.mark.parametrize("version", range(len(migrations()) + 1))
def test_an_older_store_is_brought_up_to_date(store, folder, version):
    folder.made()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        for step in migrations()[:version]:
            connection.execute(step)
        connection.execute(f"PRAGMA user_version = {version}")
        if version:
            row = ("question", "old reply", "stop", "gpt-4o")
            connection.execute("INSERT INTO replies (question, text, finish, model) VALUES (?, ?, ?, ?)", row)
    store.log(RUN)
    assert store.runs() == (RUN,)
    assert bool(store.recall("question")) == bool(version)
    assert store.trouble == ""
