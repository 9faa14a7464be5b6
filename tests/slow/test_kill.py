"""A run that is killed at 200 moments, spread from its start to its end: what is promised, after each."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from endpoint import Fail, Say, ScriptedEndpoint
from shop import Shop, fenced
from test_main_job import GOOD, IMPORTS

MOMENTS = 200
AT_ONCE = 2
NEXT_RUN_EACH = 10  # of the moments before anything is paid, so many share one next run
ONCE = ("--max-iterations", "1", "--repeat", "2")
PAID = "round 1: 1 candidate"  # what progress says as soon as a reply is there


@dataclass(frozen=True)
class Expected:
    """What an undisturbed run leaves, and how long it takes."""

    files: dict[str, bytes]
    seconds: float


@pytest.fixture(scope="module")
def expected(tmp_path_factory, project_python):
    folder = tmp_path_factory.mktemp("undisturbed")
    shops = [Shop.at(folder / str(number) / "project", project_python) for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        seconds = max(threads.map(undisturbed, shops))
    files = shops[0].files()
    assert shops[0].pytest("-p", "no:cacheprovider") == 0
    return Expected(files, seconds)


def undisturbed(shop: Shop) -> float:
    """The seconds that a run takes beside others like it."""
    begun = time.monotonic()
    with ScriptedEndpoint() as endpoint:
        endpoint.will(Say(fenced(IMPORTS, GOOD)))
        assert shop.testgen(*ONCE, endpoint=endpoint).code == 0
    return time.monotonic() - begun


def test_a_kill_at_any_moment_breaks_no_promise(tmp_path, project_python, expected):
    """Some of the kills have to come before the reply, some after it, and some after the end."""

    def check(moment: int) -> str:
        shop = Shop.at(tmp_path / f"{moment:03}" / "project", project_python)
        return checked(shop, expected, moment)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        seen = list(threads.map(check, range(MOMENTS)))
    assert {"unpaid", "paid", "written"} <= set(seen)


def test_a_run_s_processes_are_seen_and_so_is_that_they_are_gone(tmp_path, project_python):
    shop = Shop.at(tmp_path / "project", project_python)
    with ScriptedEndpoint() as endpoint:
        process = shop.start("--api-base", endpoint.url, *ONCE)
        process.stderr.readline()  # it has begun
        assert processes_of(shop)
        process.kill()
        process.communicate()
    assert gone(shop)


def checked(shop: Shop, expected: Expected, moment: int) -> str:
    """Kill a run at the moment and check every promise; returns how far it had come."""
    before = shop.files()
    with ScriptedEndpoint() as endpoint:
        endpoint.will(Say(fenced(IMPORTS, GOOD)))
        said = killed(shop, endpoint, expected.seconds * 1.1 * moment / MOMENTS)
        after = shop.files()
        assert after in (before, expected.files), f"moment {moment}: {set(after) ^ set(before)}"
        assert gone(shop), f"moment {moment}: {processes_of(shop)}"
        if after == expected.files:
            return "written"
        if PAID in said:
            assert_next_run_writes(shop, endpoint, expected, paid=True)
            return "paid"
        if moment % NEXT_RUN_EACH == 0:
            endpoint.always(Say(fenced(IMPORTS, GOOD)))
            assert_next_run_writes(shop, endpoint, expected, paid=False)
        return "unpaid"


def killed(shop: Shop, endpoint: ScriptedEndpoint, seconds: float) -> str:
    """What a run said until it was killed after so many seconds, or had ended by then."""
    process = shop.start("--api-base", endpoint.url, *ONCE)
    try:
        return process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        return process.communicate()[1]


def assert_next_run_writes(shop: Shop, endpoint: ScriptedEndpoint, expected: Expected, *, paid: bool) -> None:
    """The next run ends as an undisturbed one does, tidies up, and asks only what was not paid for."""
    asked = len(endpoint.requests)
    endpoint.always(Fail(401, "paid for already"))
    ended = shop.testgen(*ONCE, endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    assert shop.files() == expected.files
    assert shop.own_files == {".gitignore", "session.sqlite"}
    assert (len(endpoint.requests) == asked) is paid


def gone(shop: Shop) -> bool:
    """Whether all processes end soon after the kill; what the system still tidies up is waited for."""
    deadline = time.monotonic() + 5
    while processes_of(shop) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes_of(shop)


def processes_of(shop: Shop) -> list[str]:
    """The command lines of all processes that have to do with the project."""
    return [command for path in Path("/proc").glob("[0-9]*") if (command := command_of(path, shop.root))]


def command_of(process: Path, root: Path) -> str:
    """The command line if the process works in the project's folder, names it or was told of it; or empty."""
    try:
        place = str((process / "cwd").readlink())
        command, environ = ((process / name).read_bytes() for name in ("cmdline", "environ"))
    except OSError:
        return ""  # it has ended meanwhile, or is not ours
    told = any(os.fsencode(root.parent) in text for text in (os.fsencode(place), command, environ))
    return (command.replace(b"\0", b" ").decode(errors="replace") or "?") if told else ""
