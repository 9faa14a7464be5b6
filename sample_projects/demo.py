"""The main job on a sample project, with recorded replies: no key, no network but the package registry.

Works on a copy in a temporary folder, whose virtual environment has what the sample needs and not testgen.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Sample:
    """Which file the demo asks tests for, and where they go; all paths are relative to the sample's folder.

    `judged` are the arguments of a second run, `testgen judge` on tests written to be refused.
    """

    source: str
    test_file: str
    judged: tuple[str, ...] = ()


SAMPLES = {
    "shipping": Sample(
        "src/shipping/quote.py",
        "tests/test_shipping.py",
        judged=("doubtful_tests.py", "--source-file", "src/shipping/schedule.py"),
    ),
    "ledger": Sample("ledger/book.py", "tests/test_book.py"),
}


def main() -> int:
    """Run the demo and return testgen's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sample", nargs="?", choices=SAMPLES, default="shipping")
    name = parser.parse_args().sample
    with tempfile.TemporaryDirectory(prefix="testgen-demo-") as folder:
        project = Path(folder, name)
        copy_sample(name, project)
        install_dependencies(project)
        code = generate_tests(SAMPLES[name], project)
        run(project, "git", "--no-pager", "diff")
        if SAMPLES[name].judged:
            print(
                "\nThe same judge on tests written for this demo, most of them wrong in a way of their own:\n"
            )
            testgen(project, "judge", *SAMPLES[name].judged)
    return code


def copy_sample(name: str, project: Path) -> None:
    """Copy a sample into a new folder and note its state in a git index, for the diff at the end."""
    shutil.copytree(HERE / name, project, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    run(project, "git", "init", "--quiet")
    run(project, "git", "add", "--all")


def install_dependencies(project: Path) -> None:
    """Give the project a .venv with its dependencies and its dev group (pytest and coverage)."""
    config = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [*config["project"].get("dependencies", []), *config["dependency-groups"]["dev"]]
    run(project, sys.executable, "-m", "venv", ".venv")
    run(project, ".venv/bin/python", "-m", "pip", "install", "--quiet", *needed)


def generate_tests(sample: Sample, project: Path) -> int:
    """Run testgen as a user would, but with the recorded replies; returns its exit code."""
    arguments = ("--source-file", sample.source, "--test-file", sample.test_file, "--replay", "recordings")
    return testgen(project, *arguments)


def testgen(project: Path, *arguments: str) -> int:
    """Run testgen in the project and return its exit code."""
    return run(project, str(Path(sys.executable).with_name("testgen")), *arguments, check=False)


def run(project: Path, *command: str, check: bool = True) -> int:
    """Show a command, run it in the project and return its exit code."""
    print(f"$ {shlex.join([Path(command[0]).name, *command[1:]])}", flush=True)
    return subprocess.run(command, cwd=project, check=check).returncode


if __name__ == "__main__":
    sys.exit(main())
