"""The samples in other languages: the main job from a clean copy, installed from the registries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from projects import REPOSITORY


@dataclass(frozen=True)
class Sample:
    """A sample, what installs its needs, how its tests are run and measured, and how often at most."""

    name: str
    source: str
    tools: tuple[str, ...]
    install: str
    command: str
    report: str
    runs: int


SAMPLES = [
    Sample(
        "basket",
        "src/basket.js",
        ("node", "npm"),
        "npm ci --no-audit --no-fund",
        "npx jest --coverage",
        "coverage/lcov.info",
        6,
    ),
    Sample(
        "roster",
        "src/roster.ts",
        ("node", "npm"),
        "npm install --no-audit --no-fund",
        "npx vitest run --coverage",
        "coverage/lcov.info",
        8,
    ),
    Sample(
        "limiter",
        "limiter.go",
        ("go",),
        "go build ./...",
        "go test -coverprofile=cover.out ./...",
        "cover.out",
        6,
    ),
    Sample(
        "invoice",
        "src/main/java/com/example/invoice/Invoice.java",
        ("mvn", "java"),
        "mvn -q -B test",
        "mvn -o -q -B test",
        "target/site/jacoco/jacoco.xml",
        10,
    ),
]

TOLD_APART = ("basket", "limiter")  # those whose runner shows what each test reaches


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.name)
def sample(request) -> Sample:
    missing = [tool for tool in request.param.tools if not shutil.which(tool)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if not any((REPOSITORY / "sample_projects" / request.param.name / "recordings").glob("*.md")):
        pytest.skip("there is no recorded reply yet")
    return request.param


@pytest.fixture
def project(sample, tmp_path) -> Path:
    left_out = shutil.ignore_patterns("node_modules", "coverage", "target", "cover.out")
    folder = shutil.copytree(
        REPOSITORY / "sample_projects" / sample.name, tmp_path / "project", ignore=left_out
    )
    done = subprocess.run(sample.install, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{sample.install}: {(done.stderr or done.stdout)[-300:]}")
    return folder


def test_the_main_job_from_a_clean_copy(sample, project, tmp_path):
    report, counter = tmp_path / "report.json", tmp_path / "counter"
    counter.mkdir()
    command = [
        *(sys.executable, "-m", "testgen", "--source-file", sample.source, "--replay", "recordings"),
        *("--test-command", f"echo >> {counter}/runs; {sample.command}", "--allow-write", str(counter)),
        *("--coverage-report", sample.report),
        *("--max-iterations", "1", "--report", f"json:{report}"),
    ]
    source = (project / sample.source).read_bytes()
    done = subprocess.run(
        command, cwd=project, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(report.read_text("utf-8"))
    kept = [one for one in found["candidates"] if one["verdict"] == "kept"]
    assert len(kept) >= 4, done.stdout
    assert len((counter / "runs").read_text()) <= sample.runs
    if sample.name in TOLD_APART:
        assert not any(one["shared"]["lines"] or one["shared"]["branches"] for one in kept)
    assert (project / sample.source).read_bytes() == source
    again = subprocess.run(
        sample.command, shell=True, cwd=project, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stdout + again.stderr
