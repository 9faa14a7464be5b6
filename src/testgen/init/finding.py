"""What `testgen init` can find out, so that it need not ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from testgen.errors import UsageError
from testgen.git import Repository
from testgen.project import find_python, find_root

MAIN = "main"


@dataclass(frozen=True, slots=True)
class Found:
    """A project as it is. Paths are absolute.

    `python` is the interpreter that a run would use, `branch` the one that pull requests go to, `top` the
    folder of the repository (None outside of git) and `hooks` the folder of its hooks.
    """

    root: Path
    python: Path
    environments: tuple[Path, ...] = ()
    branch: str = MAIN
    top: Path | None = None
    hooks: Path | None = None


def look(here: Path, environ: Mapping[str, str]) -> Found:
    """Find out what there is around a folder; nothing is run but git."""
    root = find_root(here / "here")
    python = find_python("", root, environ)
    environments = tuple(folder / name for folder in (root, *root.parents) for name in (".venv", "venv"))
    try:
        repository = Repository.around(root, environ)
    except UsageError:  # no git, or not in one: only some targets need it
        return Found(root, python, environments)
    hooks = repository.root / repository.ask("rev-parse", "--git-path", "hooks")
    return Found(root, python, environments, _branch(repository), repository.root, hooks)


def _branch(repository: Repository) -> str:
    """The branch that the remote calls its own, else the first usual name that is there."""
    head = repository.ask("symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    if head:
        return head.removeprefix("origin/")
    for name in (MAIN, "master", "trunk"):
        if repository.ask("rev-parse", "--verify", "-q", name):
            return name
    return MAIN
