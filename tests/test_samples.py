from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from projects import copy_sample, sample_environment

CLEAN = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True)
class Sample:
    """A sample with what its README says of it: lines reached in all, and in the demo's source file."""

    name: str
    lines: int
    source: str
    source_lines: int
    source_branches: int


SAMPLES = [
    Sample("shipping", 48, "src/shipping/quote.py", 53, 19),
    Sample("ledger", 51, "ledger/book.py", 62, 23),
]


@pytest.fixture(scope="session", params=SAMPLES, ids=lambda sample: sample.name)
def sample(request):
    return request.param


@pytest.fixture(scope="session")
def python(sample):
    return sample_environment(sample.name)


@pytest.fixture
def project(sample, tmp_path):
    return copy_sample(sample.name, tmp_path)


def measured(python: Path, project: Path) -> dict:
    """Run the sample's suite as its own configuration says; coverage.py's JSON report of it."""
    coverage = [python, "-m", "coverage"]
    for command in (("run", "-m", "pytest", "-p", "no:cacheprovider"), ("json", "-o", "coverage.json")):
        ended = run([*coverage, *command], project)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    return json.loads((project / "coverage.json").read_text())


def run(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=CLEAN, capture_output=True, text=True, check=False)


def test_suite_is_green_and_leaves_the_gaps_that_the_readme_names(sample, python, project):
    report = measured(python, project)
    total, source = report["totals"], report["files"][sample.source]["summary"]
    assert round(100 * total["covered_lines"] / total["num_statements"]) == sample.lines
    assert round(100 * source["covered_lines"] / source["num_statements"]) == sample.source_lines
    assert round(100 * source["covered_branches"] / source["num_branches"]) == sample.source_branches


@pytest.mark.parametrize(("module", "installed"), [("testgen", False), ("pytest", True)])
def test_environment_has_what_a_project_has(python, tmp_path, module, installed):
    ended = run([python, "-c", f"import {module}"], tmp_path)
    assert (ended.returncode == 0) is installed, ended.stderr
