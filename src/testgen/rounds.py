"""The rounds of a run: ask for what is missing, judge what comes, and again from the new coverage."""

from __future__ import annotations

from dataclasses import dataclass, field

from testgen.domain import CoverageMap, Finish, Gap, Round, Stop, Usage, Verdict
from testgen.errors import ProviderError
from testgen.events import Answered, Asking, Emit, Noted, Stage
from testgen.gaps import find_gaps
from testgen.judge.bench import Baseline
from testgen.keep import Keeper
from testgen.languages import Language, Merger, Unit
from testgen.project import Project
from testgen.prompting import File, Prompts, Question, attempts, conftests, in_words, name_of, shown
from testgen.providers import Provider
from testgen.settings import Settings


@dataclass(frozen=True, slots=True)
class Scene:
    """What is there before anything is run: the project, the source, and the test file as it was (or None)."""

    project: Project
    language: Language
    source: str
    units: tuple[Unit, ...]
    old: bytes | None
    merger: Merger


@dataclass(slots=True)
class Rounds:
    """What has been asked and judged so far; true after every round, however the next one ends."""

    settings: Settings
    scene: Scene
    baseline: Baseline
    keeper: Keeper
    provider: Provider
    prompts: Prompts
    emit: Emit
    verdicts: tuple[Verdict, ...] = ()
    usages: list[Usage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stop: Stop = Stop.ROUNDS

    @property
    def coverage(self) -> CoverageMap:
        """The coverage with the tests kept so far."""
        coverage = self.baseline.coverage
        for verdict in self.kept:
            coverage = coverage.plus(verdict.reached)
        return coverage

    @property
    def kept(self) -> tuple[Verdict, ...]:
        """The verdicts of the tests kept so far."""
        return tuple(verdict for verdict in self.verdicts if verdict.kept)

    def done(self) -> tuple[Round, ...]:
        """Every round with its own verdicts and cost."""
        return tuple(
            Round(number, usage, tuple(one for one in self.verdicts if one.round == number))
            for number, usage in enumerate(self.usages, 1)
        )

    def run(self) -> None:
        """Ask until there is a reason to stop; raises ProviderError if the first question does not go through."""
        for number in range(1, self.settings.max_iterations + 1):
            gaps = self._gaps()
            if reason := self._reason_to_stop(gaps):
                self.stop = reason
                return
            try:
                self._round(number, gaps)
            except ProviderError as error:
                if number == 1:
                    raise
                self._note(f"{error.cause}; {error.remedy}".rstrip("; "))
                self.stop = Stop.PROVIDER
                return
        self.stop = self._reason_to_stop(self._gaps()) or Stop.ROUNDS

    def confirm(self) -> None:
        """Run the whole suite with the kept tests; what makes it red is refused."""
        self.verdicts = self.keeper.confirmed(self.verdicts)

    def _gaps(self) -> tuple[Gap, ...]:
        return find_gaps(self.coverage, self.scene.units, self.settings.function)

    def _reason_to_stop(self, gaps: tuple[Gap, ...]) -> Stop | None:
        if not gaps:
            return Stop.NOTHING_MISSING
        if self.settings.desired_coverage.met_by(self.coverage):
            return Stop.GOAL
        if self.settings.dry_run:
            return Stop.DRY_RUN
        last = [verdict for verdict in self.verdicts if verdict.round == len(self.usages)]
        if self.usages and not any(verdict.kept for verdict in last) and not self._may_be_mended():
            return Stop.NO_GAIN
        return None

    def _may_be_mended(self) -> bool:
        """After a round without gain one more is worth its money if a first failure can be learnt from."""
        return len(self.usages) == 1 and bool(attempts(self.verdicts))

    def _round(self, number: int, gaps: tuple[Gap, ...]) -> None:
        if number == 1:
            self.keeper.bench.warm([self.baseline.module] if self.baseline.coverage.reached.lines else [])
        self.emit(Asking(number, tuple(gap.name for gap in gaps)))
        reply = self.provider.complete(self.prompts.messages(self._question(gaps)))
        self.usages.append(reply.usage)
        parsed = self.scene.language.parse(reply.text)
        self.emit(Answered(number, len(parsed), sum(self.usages, Usage())))
        if reply.finish is Finish.LENGTH:
            self._note("the reply was cut at the model's length limit; what was whole of it was used")
        if not parsed:
            self._note(f"the reply of round {number} holds no test")
            return
        self.emit(Stage("judging"))
        if number == 1 and (why := self.keeper.bench.ready()):
            self._note(f"judging in fresh processes, which is slower: {why}")
        self.verdicts = self.keeper.judge(parsed, self.verdicts, number)

    def _question(self, gaps: tuple[Gap, ...]) -> Question:
        project, root = self.scene.project, self.scene.project.root
        lines = self.scene.source.splitlines()
        tests = project.test_file
        return Question(
            source=File(name_of(project.source, root), self.scene.source.rstrip()),
            module=self.baseline.module,
            versions=project.interpreter.versions,
            tests=shown(tests, root) if self.scene.old else File(name_of(tests, root), ""),
            included=tuple(shown(path, root) for path in self.settings.included_files),
            conftests=conftests(project.test_file, root),
            instructions=self.settings.additional_instructions,
            gaps=tuple(in_words(gap, lines) for gap in gaps),
            attempts=attempts(self.verdicts),
        )

    def _note(self, text: str) -> None:
        self.notes.append(text)
        self.emit(Noted(text))
