"""Samples in other languages: where what they download and build stays, and how they are installed.

`.cache/languages` stands for the user's home.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from demo import HERE, SAMPLES, Foreign, Sample
from projects import REPOSITORY

FOREIGN: dict[str, tuple[Sample, Foreign]] = {
    name: (sample, sample.foreign) for name, sample in SAMPLES.items() if sample.foreign
}
HOME = REPOSITORY / ".cache" / "languages"


def environment() -> dict[str, str]:
    """The variables with which everything runs; Java asks the system for the home, unless it is told."""
    HOME.mkdir(parents=True, exist_ok=True)
    return {**os.environ, "HOME": str(HOME), "MAVEN_OPTS": f"-Duser.home={HOME}"}


def install(foreign: Foreign, folder: Path) -> None:
    """Have a project's tools install what it needs; raises AssertionError with what they say."""
    if foreign.install:
        ended = run(shlex.split(foreign.install), folder)
        assert ended.returncode == 0, ended.stdout + ended.stderr


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a project."""
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)


def recorded(name: str) -> str:
    """The recorded reply of a sample, without what is noted above it."""
    return (HERE / name / "recordings" / "0001.md").read_text("utf-8").split("---\n", 2)[2]
