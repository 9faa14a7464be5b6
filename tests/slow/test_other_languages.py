"""The samples in other languages: the main job from a clean copy, installed from the registries.

What is downloaded and built stays in `.cache/languages`, which stands for the user's home.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from demo import SAMPLES, Sample
from projects import REPOSITORY

FOREIGN = {name: sample for name, sample in SAMPLES.items() if sample.foreign}
RUNS = {"basket": 4, "roster": 4, "limiter": 6, "invoice": 10}  # of the test command, at most
TOLD_APART = ("basket", "roster", "limiter")  # those whose runner shows what each test reaches
HOME = REPOSITORY / ".cache" / "languages"


@pytest.fixture(params=FOREIGN)
def name(request) -> str:
    if missing := FOREIGN[request.param].foreign.missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    return request.param


@pytest.fixture
def sample(name) -> Sample:
    return FOREIGN[name]


@pytest.fixture
def environ() -> dict[str, str]:
    """Java asks the system for the home folder, unless it is told."""
    HOME.mkdir(parents=True, exist_ok=True)
    return {**os.environ, "HOME": str(HOME), "MAVEN_OPTS": f"-Duser.home={HOME}"}


@pytest.fixture
def project(name, sample, tmp_path, environ) -> Path:
    made = shutil.ignore_patterns("node_modules", "coverage", "target", "cover.out")
    folder = shutil.copytree(REPOSITORY / "sample_projects" / name, tmp_path / "project", ignore=made)
    installed = run(shlex.split(sample.foreign.install), folder, environ)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return folder


def run(command: list[str], folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_the_main_job_from_a_clean_copy(name, sample, project, environ, tmp_path):
    report, counter = tmp_path / "report.json", tmp_path / "counter"
    counter.mkdir()
    counted = ("--test-command", f"echo >> {counter}/runs; {sample.foreign.command}")
    said = ("--max-iterations", "1", "--report", f"json:{report}")
    arguments = (*sample.arguments, "--replay", "recordings", *counted, "--allow-write", str(counter), *said)
    source = (project / sample.source).read_bytes()
    done = run([sys.executable, "-m", "testgen", *arguments], project, environ)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(report.read_text("utf-8"))
    kept = [one for one in found["candidates"] if one["verdict"] == "kept"]
    assert len(kept) >= 4, done.stdout
    assert len((counter / "runs").read_text()) <= RUNS[name]
    if name in TOLD_APART:
        assert not any(one["shared"]["lines"] or one["shared"]["branches"] for one in kept)
    assert (project / sample.source).read_bytes() == source
    again = run(shlex.split(sample.foreign.command), project, environ)
    assert again.returncode == 0, again.stdout + again.stderr
