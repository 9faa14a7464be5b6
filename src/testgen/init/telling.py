"""What was found out about a project, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from testgen.errors import ProjectError
from testgen.init.finding import RUNNERS, Found
from testgen.init.project import command_of, is_python
from testgen.languages.python.naming import test_folder
from testgen.project import probe
from testgen.reports.phrases import shown


def told(found: Found, environ: Mapping[str, str]) -> Iterator[str]:
    """A line for each thing that a run would go by, with what to do about what is amiss."""
    yield f"project      {found.root}"
    if command := command_of(found.root):
        yield f"tests        by: {command['test-command']}"
    elif (found.root / "package.json").exists() and not is_python(found.root):
        yield "tests        how they are run has to be said: --test-command and --coverage-report"
    else:
        folder = test_folder(found.root)
        name = "beside the code" if folder == found.root else shown(folder, found.root)
        yield f"tests        {name}{'' if folder.is_dir() else ' (to be made)'}"
        yield from _interpreter(found, environ)
    yield f"branch       {found.branch}" if found.top else "branch       none: this is no git repository"


def _interpreter(found: Found, environ: Mapping[str, str]) -> Iterator[str]:
    try:
        yield f"interpreter  {found.python}: {probe(found.python).versions}"
    except ProjectError as error:
        yield f"interpreter  {error.cause}"
        yield f"             → {error.remedy}"
    runner = next((runner for file, runner in RUNNERS.items() if (found.root / file).exists()), "")
    own = any(found.python.is_relative_to(folder) for folder in found.environments)
    if runner and not own and not environ.get("VIRTUAL_ENV"):
        yield f"             → It is not the project's own; with that: {runner} testgen"
