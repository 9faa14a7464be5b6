"""The real thing: test files of published packages, cut into single tests and judged against none at all.

What is kept has to reach every line and branch that the whole file reached, counted by coverage.py's own
reports, with fewer tests. The sources are downloaded from the package registry into `.cache/sdists`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from projects import REPOSITORY, environment, running
from testgen.domain import Reach

SDISTS = REPOSITORY / ".cache" / "sdists"
PACKAGES = ("coverage", "pytest<9", "freezegun", "hypothesis")  # boltons' conftest needs an older pytest


@dataclass(frozen=True)
class Package:
    """A release, a source file of it and that file's tests."""

    release: str
    source: str
    tests: str

    @property
    def id(self) -> str:
        return f"{self.release.partition('==')[0]} {self.source}"


RELEASES = (
    Package("boltons==25.0.0", "boltons/strutils.py", "tests/test_strutils.py"),
    Package("boltons==25.0.0", "boltons/iterutils.py", "tests/test_iterutils.py"),
    Package("boltons==25.0.0", "boltons/dictutils.py", "tests/test_dictutils.py"),
    Package("boltons==25.0.0", "boltons/cacheutils.py", "tests/test_cacheutils.py"),
    Package("inflection==0.5.1", "inflection/__init__.py", "test_inflection.py"),
    Package("parse==1.20.2", "parse.py", "tests/test_parse.py"),
    Package("toolz==1.0.0", "toolz/itertoolz.py", "toolz/tests/test_itertoolz.py"),
    Package("toolz==1.0.0", "toolz/dicttoolz.py", "toolz/tests/test_dicttoolz.py"),
    Package("humanize==4.12.3", "src/humanize/number.py", "tests/test_number.py"),
    Package("more-itertools==10.7.0", "more_itertools/recipes.py", "tests/test_recipes.py"),
)


@dataclass(frozen=True)
class Suite:
    """What the tests of one file reach, and how many they are."""

    reach: Reach
    tests: int


def unpacked(release: str, folder: Path) -> Path:
    """The release's files in a folder of one's own; skips when it can neither be found nor downloaded."""
    name, _, version = release.partition("==")
    archive = SDISTS / f"{name.replace('-', '_')}-{version}.tar.gz"
    if not archive.exists():
        download(release, archive)
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def download(release: str, archive: Path) -> None:
    """Put a release's sources there, whole, also where several ask for them at the same time."""
    SDISTS.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    with tempfile.TemporaryDirectory(dir=SDISTS) as folder:
        ended = subprocess.run([*pip, "--dest", folder, release], capture_output=True, text=True, check=False)
        if ended.returncode:
            pytest.skip(f"{release} cannot be downloaded: {ended.stderr.strip().splitlines()[-1]}")
        next(Path(folder).iterdir()).replace(archive)


def environ(root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{root}:{root}/src", "PYTHONDONTWRITEBYTECODE": "1"}


def measured(root: Path, package: Package, python: Path) -> Suite:
    """The test file as it is, by pytest and coverage.py."""
    report, junit = root.parent / "coverage.json", root.parent / "junit.xml"
    coverage = [python, "-m", "coverage"]
    settings = f"--rcfile={os.devnull}"
    data = f"--data-file={root.parent / 'data'}"
    pytest_ = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={junit}", package.tests]
    ended = subprocess.run(
        [*coverage, "run", settings, data, "--branch", *pytest_],
        cwd=root, env=environ(root), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout
    subprocess.run(
        [*coverage, "json", settings, data, "-q", "-o", report], cwd=root, env=environ(root), check=True
    )
    reached = json.loads(report.read_text())["files"][package.source]
    tests = len(list(ElementTree.parse(junit).iter("testcase")))
    return Suite(Reach.of(reached["executed_lines"], reached["executed_branches"]), tests)


@pytest.mark.parametrize("package", RELEASES, ids=lambda package: package.id)
def test_what_is_kept_reaches_all_that_the_whole_file_reached(package: Package, tmp_path):
    root = unpacked(package.release, tmp_path / "sdist").resolve()
    python = environment(running(), PACKAGES)
    whole = measured(root, package, python)
    candidates = Path(shutil.move(root / package.tests, tmp_path / "candidates.py"))
    (root / "no_tests").mkdir()
    ended = subprocess.run(
        [sys.executable, "-m", "testgen", "keep", candidates, "--source-file", package.source,
         "--test-file", package.tests, "--python", python, "--test-command", f"pytest {root}/no_tests",
         "--sandbox", "none", "--report", "json:-"],
        cwd=root, env=environ(root), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    kept = measured(root, package, python)
    refused = {one["name"]: one["reason"] for one in json.loads(ended.stdout)["candidates"] if one["gate"]}
    assert whole.reach - kept.reach == Reach(), refused
    assert kept.tests < whole.tests
