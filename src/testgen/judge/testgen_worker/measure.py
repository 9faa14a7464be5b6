"""What of the source is reached, by coverage.py, and under which name the source is imported."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Container
from pathlib import Path

import coverage

from . import Json
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


class SourceCoverage:
    """coverage.py on the one source file, under the project's own settings."""

    def __init__(self, source: str, subprocesses: bool) -> None:
        self.source = source
        self.measurer = coverage.Coverage(data_file=None, branch=True, include=[source])
        for option, value in OVERRIDDEN.items():
            with contextlib.suppress(coverage.CoverageException):  # an option that this version does not know
                self.measurer.set_option(option, value)
        self.offspring = Offspring(self.measurer, source, subprocesses)

    def start(self) -> None:
        """Begin to measure, and read the source once and for all, before any test can be in the way."""
        self.offspring.start()
        self.measurer.start()
        reporter = self.measurer._get_file_reporter(self.source)
        for reading in (reporter.lines, reporter.arcs, reporter.exit_counts, reporter.no_branch_lines):
            reading()  # each keeps what it read
        self.measurer._get_file_reporter = lambda morf: reporter  # type: ignore[method-assign]  # noqa: ARG005

    def report(self) -> Json:
        """What was reached so far, and what could be, as coverage.py's own reports count it."""
        self.measurer.stop()
        self.offspring.collect(self.measurer.get_data())
        analysis = self.measurer._analyze(self.source)  # the public reports read the same, but write files
        branching = set(analysis._branch_lines())
        possible = {
            arc
            for arc in analysis.arc_possibilities_set
            if arc[0] in branching and arc[0] not in analysis.no_branch and arc[1] not in analysis.excluded
        }
        reached = {(a, b) for a, ends in analysis.executed_branch_arcs().items() for b in ends}
        return {
            "lines": sorted(analysis.statements - analysis.missing),
            "branches": sorted(reached & possible),
            "possible_lines": sorted(analysis.statements),
            "possible_branches": sorted(possible),
        }

    def objection(self) -> str:
        """Why the project's settings leave the source out of coverage; empty if they do not."""
        rules = self.measurer._inorout
        return (rules and rules.check_include_omit_etc(self.source, None)) or ""


def import_name(setup: Json) -> tuple[str, str]:
    """The name under which the source was imported, or can be (the first that works), or why it cannot."""
    loaded = loaded_as(setup["source"])
    if loaded:
        return loaded, ""
    errors = []
    for name in setup["import_names"]:
        try:
            importlib.import_module(name)
        except (Exception, SystemExit) as error:  # noqa: BLE001  any module may do anything when imported
            errors.append(f"{name}: {type(error).__name__}: {error}")
        if loaded_as(setup["source"]) == name:
            return name, ""
    return "", clip(errors[0] if errors else "no import name leads to it")


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
        if name != "__main__" and file and os.path.realpath(file) == source:
            return name
    return ""
