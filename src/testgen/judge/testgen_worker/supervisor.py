"""The process that outlives every job."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import threading
from typing import Callable, List, NoReturn

from . import Json
from .children import (
    PR_SET_CHILD_SUBREAPER,
    Start,
    deliver,
    failed,
    forking,
    prctl,
    spawning,
    supervise,
)
from .command import Command
from .confine import seclude, settle
from .control import Control
from .leavings import Leavings
from .measure import loaded_in_order
from .session import Suite, Warm

HAS_FORK = hasattr(os, "fork")


def main() -> None:
    """Serve testgen until it closes the line, or be a spawned child."""
    if sys.argv[1:2] == ["--child"]:
        be_child(int(sys.argv[2]))
        return
    control = Control()
    setup = control.read()
    if setup is None:
        return
    os.chdir(setup["cwd"])
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    settle(setup["confine"])
    fork = setup["fork"] and HAS_FORK
    if setup["kind"] == "command":
        run = sometimes_alone(control, setup, Command(setup).run)
        control.send({"ready": "fork", "why": ""})
        serve(control, setup, forking(run))
    if setup["kind"] == "fresh":
        run = alone(control, setup, lambda job: Suite(setup).run(job))
        start = forking(run) if fork else spawning(setup)
    elif fork:
        serve_warm(control, setup)
        return
    else:
        to_preload(control)  # each child does so for itself
        start = spawning(setup)
    control.send({"ready": "fork" if fork else "spawn", "why": ""})
    serve(control, setup, start)


def alone(control: Control, setup: Json, run: Callable[[Json], Json]) -> Callable[[Json], Json]:
    """The same in a forked child, after that has lost the line to testgen and is shut in."""

    def run_alone(job: Json) -> Json:
        control.close()
        seclude(setup["confine"])
        return run(job)

    return run_alone


def sometimes_alone(control: Control, setup: Json, run: Callable[[Json], Json]) -> Callable[[Json], Json]:
    """The same, but a job that says so leaves what it writes to those after it: caches, what was built."""
    run_alone = alone(control, setup, run)

    def run_lasting(job: Json) -> Json:
        control.close()
        return run(job)

    return lambda job: run_lasting(job) if job["lasting"] else run_alone(job)


def serve(control: Control, setup: Json, start: Start) -> NoReturn:
    """Answer jobs until testgen is gone."""
    leavings = Leavings(setup["confine"]["private"])
    while True:
        job = control.read()
        if job is None:
            os._exit(0)
        told = supervise(control, start, job)
        if job.get("lasting"):
            leavings = Leavings(setup["confine"]["private"])
        else:
            leavings.clear()
        control.send(told)


def serve_warm(control: Control, setup: Json) -> None:
    """Become the warm parent and fork; spawn where that is unsafe, and say so; say why if pytest gives up."""
    warm = Warm(setup, lambda: to_preload(control))

    def ready() -> None:
        why = unsafe(setup)
        if why:
            control.send({"ready": "spawn", "why": why})
            serve(control, setup, spawning(setup))
        gc.collect()
        gc.freeze()  # so that the children's collectors leave the shared pages alone
        control.send({"ready": "fork", "why": ""})
        serve(control, setup, forking(alone(control, setup, warm.run), warm.prepare))

    control.send({"ready": "", "why": gave_up(warm, warm.enter(ready))})


def to_preload(control: Control) -> List[str]:
    """The modules to import before any test is, which testgen may know only when this process has begun."""
    message = control.read()
    if message is None:
        os._exit(0)
    names: List[str] = message["preload"]
    return names


def unsafe(setup: Json) -> str:
    """Why children must not be forked from this process, as it is after the imports; "" if they may."""
    count = threads()
    if count > 1:
        known = [one.name for one in threading.enumerate() if one is not threading.main_thread()]
        return f"{count} threads are alive after the imports" + (f", such as {known[0]}" if known else "")
    if setup["pristine"] and loaded_in_order(setup["sources"]):
        return "the source is imported before any test is (by a conftest.py or a plugin)"
    return ""


def gave_up(warm: Warm, status: int) -> str:
    """Why pytest ended before it came to running tests."""
    for broken in warm.recorder.broken:
        return str(broken["failure"]["message"])
    return f"pytest ended before any test (exit code {status})"


def threads() -> int:
    """How many threads this process has, those unknown to Python included where that can be seen."""
    with contextlib.suppress(OSError):
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208
    return threading.active_count()


def be_child(writer: int) -> None:
    """The whole life of a spawned child: one job from standard input, its answer to the pipe."""
    order = json.loads(sys.stdin.buffer.read())
    setup, job = order["setup"], order["job"]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    seclude(setup["confine"])
    if setup["kind"] == "fresh":
        deliver(Suite(setup).run, job, writer)
        return
    warm = Warm(setup, lambda: job["preload"])
    warm.mutate(job)

    def then() -> None:
        warm.prepare(job)
        deliver(warm.run, job, writer)
        os._exit(0)

    why = gave_up(warm, warm.enter(then))
    seen = warm.mutation is not None and warm.mutation.seen
    deliver(lambda _: {**failed("broken", why, 0.0), "seen": seen}, job, writer)
