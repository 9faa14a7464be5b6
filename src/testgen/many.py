"""What testgen does when it is called for many source files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tokenize import TokenError
from typing import TypeVar

from testgen.changes import changes_since, widened
from testgen.configuration import with_projects
from testgen.domain import Patch, Stop
from testgen.errors import ExitCode, UsageError
from testgen.events import Emit
from testgen.gaps import is_wanted
from testgen.git import Repository
from testgen.goals import by_goals
from testgen.languages import Language, Unit, language_of
from testgen.languages.plain import TEXT
from testgen.project import source_text
from testgen.reports import check, diff, many, terminal
from testgen.reports.many import summary
from testgen.reports.text import Span
from testgen.results import Results
from testgen.reviewing import Reviewer
from testgen.scene import named
from testgen.settings import Settings
from testgen.shell import Request, Shell, for_people
from testgen.sources import SUFFIXES, Gathered, are_many, find_sources, folders_of, gather

T = TypeVar("T")


def single(request: Request, shell: Shell) -> Request:
    """The request for one source file without other files, or for many with all of them, absolute."""
    given = request.settings.source_file
    named = [Path(os.path.normpath(shell.here / name)) for name in request.arguments]
    paths = (*([given] if given else []), *named) or (shell.here,)
    if are_many(paths):
        return replace(request, arguments=tuple(map(str, paths)))
    settings = replace(request.settings, source_file=paths[0])
    return Request(replace(request.resolved, settings=settings))


def write_many(request: Request, shell: Shell, reviewer: Reviewer | None = None) -> ExitCode:
    """Ask for tests, keep the good ones, say what was done."""
    from testgen.repository import run

    def work(settings: Settings, gathered: Gathered, emit: Emit) -> Results:
        return run(settings, shell.environ, gathered, emit, reviewer)

    said = summary.brief if request.settings.quiet else summary.full
    return _show(request, shell, work, said)


def plan_many(request: Request, shell: Shell) -> ExitCode:
    """Show what is missing and what asking for it may cost; nothing is asked and no key is needed."""
    from testgen.planning import plan

    def work(settings: Settings, gathered: Gathered, emit: Emit) -> Results:
        return plan(settings, shell.environ, gathered, emit)

    said = summary.brief_plan if request.settings.quiet else summary.planned
    return _show(request, shell, work, said)


def _show(
    request: Request,
    shell: Shell,
    work: Callable[[Settings, Gathered, Emit], Results],
    said: Callable[[Results, Path], Iterable[Span]],
) -> ExitCode:
    """Work with progress shown, then sum up and write the reports."""
    paths = [Path(name) for name in request.arguments]
    settings = with_projects(request.resolved, folders_of(paths))
    check(settings.report)
    sources = defining(settings.function, find_sources(paths, settings))
    patches = patches_of(settings.diff, sources, shell)
    if settings.diff:
        sources = tuple(patches)
    if not sources:
        for_people(settings, shell).write(f"No source file was changed since {settings.diff}.\n")
        many.write(Results((), (), (), Stop.NOTHING_MISSING), settings.report, shell.stdout, shell.here)
        return ExitCode.DONE
    gathered = replace(gather(settings, shell.environ, sources, shell.here), patches=patches)
    with terminal.progress(
        shell.stderr, quiet=settings.quiet, verbose=settings.verbose, environ=shell.environ
    ) as emit:
        results = replace(work(settings, gathered, emit), patches=patches)
    terminal.show(said(results, shell.here), for_people(settings, shell), shell.environ)
    for result in results.files if settings.diff_only else ():
        diff.show(result, shell.stdout, shell.here)
    many.write(results, settings.report, shell.stdout, shell.here)
    return exit_code(results, settings, shell)


def defining(wanted: Sequence[str], sources: tuple[Path, ...]) -> tuple[Path, ...]:
    """The sources with any of the wanted functions or classes, all if none is wanted; raises UsageError."""
    if not wanted:
        return sources
    if lines := [name for name in wanted if name.isdecimal()]:
        raise UsageError(f"--function {lines[0]} is a line of one file", "Name that with --source-file.")
    units = {source: _read(source, _units) for source in sources}
    for name in wanted:
        named([name], tuple(chain.from_iterable(units.values())))
    return tuple(file for file, some in units.items() if any(is_wanted(one.name, wanted) for one in some))


def patches_of(base: str, sources: Iterable[Path], shell: Shell) -> dict[Path, Patch]:
    """What was changed of each source that was, since a base; nothing without a base. Raises UsageError."""
    if not base:
        return {}
    changes = changes_since(base, Repository.around(shell.here, shell.environ), SUFFIXES)
    return {
        source: Patch(base, widened(changes[source], _read(source, _spans)))
        for source in sources
        if source in changes
    }


def _units(language: Language, text: str) -> tuple[Unit, ...]:
    return language.units(text)


def _spans(language: Language, text: str) -> tuple[range, ...]:
    """The statements on several lines."""
    return language.spans(text)


def _read(source: Path, read: Callable[[Language, str], tuple[T, ...]]) -> tuple[T, ...]:
    """What is read from a source; nothing if that cannot be done, which is said where it is worked on."""
    try:
        return read(language_of(source) or TEXT, source_text(source))
    except (SyntaxError, TokenError, UnicodeDecodeError, UsageError):
        return ()


def exit_code(results: Results, settings: Settings, shell: Shell) -> ExitCode:
    """How the process of a finished run ends."""
    if results.stop is Stop.INTERRUPTED:
        return ExitCode.INTERRUPTED
    if any(result.ending.trouble for result in results.files):
        return ExitCode.PROJECT
    return by_goals(settings, shell, results.after, results.patch_after)
