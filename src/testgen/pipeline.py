"""The way through: from settings to a result, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime

from testgen.benches import bench_for
from testgen.company import Company
from testgen.confirming import Confirmation
from testgen.context import standing, stated
from testgen.context.looking_up import LookUp
from testgen.conversation import Conversation
from testgen.domain import Ending, Result, Stop
from testgen.errors import UsageError
from testgen.events import Emit, Measured, Stage, unseen
from testgen.files import OwnFolder
from testgen.forecast import Plan, forecast
from testgen.inquiry import Inquiry
from testgen.judge import Judge
from testgen.judge.bench import Bench
from testgen.judge.command.bench import CommandBench
from testgen.judge.command.groups import InGroups
from testgen.judge.rehearsal import Rehearsal
from testgen.judge.survey import Baseline
from testgen.keep import Keeper
from testgen.languages import Parsed
from testgen.prompting import prompts_for
from testgen.providers import connect
from testgen.providers.endpoint import resolve
from testgen.reviewing import Reviewer, drop, unreviewed
from testgen.rounds import Rounds
from testgen.scene import Scene, look
from testgen.settings import Settings
from testgen.store import PastRun, Store
from testgen.strength.assessing import assessor
from testgen.strength.weighing import Ask, nobody, weighed
from testgen.suspects.apart import keep_apart
from testgen.suspects.causes import Place
from testgen.suspects.inspection import Inspection
from testgen.suspects.quotations import Quotations
from testgen.trying import OneByOne, Trying
from testgen.writing import hand_over, write


def run(
    settings: Settings, environ: Mapping[str, str], emit: Emit, reviewer: Reviewer | None = None
) -> Result:
    """Do the main job; raises UsageError, ProjectError, or ProviderError if nothing could be asked."""
    started, begun, scene = datetime.now(UTC), time.monotonic(), look(settings, environ)
    root, prompts = scene.project.root, prompts_for(settings)
    store = Store(OwnFolder(root)) if settings.store and not settings.replay else None
    with (
        closing(connect(settings, environ, root, memory=store)) as provider,
        looked_up(scene) as look_up,
        bench_for(settings, scene.project, environ) as bench,
    ):
        rounds = begin(bench, scene, settings, emit, reviewer)
        inquiry = Inquiry(settings, prompts, rounds, room(settings, environ), look_up)
        conversation = Conversation(settings, provider, inquiry, rounds)
        ending = see_through(settings, rounds, conversation.run, conversation.sharpen)
    if store and store.trouble:
        rounds.note(store.trouble)
    result = sum_up(rounds, ending, provider.model, time.monotonic() - begun)
    if store and result.rounds:
        store.log(PastRun.of(result, started, root))
    return result


def plan(settings: Settings, environ: Mapping[str, str], emit: Emit) -> Plan:
    """What the main job would ask first, without asking; raises UsageError or ProjectError."""
    started, scene = time.monotonic(), look(settings, environ)
    prompts, endpoint = prompts_for(settings), resolve(settings, environ)
    with looked_up(scene) as look_up:
        with bench_for(settings, scene.project, environ) as bench:
            rounds = begin(bench, scene, settings, emit)
        rounds.leave_idle()
        rounds.stop = rounds.finished(settings.desired_coverage) or Stop.DRY_RUN
        if rounds.stop is Stop.DRY_RUN:
            questions = Inquiry(settings, prompts, rounds, room(settings, environ), look_up).questions()
            rounds.notes.extend(forecast(settings, endpoint, questions))
    result = sum_up(rounds, Ending(), endpoint.model, time.monotonic() - started)
    return Plan(result, rounds.gaps)


def looked_up(scene: Scene) -> LookUp:
    """The look-up of what the source calls, begun before anything is measured if there is one."""
    look_up = LookUp()
    if scene.language.understood:
        look_up.begin(scene.project)
    return look_up


def room(settings: Settings, environ: Mapping[str, str]) -> int | None:
    """Tokens that a prompt may have, None if there is no bound; a recording was made for any."""
    return None if settings.replay else resolve(settings, environ).room


def keep(
    settings: Settings,
    environ: Mapping[str, str],
    emit: Emit,
    texts: Sequence[str],
    reviewer: Reviewer | None = None,
) -> Result:
    """Judge tests that come from anywhere, all in one round; raises UsageError or ProjectError."""
    started, scene = time.monotonic(), look(settings, environ)
    parsed = tuple(one for text in texts for one in scene.language.parse(text))
    if not parsed:
        raise UsageError(
            "what was given holds no test", "Give test functions or classes, as code or in Markdown."
        )

    def rehearse(judge: Rehearsal) -> None:
        rehearsed = begin(judge, scene, settings, unseen)
        bring(rehearsed, parsed)
        rehearsed.confirm()

    with bench_for(settings, scene.project, environ) as bench:
        if isinstance(bench, Bench):
            bench.rehearse(rehearse)
        rounds = begin(bench, scene, settings, emit, reviewer)
        ending = see_through(settings, rounds, lambda: bring(rounds, parsed))
    return sum_up(rounds, ending, "", time.monotonic() - started)


def bring(rounds: Rounds, parsed: Sequence[Parsed]) -> None:
    """Judge what was given."""
    rounds.warm_up()
    rounds.judge_given(parsed)
    rounds.stop = Stop.GIVEN


def strength(settings: Settings, environ: Mapping[str, str], emit: Emit) -> Result:
    """How strong the tests that are there are; raises UsageError or ProjectError."""
    started, scene = time.monotonic(), look(settings, environ)
    if scene.old is None:
        raise UsageError(f"there is no test file {scene.project.test_file}", "Name it with --test-file.")
    with bench_for(settings, scene.project, environ) as bench:
        if not isinstance(bench, Bench):
            raise UsageError(
                "strength is known for Python with pytest only", "Leave --test-command a pytest command."
            )
        rounds = begin(bench, scene, settings, emit)
        budget = settings.strength_time
        with assessor(bench, rounds.baseline, scene.source, budget, emit) as assess:
            rounds.strength = assess.strength(scene.old, rounds.keeper.scope.lines)
    rounds.stop = Stop.ASSESSED
    return sum_up(rounds, Ending(), seconds=time.monotonic() - started)


def begin(
    bench: Judge,
    scene: Scene,
    settings: Settings,
    emit: Emit,
    reviewer: Reviewer | None = None,
) -> Rounds:
    """Measure the existing tests; raises ProjectError unless they are green."""
    emit(Stage("measuring the existing tests"))
    return begun(bench, scene, bench.measure(), settings, emit, reviewer)


def begun(  # noqa: PLR0913, PLR0917 (what a run is made of)
    bench: Judge,
    scene: Scene,
    baseline: Baseline,
    settings: Settings,
    emit: Emit,
    reviewer: Reviewer | None = None,
) -> Rounds:
    """The state of a run whose existing tests have been measured, which is said."""
    emit(Measured(baseline.coverage, baseline.touching))
    confirmation = Confirmation(bench, frozenset(baseline.flaky))
    rounds = replace(start(bench, scene, baseline, settings, confirmation, emit), reviewer=reviewer)
    for note in (*baseline.notes, bench.enclosure.note):
        rounds.note(note)
    return rounds


def start(  # noqa: PLR0913, PLR0917 (what a run is made of)
    bench: Judge,
    scene: Scene,
    baseline: Baseline,
    settings: Settings,
    confirmation: Confirmation,
    emit: Emit,
) -> Rounds:
    """The state of a run before anything is asked."""
    scope = scene.scope(baseline.coverage.possible)
    company: Company | None = None
    trying: Trying
    if isinstance(bench, CommandBench):
        trying = InGroups(bench, scene.language, scope, emit, quotations_of(scene, baseline, settings))
    else:
        company = Company(bench, scene.merger, scene.old)
        trying = OneByOne(bench, scope, emit, inspection_of(scene, baseline, settings))
    before = baseline.coverage.reached
    keeper = Keeper(bench, trying, scene.merger, scene.old, company, confirmation, before, scope, emit)
    rounds = Rounds(scene, baseline, keeper, emit, keep_suspects=settings.keep_suspects)
    if scene.patch and not scope:
        rounds.note(f"nothing that a test could reach was changed since {scene.patch.base}")
    if settings.keep_suspects and scene.project.command:
        rounds.note("--keep-suspects is for pytest only: suspected bugs are reported")
    return rounds


def inspection_of(scene: Scene, baseline: Baseline, settings: Settings) -> Inspection | None:
    """What looks into tests that fail; None where the language has no such thing yet."""
    project, language = scene.project, scene.language
    if language.proof is None:
        return None
    place = Place(project.source, project.test_file, baseline.module)
    return Inspection(
        language, language.proof, place, lambda: stated(standing(scene, baseline, settings)), settings.repeat
    )


def quotations_of(scene: Scene, baseline: Baseline, settings: Settings) -> Quotations:
    """What tells suspected bugs where any command runs the tests."""
    return Quotations(scene.language, lambda: stated(standing(scene, baseline, settings)))


def see_through(
    settings: Settings, rounds: Rounds, bring_replies: Callable[[], None], sharpen: Ask = nobody
) -> Ending:
    """Judge what comes, confirm and write it; returns what became of the change.

    An interruption ends all that runs; what was judged by then is written.
    """
    try:
        bring_replies()
        if rounds.gone:
            rounds.stop = Stop.GONE
        else:
            with weighed(rounds, settings.strength_time, sharpen) if settings.strength else nullcontext():
                rounds.confirm()
    except KeyboardInterrupt:
        rounds.keeper.bench.abandon()
        rounds.stop = Stop.INTERRUPTED
        if rounds.reviewer:
            drop(rounds, *unreviewed(rounds), reason="not reviewed")
    return Ending() if settings.diff_only else put_in_place(rounds)


def put_in_place(rounds: Rounds) -> Ending:
    """Write what was kept, or leave it as a patch where that cannot be; returns what became of it."""
    keep_apart(rounds)
    trouble = write(rounds)
    if not rounds.changes or not trouble:
        return Ending(written=rounds.changes)
    return Ending(trouble=trouble, patch=hand_over(sum_up(rounds, Ending()), rounds.scene.project.root))


def sum_up(rounds: Rounds, ending: Ending, model: str = "", seconds: float = 0.0) -> Result:
    """What a report is made from."""
    scene = rounds.scene
    return Result(
        source=scene.project.source,
        test_file=scene.project.test_file,
        before=rounds.baseline.coverage,
        touching=tuple(test.node_id for test in rounds.baseline.touching),
        after=rounds.coverage,
        rounds=rounds.done(),
        stop=rounds.stop,
        old=scene.old,
        new=rounds.keeper.merged(rounds.verdicts).content if rounds.changes else None,
        ending=ending,
        model=model,
        seconds=seconds,
        notes=tuple(rounds.notes),
        patch=scene.patch,
        strength=rounds.strength,
    )
