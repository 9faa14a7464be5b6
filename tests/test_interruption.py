from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from endpoint import Hang, Say
from shop import Shop, fenced
from test_main_job import GOOD, IMPORTS

LOOP = "def test_loops():\n    while shipping(1) == 5:\n        pass\n    assert shipping(1) == 5"
STOPS = (signal.SIGINT, signal.SIGTERM)
SOON = 20  # seconds; it takes less than one, the candidate would take sixty


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


def wait_for(said: str, process) -> None:
    for line in process.stderr:
        if said in line:
            return
    pytest.fail(f"testgen never said {said!r}")


def left_behind(shop: Shop) -> list[str]:
    """What still runs in the project's folder, or with its interpreter."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                inside = (entry / "cwd").readlink() == shop.root
            except OSError:
                continue
            if inside:
                found.append(command)
    return found


@pytest.mark.parametrize("stop", STOPS)
def test_a_stop_while_the_model_thinks_keeps_what_was_judged(shop, endpoint, stop):
    endpoint.will(Say(fenced(IMPORTS, GOOD)), Hang(30))
    process = shop.start("--api-base", endpoint.url)
    wait_for("round 2: asking", process)
    seconds = stopped(process, stop)
    assert process.returncode == 130
    assert seconds < SOON
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()
    assert left_behind(shop) == []
    assert shop.pytest() == 0


@pytest.mark.parametrize("stop", STOPS)
def test_a_stop_while_judging_leaves_nothing_behind(shop, endpoint, stop):
    endpoint.will(Say(fenced(IMPORTS, LOOP, GOOD)))
    before = shop.files()
    process = shop.start("--api-base", endpoint.url, "--timeout", "60")
    wait_for("judging", process)
    time.sleep(1.5)
    seconds = stopped(process, stop)
    assert process.returncode == 130
    assert seconds < SOON
    assert shop.files() == before
    assert left_behind(shop) == []


def test_a_kill_leaves_the_old_file_and_no_process(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, LOOP, GOOD)))
    before = shop.files()
    process = shop.start("--api-base", endpoint.url, "--timeout", "60")
    wait_for("judging", process)
    time.sleep(1.5)
    stopped(process, signal.SIGKILL)
    deadline = time.monotonic() + 3
    while left_behind(shop) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_behind(shop) == []
    assert shop.files() == before


def stopped(process, stop) -> float:
    """Seconds from a signal to the end of a process."""
    started = time.monotonic()
    process.send_signal(stop)
    process.communicate(timeout=30)
    return time.monotonic() - started
