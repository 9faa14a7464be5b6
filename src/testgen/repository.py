"""Many source files in one run: measured at once, worked on side by side, confirmed together.

    sources  --gather---->  Project ...    by their roots, each source with a test file of its own
    Project  --survey---->  Task ...       one run of the suite for all sources of a root; most to gain first
    Task     --work on--->  Rounds         the way of pipeline.py for one file, several at the same time
    Rounds   --weigh----->  Rounds         with --strength: mutants, one file after the other
    Rounds   --confirm--->  kept           the suite once more, with every new text in it
    kept     --write----->  Results

`run` takes any sequence of source files. What is wanted of each is decided where its scene is made
(`pipeline.scene_of`), so a run about some functions or about what was changed needs nothing here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from threading import Lock
from typing import TypeAlias

from testgen.benches import bench_for_all, command_bench_for
from testgen.confirming import Confirmation
from testgen.context.looking_up import LookUp
from testgen.conversation import Conversation
from testgen.domain import Candidate, CoverageMap, Ending, Stop
from testgen.errors import BudgetError, ProjectError, ProviderError, TestgenError
from testgen.events import About, Done, Emit, Event, Stage, Surveyed
from testgen.files import OwnFolder
from testgen.inquiry import Inquiry
from testgen.judge.bench import Bench
from testgen.judge.command.bench import CommandBench
from testgen.judge.survey import Baseline
from testgen.judge.workers import AbandonedError, cores
from testgen.pipeline import put_in_place, room, start, sum_up
from testgen.project import Project
from testgen.prompting import Prompts, prompts_for
from testgen.providers import Provider, connect
from testgen.reports.phrases import count
from testgen.results import Failed, Results
from testgen.reviewing import Reviewer, drop, review, unreviewed
from testgen.rounds import Rounds
from testgen.scene import Scene, scene_of
from testgen.settings import Settings
from testgen.side_by_side import side_by_side
from testgen.sources import Gathered
from testgen.store import PastRun, Store
from testgen.strength.weighing import candidates, look_again, nobody, weighed

ASKING = 8  # files under way for each candidate that can be judged: most of them wait for the model
LAST_WORDS = (Stop.BUDGET, Stop.PROVIDER)  # after which nothing more is asked of any file
IN_A_ROW = 3  # first questions that fail, one after the other, before no other is asked


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Where the sources of one root are worked on, and what is imported ahead there."""

    bench: Bench | CommandBench
    confirmation: Confirmation
    preload: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A source file with something missing."""

    site: Site
    project: Project
    baseline: Baseline

    @property
    def coverage(self) -> CoverageMap:
        """What the existing tests reach of it."""
        return self.baseline.coverage

    def begin(self, scene: Scene, settings: Settings, emit: Emit) -> Rounds:
        """The state of its run, with nothing asked yet."""
        bench = self.site.bench.beside(self.project)
        return start(bench, scene, self.baseline, settings, self.site.confirmation, emit)


Answers: TypeAlias = tuple[tuple[Task, ...], tuple[Failed, ...], str]  # with a note on the sandbox


@dataclass(frozen=True, slots=True)
class Survey:
    """What the existing suites say of all sources: every one is a task, left out, or failed."""

    tasks: tuple[Task, ...]
    left: tuple[CoverageMap, ...]
    failed: tuple[Failed, ...]
    notes: tuple[str, ...]

    @property
    def sites(self) -> tuple[Site, ...]:
        """The places of the tasks."""
        return tuple(dict.fromkeys(task.site for task in self.tasks))


def run(
    settings: Settings,
    environ: Mapping[str, str],
    gathered: Gathered,
    emit: Emit,
    reviewer: Reviewer | None = None,
) -> Results:
    """Do the main job for many sources.

    Raises UsageError, ProjectError if no suite can be measured, or ProviderError if nothing could be asked.
    """
    started, begun = datetime.now(UTC), time.monotonic()
    prompts = prompts_for(settings)
    store = Store(OwnFolder(gathered.top)) if settings.store and not settings.replay else None
    with ExitStack() as stack:
        provider = stack.enter_context(closing(connect(settings, environ, gathered.top, memory=store)))
        found = survey(settings, environ, gathered, emit, stack)
        look_up = stack.enter_context(LookUp())
        crew = Crew(settings, environ, provider, prompts, look_up, emit, gathered.top, reviewer)
        results = crew.run(found)
    results = replace(results, seconds=time.monotonic() - begun)
    if store is None:
        return results
    for result in results.files:
        store.log(PastRun.of(result, started, gathered.top))
    return replace(results, notes=(*results.notes, store.trouble)) if store.trouble else results


def survey(
    settings: Settings, environ: Mapping[str, str], gathered: Gathered, emit: Emit, stack: ExitStack
) -> Survey:
    """Run the suite of every root once; raises what is wrong with a source if none can be measured."""
    tasks: list[Task] = []
    failed, notes = list(gathered.failed), []
    for targets in gathered.projects:
        sources = count(len(targets), "source file")
        emit(Stage(f"measuring the existing tests of {targets[0].root.name} for {sources}"))
        look = by_command if targets[0].command else by_pytest
        own = settings.for_source(targets[0].source)
        here, amiss, note = look(own, environ, targets, stack)
        tasks.extend(here)
        failed.extend(amiss)
        notes += [*(here[0].baseline.notes if here else ()), note]
    if failed and not tasks:
        raise failed[0].error
    tasks.sort(key=lambda task: (-gathered.to_gain(task.coverage), task.coverage.source))
    wanting = tuple(task for task in tasks if gathered.to_gain(task.coverage))
    left = tuple(task.coverage for task in tasks[len(wanting) :])
    emit(Surveyed(tuple(task.coverage for task in wanting), left, len(failed)))
    return Survey(wanting, left, tuple(failed), tuple(dict.fromkeys(notes)))


def by_pytest(
    settings: Settings, environ: Mapping[str, str], targets: Sequence[Project], stack: ExitStack
) -> Answers:
    """One run of the suite for all sources of a root."""
    bench = stack.enter_context(bench_for_all(settings, targets, environ))
    try:
        tasks, failed = measured(bench, targets)
    except ProjectError as error:
        tasks, failed = (), tuple(Failed(target.source, error) for target in targets)
    return tasks, failed, bench.enclosure.note


def by_command(
    settings: Settings, environ: Mapping[str, str], targets: Sequence[Project], stack: ExitStack
) -> Answers:
    """A run of the test command for each source: its report may be about that one only.

    No two commands run at a time, because build tools use all of the machine.
    """
    turn, tasks, failed = Lock(), list[Task](), list[Failed]()
    for target in targets:
        bench = stack.enter_context(command_bench_for(settings, target, environ, turn))
        try:
            baseline = bench.measure()
        except ProjectError as error:
            failed.append(Failed(target.source, error))
        else:
            tasks.append(Task(Site(bench, Confirmation(bench), ()), target, baseline))
        bench.rest()
    return tuple(tasks), tuple(failed), bench.enclosure.note


def measured(bench: Bench, targets: Sequence[Project]) -> tuple[tuple[Task, ...], tuple[Failed, ...]]:
    """A task for each source that the project counts, and those that cannot be imported.

    Raises ProjectError if the suite cannot be run.
    """
    found = bench.survey()
    site = Site(bench, Confirmation(bench, frozenset(found.flaky)), found.preload)
    counted = [target for target in targets if target.source not in found.outside]
    failed = (Failed(one.source, found.errors[one.source]) for one in counted if one.source in found.errors)
    tasks = (Task(site, one, found.baselines[one.source]) for one in counted if one.source in found.baselines)
    return tuple(tasks), tuple(failed)


@dataclass
class Crew:
    """Works through tasks, several at the same time, with one provider and so with one budget."""

    settings: Settings
    environ: Mapping[str, str]
    provider: Provider
    prompts: Prompts
    look_up: LookUp
    emit: Emit
    top: Path  # from which files are named
    reviewer: Reviewer | None = None
    begun: dict[Task, Conversation] = field(default_factory=dict)
    weighed: dict[Task, list[Candidate]] = field(default_factory=dict)  # with what was kept then
    failed: dict[Task, TestgenError] = field(default_factory=dict)
    refusal: ProviderError | None = None  # why the first question was not answered that was not
    unanswered: int = 0  # first questions that failed in a row
    stop: Stop | None = None
    over: Flag = field(default_factory=Flag)
    notes: list[str] = field(default_factory=list)

    def run(self, found: Survey) -> Results:
        """Ask, judge, confirm and write; raises ProviderError if nothing could be asked.

        An interruption ends all that runs; what was judged by then is written.
        """
        tasks = found.tasks[: self.settings.max_files]
        try:
            self._work_through(tasks, found.sites)
            self._weigh(tasks)
            for site in found.sites:
                self._settle(site, [one.rounds for task, one in self.begun.items() if task.site is site])
            self._look_again()
        except KeyboardInterrupt:
            self._abandon(found.sites)
            for rounds in self._rounds if self.reviewer else ():
                drop(rounds, *unreviewed(rounds), reason="not reviewed")
        begun = {task: self.begun[task].rounds for task in tasks if task in self.begun}
        asked = {task: rounds for task, rounds in begun.items() if rounds.usages}
        files = tuple(sum_up(rounds, self._written(rounds), self.provider.model) for rounds in asked.values())
        aside = (task.coverage for task in found.tasks if task not in asked and task not in self.failed)
        failed = (Failed(task.coverage.source, error) for task, error in self.failed.items())
        every = Stop.DONE if len(tasks) == len(found.tasks) else Stop.FILES
        return Results(
            files=files,
            left=(*found.left, *aside),
            failed=(*found.failed, *failed),
            stop=self.stop or (every if found.tasks else Stop.NOTHING_MISSING),
            model=self.provider.model,
            notes=tuple(dict.fromkeys((*found.notes, *self.notes))),
        )

    def _work_through(self, tasks: Sequence[Task], sites: Sequence[Site]) -> None:
        for site in sites:
            site.bench.warm(site.preload)  # overlaps the first questions
        threads = min(len(tasks), self.settings.at_once or ASKING * (self.settings.jobs or cores()))
        with side_by_side(tasks, self._work_on, threads, self.over) as answers:
            try:
                for task, answer in answers:
                    self._take(task, answer)
            except KeyboardInterrupt:
                self._abandon(sites)
                raise
        if self.refusal and not any(rounds.usages for rounds in self._rounds):
            raise self.refusal

    @property
    def _rounds(self) -> list[Rounds]:
        return [one.rounds for one in self.begun.values()]

    def _work_on(self, task: Task) -> None:
        """The way of one file up to its last round; runs in a thread of its own."""
        name = self._name(task)

        def emit(event: Event) -> None:
            self.emit(About(name, event))

        settings = self.settings.for_source(task.project.source)
        scene = scene_of(settings, task.project, self.environ)
        rounds = replace(task.begin(scene, settings, emit), reviewer=self.reviewer)
        inquiry = Inquiry(settings, self.prompts, rounds, room(settings, self.environ), self.look_up)
        self.begun[task] = Conversation(settings, self.provider, inquiry, rounds)
        self.begun[task].run()

    def _take(self, task: Task, error: Exception | None) -> None:
        """What the end of one file means for the others, which go on as long as that makes sense."""
        begun = self.begun.get(task)
        rounds = begun and begun.rounds
        kept, tried = (len(rounds.kept), len(rounds.verdicts)) if rounds else (0, 0)
        after = rounds.coverage if rounds else task.coverage
        self.emit(Done(self._name(task), task.coverage, after, kept, tried - kept, str(error or "")))
        self.unanswered = self.unanswered + 1 if isinstance(error, ProviderError) else 0
        if isinstance(error, ProviderError):
            self.refusal = self.refusal or error
        if isinstance(error, BudgetError):
            self._end(Stop.BUDGET)
        elif error and not isinstance(error, AbandonedError):
            self.failed[task] = error if isinstance(error, TestgenError) else bug(error)
        if self.unanswered >= IN_A_ROW:
            self._end(Stop.PROVIDER)
        if rounds and rounds.stop in LAST_WORDS:
            self._end(rounds.stop)

    def _name(self, task: Task) -> str:
        return task.coverage.source.relative_to(self.top).as_posix()

    def _end(self, why: Stop) -> None:
        """Begin no other file; the first reason counts, but for an interruption."""
        self.stop = why if why is Stop.INTERRUPTED else self.stop or why
        self.over.set()

    def _abandon(self, sites: Sequence[Site]) -> None:
        self._end(Stop.INTERRUPTED)
        for site in sites:
            site.bench.abandon()

    def _weigh(self, tasks: Sequence[Task]) -> None:
        """With --strength, see what the kept tests of each file notice, and ask for what they do not.

        One file after the other, so that mutants have the machine to themselves.
        """
        for task in tasks if self.settings.strength else ():
            begun = self.begun.get(task)
            if begun and begun.rounds.kept and not begun.rounds.gone:
                self.emit(Stage(f"trying mutants of {self._name(task)}"))
                ask = nobody if self.stop else begun.sharpen
                with weighed(begun.rounds, self.settings.strength_time, ask):
                    self.weighed[task] = candidates(begun.rounds.kept)
                if begun.rounds.stop in LAST_WORDS:
                    self._end(begun.rounds.stop)

    def _look_again(self) -> None:
        """Say nothing of how strong tests are that the suite or a review has refused since."""
        for task, before in self.weighed.items():
            rounds = self.begun[task].rounds
            if candidates(rounds.kept) != before:
                look_again(rounds, self.settings.strength_time)

    def _settle(self, site: Site, all_rounds: Sequence[Rounds]) -> None:
        """See that all that would be written may stay, and is wanted where somebody reviews it."""
        for rounds in (rounds for rounds in all_rounds if rounds.gone):
            rounds.stop = Stop.GONE
        there = [rounds for rounds in all_rounds if not rounds.gone]
        self._confirm(site, there)
        while [one for one in there if self.reviewer and review(one, self.reviewer)]:
            self._confirm(site, there)

    def _confirm(self, site: Site, there: Sequence[Rounds]) -> None:
        """Run the whole suite with every kept test in it; those that turn it red are refused."""
        while newcomers := [(rounds, kept) for rounds in there for kept in rounds.kept]:
            self.emit(Stage("confirming all new tests with the whole suite"))
            trial = [one for rounds, kept in newcomers for one in rounds.keeper.newcomers([kept.candidate])]
            culprits = site.confirmation.culprits(trial)
            if not culprits:
                break
            rounds, kept = newcomers[culprits[0].index]
            rounds.refuse(kept, culprits[0].reason)
        self.notes.extend(note for note in site.confirmation.notes if note not in self.notes)
        for rounds in there:
            rounds.weigh()

    def _written(self, rounds: Rounds) -> Ending:
        return Ending() if self.settings.diff_only else put_in_place(rounds)


def bug(error: Exception) -> TestgenError:
    """How a mistake of ours is told that concerns one file only."""
    return TestgenError(f"a bug in testgen: {type(error).__name__}: {error}", "Please report it.")
