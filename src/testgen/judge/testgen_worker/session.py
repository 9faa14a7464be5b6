"""Running pytest: the whole suite as the project does, or chosen tests in a session that is already warm."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Callable, Iterator, List

import pytest

from coverage import CoverageException

from . import Json
from .aside import aside
from .children import IMPORTED
from .ending import end, own_handlers_only
from .fixtures import fixtures_of
from .measure import SourceCoverage, imported, libraries, loaded_as, loaded_in_order
from .mutation import Mutation
from .overlay import Overlay, folder_of, folders_of, is_in, lead_to
from .quiet import EVERYWHERE, FOR_CANDIDATES, Quiet
from .record import Recorder
from .touching import Touching

# How each test ended, said at once for the case that another never does; blanks to JSON.
GREEN, RED = b" ", b"\t"

IMPORTING = 30.0  # seconds for a source that no test imports
NOT_IMPORTED: Json = {
    "module": "",
    "import_error": "importing it ends the process or takes too long",
    "libraries": [],
}


def chosen(items: list[pytest.Item], tests: list[str] | None, reverse: bool) -> list[pytest.Item]:
    """The items to run: those named (parameters do not matter), in the order of the names, or all of them."""
    if tests is not None:
        plain: dict[str, list[pytest.Item]] = {}
        for item in items:
            plain.setdefault(item.nodeid.partition("::")[2].partition("[")[0], []).append(item)
        items = [item for name in tests for item in plain.get(name, ())]
    return items[::-1] if reverse else items


def place_among(items: list[pytest.Item], test_file: Path) -> int:
    """Where the tests of a file would stand among those that were collected: in its folder, by its name."""
    paths = [Path(item.path) for item in items]
    siblings = [at for at, path in enumerate(paths) if path.parent == test_file.parent]
    after = (at for at in siblings if paths[at].name > test_file.name)
    return next(after, siblings[-1] + 1 if siblings else len(items))


class Suite:
    """Runs the project's whole suite as its own command would, in this process."""

    def __init__(self, setup: Json) -> None:
        self.setup = setup
        self.coverage = SourceCoverage(setup["sources"], setup["subprocesses"])
        self.recorder = Recorder()
        self.touching = Touching(self.coverage.measurer)
        self.overlay = Overlay([Path(path) for path in setup["test_files"]], None, setup["deselected"])
        self.answer: Json = {}
        self.measured: List[str] = []
        self.writer = -1
        self.known = set(sys.modules)

    def run(self, job: Json) -> Json:
        contents = {Path(path): Path(text).read_bytes() for path, text in job["contents"].items()}
        self.overlay.contents = contents
        self.measured, self.writer = job["measured"], job["writer"]
        self.coverage.start()
        for source in self.measured:
            self.coverage.read(source)
        enter(self.setup)
        plugins = [Quiet(EVERYWHERE), self.recorder, self.overlay, self.touching, self]
        status = pytest.main(self.setup["args"], plugins=plugins)
        return {**self.answer, **self.recorder.result(), "status": int(status)}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Go to test files too where the command does not lead there, so that their conftest files count."""
        named = [Path(config.invocation_params.dir, arg.partition("::")[0]) for arg in config.args]

        def leads_there(test_file: Path) -> bool:
            return any(is_in(folder_of(test_file), path) or path == test_file for path in named)

        away = [test_file for test_file in self.overlay.contents if not leads_there(test_file)]
        if away and not config.option.pyargs:
            self.overlay.only = named
            config.args.extend(folders_of(away))

    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        there = {Path(item.path) for item in items}
        for test_file in self.overlay.contents:
            if test_file not in there:
                place = place_among(items, test_file)
                items[place:place] = self.overlay.collect(session, test_file, doctests=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Say how the source is imported, once all tests are; not every suite does so."""
        module = loaded_as(self.measured[0]) if len(self.measured) == 1 else ""
        if module and not session.testsfailed:
            os.write(self.writer, IMPORTED + module.encode() + b"\n")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.answer["fixtures"] = fixtures_of(session.config, self.setup["cwd"])

    def pytest_sessionfinish(self) -> None:
        if "sources" not in self.answer:
            self.coverage.end()
            self.answer["sources"] = {source: self.about(source) for source in self.measured}
            self.answer["loaded"] = loaded_in_order(self.measured)
            self.answer["foreign"] = libraries(self.known, self.setup["cwd"])

    def about(self, source: str) -> Json:
        """What of a source is reached, and how it is imported."""
        how = partial(imported, source, self.setup["import_names"][source], self.setup["cwd"])
        told = how() if loaded_as(source) else aside(how, IMPORTING) or NOT_IMPORTED
        return {
            **self.coverage.report(source),
            **told,
            "touching": self.touching.tests.get(source, []),
            "omitted": self.coverage.omitted(source),
            "outside": self.coverage.rules.objection(source, told["module"]),
        }


