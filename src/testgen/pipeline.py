"""The way through: from settings to a result, stage by stage."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from importlib.util import decode_source

from testgen.company import Company
from testgen.conversation import Conversation
from testgen.domain import Reply, Result, Stop, Usage
from testgen.errors import UsageError
from testgen.events import Emit, Measured, Stage
from testgen.files import read_if_there, replace_file
from testgen.gaps import reach_of, wants
from testgen.judge.bench import Bench, Limits, cores
from testgen.keep import Keeper
from testgen.languages import LANGUAGES, Unit
from testgen.project import discover
from testgen.prompting import Prompts
from testgen.providers import connect
from testgen.rounds import Rounds, Scene
from testgen.settings import Settings


def run(settings: Settings, environ: Mapping[str, str], emit: Emit) -> Result:
    """Do the main job; raises UsageError, ProjectError, or ProviderError if nothing could be asked."""
    started, scene = time.monotonic(), look(settings, environ)
    prompts = Prompts(settings.prompts_dir)
    with (
        closing(connect(settings, environ, scene.project.root)) as provider,
        Bench(scene.project, limits(settings), environ) as bench,
    ):
        rounds = begin(bench, scene, emit)
        see_through(rounds, Conversation(settings, provider, prompts, rounds).run)
    return finish(settings, rounds, provider.model, time.monotonic() - started)


def keep(settings: Settings, environ: Mapping[str, str], emit: Emit, replies: Sequence[str]) -> Result:
    """Judge tests that come from anywhere, a round for each text; raises UsageError or ProjectError."""
    started, scene = time.monotonic(), look(settings, environ)

    def bring_replies() -> None:
        rounds.warm_up()
        for text in replies:
            rounds.judge(Reply(text, Usage()))
        rounds.stop = Stop.GIVEN

    with Bench(scene.project, limits(settings), environ) as bench:
        rounds = begin(bench, scene, emit)
        see_through(rounds, bring_replies)
    return finish(settings, rounds, "", time.monotonic() - started)


def look(settings: Settings, environ: Mapping[str, str]) -> Scene:
    """What is there before anything is run; raises UsageError or ProjectError."""
    project = discover(settings, environ)
    language = LANGUAGES["python"]
    source = decode_source(project.source.read_bytes())
    units = language.units(source)
    check_names(settings.function, units)
    old = read_if_there(project.test_file)
    try:
        merger = language.merger(old)
    except UsageError as error:
        raise UsageError(f"{project.test_file}: {error.cause}", error.remedy) from error
    return Scene(project, language, source, units, old, merger, settings.function)


def check_names(wanted: tuple[str, ...], units: tuple[Unit, ...]) -> None:
    """Raise UsageError for a wanted definition that is not there."""
    for name in wanted:
        if not any(wants(unit.name, name) for unit in units):
            near = difflib.get_close_matches(name, [unit.name for unit in units], 1)
            hint = f"Did you mean {near[0]}?" if near else "Check --function."
            raise UsageError(f"the source has no function or class {name}", hint)


def limits(settings: Settings) -> Limits:
    """How candidates are to be judged."""
    return Limits(
        timeout=settings.timeout,
        suite_timeout=settings.suite_timeout,
        jobs=settings.jobs or cores(),
        repeat=settings.repeat,
        fork=settings.fork,
        memory=settings.memory,
    )


def begin(bench: Bench, scene: Scene, emit: Emit) -> Rounds:
    """Measure the existing tests; raises ProjectError unless they are green."""
    emit(Stage("measuring the existing tests"))
    baseline = bench.measure()
    emit(Measured(baseline.coverage))
    scope = reach_of(scene.units, scene.wanted, baseline.coverage.possible)
    company = Company(bench, scene.merger, scene.old)
    keeper = Keeper(bench, scene.merger, company, baseline.coverage.reached, scope, emit)
    return Rounds(scene, baseline, keeper, emit)


def see_through(rounds: Rounds, bring_replies: Callable[[], None]) -> None:
    """Judge what comes and confirm it; an interruption ends all that runs and keeps what was judged."""
    try:
        bring_replies()
        rounds.confirm()
    except KeyboardInterrupt:
        rounds.keeper.bench.abandon()
        rounds.stop = Stop.INTERRUPTED


def finish(settings: Settings, rounds: Rounds, model: str, seconds: float) -> Result:
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
        model=model,
        seconds=seconds,
        notes=tuple(notes),
    )
