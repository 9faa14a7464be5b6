"""Running pytest: the whole suite as the project does, or chosen tests in a session that is already warm."""

from __future__ import annotations

import contextlib
import importlib
import sys
from pathlib import Path
from time import perf_counter
from typing import Callable

import pytest

from . import Json
from .measure import SourceCoverage, import_name, libraries
from .overlay import Overlay, is_in
from .quiet import EVERYWHERE, FOR_CANDIDATES, Quiet
from .record import Recorder


def chosen(items: list[pytest.Item], tests: list[str] | None, reverse: bool) -> list[pytest.Item]:
    """The items to run: those named (parameters do not matter), in the order of the names, or all of them."""
    if tests is not None:
        plain: dict[str, list[pytest.Item]] = {}
        for item in items:
            plain.setdefault(item.nodeid.partition("::")[2].partition("[")[0], []).append(item)
        items = [item for name in tests for item in plain.get(name, ())]
    return items[::-1] if reverse else items


class Suite:
    """Runs the project's whole suite as its own command would, in this process."""

    def __init__(self, setup: Json) -> None:
        self.setup = setup
        self.coverage = SourceCoverage(setup["source"], setup["subprocesses"])
        self.recorder = Recorder()
        self.overlay = Overlay(Path(setup["test_file"]), None, setup["deselected"])
        self.answer: Json = {}
        self.reverse = False

    def run(self, job: Json) -> Json:
        if job.get("content"):
            self.overlay.content = Path(job["content"]).read_bytes()
        self.reverse = job.get("reverse", False)
        self.coverage.start()
        enter(self.setup)
        plugins = [Quiet(EVERYWHERE), self.recorder, self.overlay, self]
        status = pytest.main(self.setup["args"], plugins=plugins)
        return {**self.answer, **self.recorder.result(), "status": int(status)}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Go to the test file too where the command does not lead there, so that its conftest files count."""
        named = [Path(config.invocation_params.dir, arg.partition("::")[0]) for arg in config.args]
        leads_there = any(
            is_in(self.overlay.folder, path) or path == self.overlay.test_file for path in named
        )
        if self.overlay.content is not None and not (leads_there or config.option.pyargs):
            self.overlay.only = named
            config.args.append(str(self.overlay.folder))

    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        if self.overlay.content is not None and not any(map(self.overlay.holds, items)):
            items.extend(self.overlay.collect(session))
        if self.reverse:
            items.reverse()

    def pytest_sessionfinish(self) -> None:
        if "lines" not in self.answer:
            self.answer.update(self.coverage.report(), omitted=self.coverage.objection())
            known = set(sys.modules)
            self.answer["module"], self.answer["import_error"] = import_name(self.setup)
            self.answer["libraries"] = libraries(known, self.setup["cwd"])


class Warm:
    """Goes into pytest as far as collecting, then hands over: the rest is done for each job in a child."""

    def __init__(self, setup: Json) -> None:
        self.setup = setup
        self.coverage = SourceCoverage(setup["source"], setup["subprocesses"])
        self.recorder = Recorder()
        self.overlay = Overlay(Path(setup["test_file"]), [], setup["deselected"])
        self.session: pytest.Session
        self.then: Callable[[], None]

    def enter(self, then: Callable[[], None]) -> int:
        """Call `then()` from inside a pytest session in which nothing has been run yet."""
        self.then = then
        self.coverage.start()
        enter(self.setup)
        plugins = [Quiet({**EVERYWHERE, **FOR_CANDIDATES}), self.recorder, self.overlay, self]
        return int(pytest.main(self.setup["args"], plugins=plugins))

    def pytest_configure(self, config: pytest.Config) -> None:
        config.args[:] = [str(self.overlay.folder)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session = session
        for name in self.setup["preload"]:
            with contextlib.suppress(Exception):  # what cannot be imported is the tests' affair
                importlib.import_module(name)
        self.then()
        return True

    def run(self, job: Json) -> Json:
        """Run a job to its end in this process; nothing of it can be undone."""
        self.fresh_capture()
        self.coverage.offspring.clear()
        session, started = self.session, perf_counter()
        self.overlay.choose(Path(job["content"]).read_bytes(), job.get("tests"))
        hook = session.config.hook
        items = self.overlay.collect(session)
        hook.pytest_collection_modifyitems(session=session, config=session.config, items=items)
        session.items = chosen(items, job.get("tests"), job.get("reverse", False))
        session.testscollected = len(session.items)
        hook.pytest_collection_finish(session=session)
        self.loop(session)
        seconds = perf_counter() - started
        return {**self.coverage.report(), **self.recorder.result(), "seconds": seconds}

    def loop(self, session: pytest.Session) -> None:
        for index, item in enumerate(session.items):
            following = session.items[index + 1] if index + 1 < len(session.items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def fresh_capture(self) -> None:
        """Own capture files: those of the parent are shared with every child before and after."""
        capture = self.session.config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            capture.stop_global_capturing()
            capture.start_global_capturing()
            capture.suspend_global_capture(in_=True)


def enter(setup: Json) -> None:
    """Make this process look like the project's own test command: arguments and import path."""
    if setup["cwd_importable"]:
        sys.path.insert(0, setup["cwd"])
    sys.argv = ["pytest", *setup["args"]]