class Warm:
    """Goes into pytest as far as collecting, then hands over: the rest is done for each job in a child.

    `to_preload` gives the modules to import before that.
    """

    def __init__(self, setup: Json, to_preload: Callable[[], List[str]]) -> None:
        self.setup = setup
        self.to_preload = to_preload
        self.coverage = SourceCoverage(setup["sources"], setup["subprocesses"])
        self.recorder = Recorder()
        self.overlay = Overlay([Path(path) for path in setup["test_files"]], [], setup["deselected"])
        self.mutation: Mutation | None = None
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
        config.args[:] = folders_of(self.overlay.test_files)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session = session
        for name in self.to_preload():
            with contextlib.suppress(Exception):  # what cannot be imported is the tests' affair
                importlib.import_module(name)
        if len(self.overlay.test_files) == 1:
            self.lead_to(self.overlay.test_files[0])
        own_handlers_only()
        self.then()
        return True

    def lead_to(self, test_file: Path) -> None:
        """Extend the import path as the test file will: whenever it changes coverage.py looks around anew."""
        lead_to(test_file, self.session.config)
        exec(compile("", str(test_file), "exec"), {})  # noqa: S102  it does so now, and not in each child

    def prepare(self, job: Json) -> None:
        """What is the same for every job with a source; to be done before the process for one is made."""
        with contextlib.suppress(CoverageException):  # it is gone meanwhile
            self.coverage.read(job["source"])

    def mutate(self, job: Json) -> None:
        """Put the job's mutant in the source's place, before anything imports that."""
        if job["mutant"] and not self.mutation:
            self.mutation = Mutation(job["source"], job["mutant"])
            self.mutation.install()

    def run(self, job: Json) -> Json:
        """Run a job to its end in this process, and if it passes see whether the process could end then."""
        started = perf_counter()
        self.mutate(job)
        if self.mutation:
            self.say_little(Path(job["content"]).read_bytes())
        self.collect(job)
        told = self.run_on_mutant(job, self.mutation) if self.mutation else self.run_measured(job)
        answer = {**told, **self.recorder.result(), "seconds": perf_counter() - started}
        if answer["outcome"] == "passed" and not self.mutation:
            end(job["writer"], job["pid"])
        return answer

    def say_little(self, content: bytes) -> None:
        """Leave out what only explains a failure: of a mutant nobody reads it, and it takes most of the time.

        Assertions are rewritten all the same where a test may look at their message.
        """
        option = self.session.config.option
        option.tbstyle = "no"
        if sys.flags.optimize == 0 and b"AssertionError" not in content:
            option.assertmode = "plain"

    def run_measured(self, job: Json) -> Json:
        for _ in self.each(self.session):
            pass
        return self.coverage.report(job["source"])

    def run_on_mutant(self, job: Json, mutation: Mutation) -> Json:
        """Run the tests until one fails, and on for a while to see which others do; nothing is measured."""
        self.coverage.measurer.stop()
        for item in self.each(self.session):
            red = self.recorder.is_red(item)
            os.write(job["writer"], RED if red else GREEN)
            if red and signal.getitimer(signal.ITIMER_REAL)[0] == 0:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.setitimer(signal.ITIMER_REAL, job["linger"])  # ends this process; what counts is said
        return {"seen": mutation.seen}

    def collect(self, job: Json) -> None:
        """Make the session hold the items that the job asks for."""
        self.fresh_capture()
        self.coverage.offspring.clear()
        session, test_file = self.session, Path(job["test_file"])
        self.overlay.choose(test_file, Path(job["content"]).read_bytes(), job.get("tests"))
        hook = session.config.hook
        items = self.overlay.collect(session, test_file)
        hook.pytest_collection_modifyitems(session=session, config=session.config, items=items)
        session.items = chosen(items, job.get("tests"), job.get("reverse", False))
        session.testscollected = len(session.items)
        hook.pytest_collection_finish(session=session)

    def each(self, session: pytest.Session) -> Iterator[pytest.Item]:
        """Run the items one after the other; each is given when it has ended."""
        for index, item in enumerate(session.items):
            following = session.items[index + 1] if index + 1 < len(session.items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            yield item

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
