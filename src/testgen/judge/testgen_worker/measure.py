"""What of the source is reached, by coverage.py, and under which name the source is imported."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Container
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Dict, List, Tuple

from coverage.exceptions import ConfigError

import coverage

from . import Json
from .leaving_out import Rules
from .offspring import Offspring
from .record import clip

# What the project's settings may say otherwise, and does not matter or would be in the way here.
OVERRIDDEN = {
    "run:source": None,
    "run:source_pkgs": [],
    "run:source_dirs": [],
    "run:dynamic_context": None,
    "run:relative_files": False,
    "run:debug": [],
    "run:debug_file": None,
    "run:disable_warnings": ["no-data-collected", "module-not-measured"],
}


EXTENSIONS = tuple(EXTENSION_SUFFIXES)
COMPILED = ", which is compiled, so that nothing can be said of what tests reach in it"


class SourceCoverage:
    """coverage.py on the source files, under the project's own settings."""

    def __init__(self, sources: List[str], subprocesses: bool) -> None:
        self.sources = sources
        self.measurer = coverage.Coverage(data_file=None, branch=True, include=sources)
        self.rules = Rules(self.measurer)
        for option, value in OVERRIDDEN.items():
            with contextlib.suppress(ConfigError):  # an option that this version does not know
                self.measurer.set_option(option, value)
        self.offspring = Offspring(self.measurer, sources, subprocesses)
        self.reporters: Dict[str, coverage.FileReporter] = {}
        self.ended = False

    def start(self) -> None:
        """Begin to measure."""
        self.offspring.start()
        self.measurer.start()

    def read(self, source: str) -> None:
        """Read a source once and for all, before any test can be in the way."""
        if source in self.reporters:
            return
        reporter = self.measurer._get_file_reporter(source)
        for reading in (reporter.lines, reporter.arcs, reporter.exit_counts, reporter.no_branch_lines):
            reading()  # each keeps what it read
        self.reporters[source] = reporter

    def end(self) -> None:
        """Measure no more."""
        if not self.ended:
            self.ended = True
            self.measurer.stop()
            self.offspring.collect(self.measurer.get_data())
            self.measurer._get_file_reporter = self.reporters.__getitem__  # type: ignore[assignment,method-assign]

    def report(self, source: str) -> Json:
        """What of a source was reached, and what could be, as coverage.py's own reports count it."""
        self.end()
        analysis = self.measurer._analyze(source)  # the public reports read the same, but write files
        branching = set(analysis._branch_lines())
        possible = {
            arc
            for arc in self.reporters[source].arcs()
            if arc[0] in branching and arc[0] not in analysis.no_branch and arc[1] not in analysis.excluded
        }
        reached = {(a, b) for a, ends in analysis.executed_branch_arcs().items() for b in ends}
        return {
            "lines": sorted(analysis.statements - analysis.missing),
            "branches": sorted(reached & possible),
            "possible_lines": sorted(analysis.statements),
            "possible_branches": sorted(possible),
        }

    def omitted(self, source: str) -> str:
        """Why the project's settings leave the source out of coverage; empty if they do not."""
        rules = self.measurer._inorout
        return (rules and rules.check_include_omit_etc(source, None)) or ""


def import_name(source: str, names: List[str]) -> Tuple[str, str]:
    """The name under which the source was imported, or can be (the first that works), or why it cannot."""
    loaded = loaded_as(source)
    if loaded:
        return loaded, ""
    errors = []
    for name in names:
        try:
            importlib.import_module(name)
        except (Exception, SystemExit) as error:  # noqa: BLE001  any module may do anything when imported
            errors.append(f"{name}: {type(error).__name__}: {error}")
        if loaded_as(source) == name:
            return name, ""
        if there := getattr(sys.modules.get(name), "__file__", None):
            errors.append(f"{name}: {there} is imported instead{COMPILED * there.endswith(EXTENSIONS)}")
    return "", clip(errors[0] if errors else "no import name leads to it")


def imported(source: str, names: List[str], root: str) -> Json:
    """How a source is imported, and the libraries that this brings along."""
    known = set(sys.modules)
    module, error = import_name(source, names)
    return {"module": module, "import_error": error, "libraries": libraries(known, root)}


def libraries(known: Container[str], root: str) -> list[str]:
    """The modules from outside the project that were imported after those known, in their order."""
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    return [
        name for name, file in files.items() if file and name not in known and is_foreign(Path(file), root)
    ]


def is_foreign(file: Path, root: str) -> bool:
    installed = {"site-packages", "dist-packages"} & set(file.parts)
    return bool(installed) or Path(root) not in file.parents


def loaded_as(source: str) -> str:
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file and real(file) == source:
            return name
    return ""


def loaded_in_order(sources: List[str]) -> List[str]:
    """The modules among the sources that have been imported, in the order in which they were."""
    wanted, found = set(sources), []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file and real(file) in wanted:
            found.append(name)
    return found


@cache  # many sources are looked for among many modules
def real(file: str) -> str:
    return os.path.realpath(file)
