"""The main job on a sample project, with recorded replies: no key, no network but the package registry.

Works on a copy in a temporary folder, which has what the sample needs and not testgen.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Foreign:
    """How a sample that is not for pytest is installed, run and measured, and the tools for that."""

    tools: tuple[str, ...]
    install: str
    command: str
    report: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The tools that are not on this machine."""
        return tuple(tool for tool in self.tools if not shutil.which(tool))


@dataclass(frozen=True, slots=True)
class Sample:
    """Which file the demo asks tests for, and where they go; all paths are relative to the sample's folder.

    `judged` are the arguments of a second run, `testgen judge` on tests written to be refused.
    """

    source: str
    test_file: str
    judged: tuple[str, ...] = ()
    foreign: Foreign | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """What testgen is told of the sample."""
        files = ("--source-file", self.source, "--test-file", self.test_file)
        if not self.foreign:
            return files
        return (*files, "--test-command", self.foreign.command, "--coverage-report", self.foreign.report)


NODE, MAVEN = ("node", "npm"), ("java", "mvn")
LCOV = "coverage/lcov.info"
INVOICE = "com/example/invoice/Invoice"
SAMPLES: Mapping[str, Sample] = {
    "shipping": Sample(
        "src/shipping/quote.py",
        "tests/test_shipping.py",
        judged=("doubtful_tests.py", "--source-file", "src/shipping/schedule.py"),
    ),
    "ledger": Sample("ledger/book.py", "tests/test_book.py"),
    "basket": Sample(
        "src/basket.js",
        "src/basket.test.js",
        foreign=Foreign(NODE, "npm ci --no-audit --no-fund", "npx jest --coverage", LCOV),
    ),
    "roster": Sample(
        "src/roster.ts",
        "src/roster.test.ts",
        foreign=Foreign(NODE, "npm ci --no-audit --no-fund", "npx vitest run --coverage", LCOV),
    ),
    "limiter": Sample(
        "limiter.go",
        "limiter_test.go",
        foreign=Foreign(("go",), "go build ./...", "go test -coverprofile=cover.out ./...", "cover.out"),
    ),
    "invoice": Sample(
        f"src/main/java/{INVOICE}.java",
        f"src/test/java/{INVOICE}Test.java",
        foreign=Foreign(MAVEN, "mvn -q -B test", "mvn -o -q -B test", "target/site/jacoco/jacoco.xml"),
    ),
}


def main() -> int:
    """Run the demo and return testgen's exit code, or 2 where the sample's tools are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sample", nargs="?", choices=SAMPLES, default="shipping")
    name = parser.parse_args().sample
    sample = SAMPLES[name]
    if sample.foreign and sample.foreign.missing:
        print(f"not installed: {', '.join(sample.foreign.missing)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="testgen-demo-") as folder:
        project = Path(folder, name)
        copy_sample(name, project)
        install_dependencies(sample, project)
        code = testgen(project, *sample.arguments, "--replay", "recordings")
        run(project, "git", "--no-pager", "diff")
        if sample.judged:
            print(
                "\nThe same judge on tests written for this demo, most of them wrong in a way of their own:\n"
            )
            testgen(project, "judge", *sample.judged)
    return code


def copy_sample(name: str, project: Path) -> None:
    """Copy a sample into a new folder and note its state in a git index, for the diff at the end."""
    made = ("node_modules", "coverage", "target", "cover.out")
    shutil.copytree(HERE / name, project, ignore=shutil.ignore_patterns(".*", "__pycache__", *made))
    run(project, "git", "init", "--quiet")
    run(project, "git", "add", "--all")


def install_dependencies(sample: Sample, project: Path) -> None:
    """Give the project what it needs: of Python a .venv with its dev group (pytest and coverage)."""
    if sample.foreign:
        run(project, *shlex.split(sample.foreign.install))
        return
    config = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [*config["project"].get("dependencies", []), *config["dependency-groups"]["dev"]]
    run(project, sys.executable, "-m", "venv", ".venv")
    run(project, ".venv/bin/python", "-m", "pip", "install", "--quiet", *needed)


def testgen(project: Path, *arguments: str) -> int:
    """Run testgen in the project and return its exit code."""
    return run(project, str(Path(sys.executable).with_name("testgen")), *arguments, check=False)


def run(project: Path, *command: str, check: bool = True) -> int:
    """Show a command, run it in the project and return its exit code."""
    print(f"$ {shlex.join([Path(command[0]).name, *command[1:]])}", flush=True)
    return subprocess.run(command, cwd=project, check=check).returncode


if __name__ == "__main__":
    sys.exit(main())
