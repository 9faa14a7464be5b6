"""What a CI job has to know: where testgen comes from, how the project is installed, what the user wishes."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from testgen.configuration import Layer, Resolved
from testgen.errors import UsageError
from testgen.files import read_if_there
from testgen.init.finding import Found, Job
from testgen.init.origin import find_origin

DOLLARS = 1.0  # that a run in CI may cost unless the user says otherwise
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"
REQUIREMENTS = tuple(
    pattern.format(name)
    for name in ("test", "tests", "dev")
    for pattern in (
        "requirements-{}.txt",
        "requirements/{}.txt",
        "{}-requirements.txt",
        "requirements_{}.txt",
    )
)
FOR_TESTS = ("test", "tests", "testing", "dev")  # what groups and extras with test tools are called


def job_for(
    found: Found, resolved: Resolved, origin: str, switches: Set[str], environ: Mapping[str, str]
) -> Job:
    """The job for a project; raises UsageError if a file cannot be read or testgen's origin is unknown."""
    settings, top = resolved.settings, found.top or found.root
    there = {path.relative_to(top).as_posix() for path in (*top.glob("*"), *top.glob("requirements/*"))}
    # What stands in the project's own file holds in the job anyway.
    given = resolved.sources["model"].layer in (Layer.ENVIRONMENT, Layer.FLAG)
    return Job(
        origin=find_origin(origin, environ),
        python=_version(found.python),
        install=tuple(install(there, _toml(top / "pyproject.toml"))),
        model=settings.model if given else "",
        max_cost=DOLLARS if settings.max_cost is None else settings.max_cost,
        push="push" in switches,
        weekly="weekly" in switches,
    )


def install(files: set[str], project: Mapping[str, Any]) -> Iterator[str]:
    """The commands that install a project with its test tools, by the files in it and its pyproject.toml."""
    if "uv.lock" in files:
        yield from ("python -m pip install --quiet uv", "uv sync", "uv pip install pytest coverage")
    elif "poetry.lock" in files:
        yield from (
            "python -m pip install --quiet poetry",
            "poetry config virtualenvs.in-project true --local",
        )
        yield from ("poetry install", "poetry run python -m pip install pytest coverage")
    else:
        yield "python -m pip install --quiet --upgrade pip"
        yield shlex.join(
            ("python", "-m", "pip", "install", "pytest", "coverage", *_requirements(files, project))
        )


def _requirements(files: set[str], project: Mapping[str, Any]) -> Iterator[str]:
    if "setup.py" in files or "build-system" in project or "project" in project:
        extras = project.get("project", {}).get("optional-dependencies", {})
        chosen = ",".join(name for name in extras if name in FOR_TESTS)
        yield from ("--editable", f".[{chosen}]" if chosen else ".")
    for group in project.get("dependency-groups", {}):
        if group in FOR_TESTS:
            yield from ("--group", group)
    for name in ("requirements.txt", *REQUIREMENTS):
        if name in files:
            yield from ("--requirement", name)


def _version(python: Path) -> str:
    """The version of an interpreter; that of the running one if it does not say."""
    try:
        done = subprocess.run(
            [python, "-I", "-c", VERSION], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return "{}.{}".format(*sys.version_info[:2])
    return done.stdout.strip()


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads((read_if_there(path) or b"").decode("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "Mend it first.") from error
