"""What `testgen init` can find out, so that it need not ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from testgen.errors import UsageError
from testgen.git import Repository
from testgen.init.origin import Origin
from testgen.project import ROOT_MARKERS, find_python, is_root

MAIN = "main"
# Where a project is: as a run finds it, and those in other languages below the top of a repository.
MARKERS = (*ROOT_MARKERS, "package.json", "go.mod", "pom.xml")
# What runs a command in a project's environment that may stand anywhere, by a file of the project.
RUNNERS = {
    "poetry.lock": "poetry run",
    "pdm.lock": "pdm run",
    "Pipfile.lock": "pipenv run",
    "uv.lock": "uv run",
}


@dataclass(frozen=True, slots=True)
class Job:
    """What a CI job is made from. `python` is a version such as "3.12", `model` is "" for the default.

    `install` are the commands that install the project with its test tools, `max_cost` the dollars a run may
    cost; `push` and `weekly` are whether kept tests are pushed and whether all is tested once a week.
    """

    origin: Origin
    python: str
    install: tuple[str, ...]
    model: str
    max_cost: float
    push: bool = False
    weekly: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A project as it is. Paths are absolute.

    `python` is the interpreter that a run would use, `branch` the one that pull requests go to, `top` the
    folder of the repository (None outside of git), `hooks` the folder of its hooks, and `job` what a CI job
    has to know (None unless one is to be written).
    """

    root: Path
    python: Path
    environments: tuple[Path, ...] = ()
    branch: str = MAIN
    top: Path | None = None
    hooks: Path | None = None
    job: Job | None = None


def look(here: Path, environ: Mapping[str, str]) -> Found:
    """Find out what there is around a folder; nothing is run but git."""
    root = next((folder for folder in (here, *here.parents) if is_root(folder, MARKERS)), here)
    python = find_python("", root, environ)
    environments = tuple(folder / name for folder in (root, *root.parents) for name in (".venv", "venv"))
    try:
        repository = Repository.around(root, environ)
    except UsageError:  # no git, or not in one: only some targets need it
        return Found(root, python, environments)
    hooks = repository.root / repository.ask("rev-parse", "--git-path", "hooks")
    return Found(root, python, environments, _branch(repository), repository.root, hooks)


def top_of(found: Found) -> Path:
    """The folder of the repository; raises UsageError outside of one."""
    if found.top is None:
        raise UsageError(f"{found.root} is in no git repository", "Run 'git init' first.")
    return found.top


def job_of(found: Found) -> Job:
    """What a CI job has to know, for a target that writes one."""
    if found.job is None:
        raise ValueError("found without a job")
    return found.job


def _branch(repository: Repository) -> str:
    """The branch that the remote calls its own, else the first usual name that is there."""
    head = repository.ask("symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    if head:
        return head.removeprefix("origin/")
    for name in (MAIN, "master", "trunk"):
        if repository.ask("rev-parse", "--verify", "-q", name):
            return name
    return MAIN
