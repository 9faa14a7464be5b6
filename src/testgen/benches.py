"""Where candidates are tried, as the settings have it: the bench, its limits and its sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from testgen.judge.bench import Bench
from testgen.judge.command.bench import CommandBench
from testgen.judge.sandbox import Enclosure, choose
from testgen.judge.sandbox.terms import Grants
from testgen.judge.workers import Limits, cores
from testgen.project import Project
from testgen.settings import Settings


def bench_for(settings: Settings, project: Project, environ: Mapping[str, str]) -> Bench | CommandBench:
    """Where candidates for a source are tried; raises UsageError if the sandbox asked for does not work."""
    if not project.command:
        return bench_for_all(settings, (project,), environ)
    return command_bench_for(settings, project, environ, nullcontext())


def command_bench_for(
    settings: Settings, project: Project, environ: Mapping[str, str], turn: AbstractContextManager[object]
) -> CommandBench:
    """The same for a source with a test command; see CommandBench for its `turn`."""
    return CommandBench(project, limits(settings), environ, enclosure_for(settings, project, environ), turn)


def bench_for_all(settings: Settings, projects: Sequence[Project], environ: Mapping[str, str]) -> Bench:
    """The same for sources of one root that pytest has the tests for."""
    first, *others = projects
    return Bench(first, limits(settings), environ, enclosure_for(settings, first, environ), others)


def enclosure_for(settings: Settings, project: Project, environ: Mapping[str, str]) -> Enclosure:
    """The sandbox that was asked for; raises UsageError if it does not work."""
    grants = Grants(settings.allow_network, settings.allow_read, settings.allow_write, settings.pass_env)
    return choose(settings.sandbox, grants, project, environ)


def limits(settings: Settings) -> Limits:
    """How candidates are to be judged."""
    return Limits(
        timeout=settings.timeout,
        suite_timeout=settings.suite_timeout,
        jobs=settings.jobs or cores(),
        repeat=settings.repeat,
        fork=settings.fork,
        memory=settings.memory,
        deselect_failing=settings.deselect_failing,
    )
