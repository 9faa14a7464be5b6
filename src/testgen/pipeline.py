"""The way through: from settings to a result, stage by stage."""

from __future__ import annotations

import difflib
import time
from collections.abc import Mapping
from contextlib import closing
from importlib.util import decode_source

from testgen.company import Company
from testgen.domain import Result, Stop
from testgen.errors import UsageError
from testgen.events import Emit, Measured, Stage
from testgen.files import read_if_there, replace_file
from testgen.gaps import reach_of, wants
from testgen.judge.bench import Bench, Limits, cores
from testgen.keep import Keeper
from testgen.languages import LANGUAGES
from testgen.project import discover
from testgen.prompting import Prompts
from testgen.providers import connect
from testgen.rounds import Rounds, Scene
from testgen.settings import Settings


def run(settings: Settings, environ: Mapping[str, str], emit: Emit) -> Result:
    """Do the main job; raises UsageError, ProjectError, or ProviderError if nothing could be asked."""
    started = time.monotonic()
    scene = look(settings, environ)
    bench = Bench(scene.project, limits(settings), environ)
    with closing(connect(settings, environ, scene.project.root)) as provider, bench:
        emit(Stage("measuring the existing tests"))
        baseline = bench.measure()
        emit(Measured(baseline.coverage))
        scope = reach_of(scene.units, settings.function, baseline.coverage.possible)
        company = Company(bench, scene.merger, scene.old)
        keeper = Keeper(bench, scene.merger, company, baseline.coverage.reached, scope, emit)
        rounds = Rounds(settings, scene, baseline, keeper, provider, Prompts(settings.prompts_dir), emit)
        try:
            rounds.run()
            confirm(rounds, emit)
        except KeyboardInterrupt:
            bench.abandon()
            rounds.stop = Stop.INTERRUPTED
        return finish(settings, rounds, time.monotonic() - started)


def look(settings: Settings, environ: Mapping[str, str]) -> Scene:
    """What is there before anything is run; raises UsageError or ProjectError."""
    project = discover(settings, environ)
    language = LANGUAGES["python"]
    source = decode_source(project.source.read_bytes())
    units = language.units(source)
    old = read_if_there(project.test_file)
    for name in settings.function:
        if not any(wants(unit.name, name) for unit in units):
            near = difflib.get_close_matches(name, [unit.name for unit in units], 1)
            hint = f"Did you mean {near[0]}?" if near else "Check --function."
            raise UsageError(f"{project.source.name} has no function or class {name}", hint)
    return Scene(project, language, source, units, old, language.merger(old))


def limits(settings: Settings) -> Limits:
    """How candidates are to be judged."""
    return Limits(
        settings.timeout, settings.suite_timeout, settings.jobs or cores(), settings.repeat, settings.fork
    )


def confirm(rounds: Rounds, emit: Emit) -> None:
    """Run the whole suite once more with the kept tests in it; those it turns red are refused."""
    if rounds.kept:
        emit(Stage("confirming with the whole suite"))
        rounds.confirm()


def finish(settings: Settings, rounds: Rounds, seconds: float) -> Result:
    """Write what was kept, unless told otherwise, and sum up."""
    scene, notes = rounds.scene, list(rounds.notes)
    new = rounds.keeper.merged(rounds.verdicts).content if rounds.kept else None
    written = False
    if new is not None and not settings.diff_only:
        written = replace_file(scene.project.test_file, new, expected=scene.old)
        if not written:
            notes.append(f"{scene.project.test_file.name} was changed meanwhile and is left as it is")
    return Result(
        source=scene.project.source,
        test_file=scene.project.test_file,
        before=rounds.baseline.coverage,
        after=rounds.coverage,
        rounds=rounds.done(),
        stop=rounds.stop,
        old=scene.old,
        new=new,
        written=written,
        model=rounds.provider.model,
        seconds=seconds,
        notes=tuple(notes),
    )
