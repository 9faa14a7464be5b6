"""An independent, slow judge: every candidate really written into a copy of the project, pytest and coverage
run as a person runs them, the answer read from their own reports."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from testgen.domain import Outcome, Reach
from testgen.project import Project

OK, TESTS_FAILED, INTERRUPTED, USAGE, NO_TESTS = 0, 1, 2, 4, 5


@dataclass(frozen=True, slots=True)
class Finding:
    """How a test ended, and what it reached of the source (nothing if it did not report)."""

    outcome: Outcome
    reach: Reach


def ask(
    project: Project, content: bytes, test: str, environ: Mapping[str, str], timeout: float = 30
) -> Finding:
    """Judge one test of a test file's content, in fresh processes and a copy of the project."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(project.root, Path(folder, "project"))).resolve()
        test_file, source = (path.relative_to(project.root) for path in (project.test_file, project.source))
        (copy / test_file).write_bytes(content)
        coverage = Command((str(project.interpreter.path), "-m", "coverage"), copy, environ)
        measured = ("run", "--branch", f"--include={copy / source}")
        pytest = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=junit.xml")
        code = coverage.run(*measured, *pytest, f"{test_file}::{test}", timeout=timeout)
        if code is None:
            return Finding(Outcome.TIMEOUT, Reach())
        for form in ("json", "xml"):
            coverage.run(form, "-q", "-o", f"coverage.{form}", timeout=60)
        return Finding(outcome_of(code, copy / "junit.xml"), reach_of(copy, source.as_posix()))


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its first arguments, run in a folder."""

    words: tuple[str, ...]
    folder: Path
    environ: Mapping[str, str]

    def run(self, *more: str, timeout: float) -> int | None:
        """Its exit code, None when it takes too long; what it left in its group is ended."""
        null = subprocess.DEVNULL  # no pipes: a daemon that is left behind would keep them open
        with subprocess.Popen(
            [*self.words, *more], cwd=self.folder, env=self.environ, stdin=null, stdout=null, stderr=null,
            start_new_session=True,
        ) as process:  # fmt: skip
            try:
                return process.wait(timeout)
            except subprocess.TimeoutExpired:
                return None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def outcome_of(code: int, junit: Path) -> Outcome:
    """How pytest says that its only test ended."""
    if not junit.exists() or code not in (OK, TESTS_FAILED, INTERRUPTED, USAGE, NO_TESTS):
        return Outcome.CRASHED
    cases = list(ElementTree.parse(junit).iter("testcase"))
    found = {child.tag for case in cases for child in case}
    texts = "".join(child.get("message", "") for case in cases for child in case)
    if "collection failure" in texts:
        return Outcome.BROKEN
    if code == INTERRUPTED:
        return Outcome.CRASHED
    if not cases or code in (USAGE, NO_TESTS):
        return Outcome.EMPTY
    for tag, outcome in (("error", Outcome.ERROR), ("failure", Outcome.FAILED), ("skipped", Outcome.SKIPPED)):
        if tag in found:
            return outcome
    return Outcome.PASSED


def reach_of(folder: Path, source: str) -> Reach:
    """What coverage.py's reports say about the source: statements in XML, branches in JSON.

    The JSON of older versions also counts lines that ran but are no statements.
    """
    if not (folder / "coverage.json").exists():
        return Reach()
    files = json.loads((folder / "coverage.json").read_text())["files"]
    lines = ElementTree.parse(folder / "coverage.xml").iter("line")
    ran = (int(line.get("number", 0)) for line in lines if line.get("hits") != "0")
    return Reach.of(ran, files[source]["executed_branches"] if source in files else ())
