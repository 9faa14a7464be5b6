"""What has been judged so far in a run, round by round."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from testgen.domain import CoverageMap, Finish, Gap, Reach, Reply, Round, Stop, Usage, Verdict
from testgen.events import Answered, Emit, Noted, Stage
from testgen.gaps import find_gaps
from testgen.judge.survey import Baseline
from testgen.keep import Keeper, blame
from testgen.languages import Parsed, merger_for
from testgen.reports import phrases
from testgen.reviewing import Reviewer, review
from testgen.scene import Scene
from testgen.settings import Goal
from testgen.strength.findings import Strength
from testgen.suspects.causes import missing_modules
from testgen.suspects.placing import placed
from testgen.suspects.statements import doubts
from testgen.unreachable import excuses


@dataclass(slots=True)
class Rounds:
    """The state of a run; true after every round, however the next one ends."""

    scene: Scene
    baseline: Baseline
    keeper: Keeper
    emit: Emit
    verdicts: tuple[Verdict, ...] = ()
    usages: list[Usage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stop: Stop = Stop.ROUNDS
    keep_suspects: bool = False
    reviewer: Reviewer | None = None
    reviewed: set[str] = field(default_factory=set)  # ids of candidates
    strength: Strength | None = None
    excused: Reach = field(default_factory=Reach)  # what is not asked for although it is missing

    @property
    def coverage(self) -> CoverageMap:
        """The coverage with the tests kept so far."""
        coverage = self.baseline.coverage
        for verdict in self.kept:
            coverage = coverage.plus(verdict.reached | verdict.beside)
        return coverage

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is still missing and worth asking for."""
        return find_gaps(self._missing - self.excused, self.scene.units)

    @property
    def _missing(self) -> Reach:
        return self.scene.scope(self.coverage.missing)

    @property
    def kept(self) -> tuple[Verdict, ...]:
        """The verdicts of the tests kept so far."""
        return tuple(verdict for verdict in self.verdicts if verdict.kept)

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return any(verdict.standing for verdict in self.verdicts)

    @property
    def latest(self) -> tuple[Verdict, ...]:
        """The verdicts of the last round."""
        return tuple(verdict for verdict in self.verdicts if verdict.round == len(self.usages))

    @property
    def gone(self) -> bool:
        """Whether the source was taken away while the run went on; nothing can be proven then."""
        return not self.scene.project.source.is_file()

    def finished(self, goal: Goal) -> Stop | None:
        """Why nothing more needs to be asked, if so."""
        if not self.gaps:
            return Stop.UNREACHABLE if self._missing else Stop.NOTHING_MISSING
        return Stop.GOAL if goal.met_by(self.coverage.only(self.keeper.scope)) else None

    def done(self) -> tuple[Round, ...]:
        """Every round with its own verdicts and cost."""
        return tuple(
            Round(number, usage, tuple(one for one in self.verdicts if one.round == number))
            for number, usage in enumerate(self.usages, 1)
        )

    def leave_idle(self) -> None:
        """Ask for nothing that no test here is meant to reach, and say so."""
        scene = self.scene
        left = scene.language.idle(scene.source, scene.project.interpreter.version, self._missing)
        if left - self.excused:
            self.excused |= left
            what = phrases.reach(left, self.coverage.possible.lines)
            self.note(f"not asked for: {what}; abstract, for type checkers, or for another platform")

    def warm_up(self) -> None:
        """Begin to start the workers that `judge` needs."""
        self.keeper.bench.warm(self.baseline.preload)

    def judge(self, *replies: Reply) -> None:
        """One more round: take the replies apart and judge what is in them."""
        self.usages.append(sum((reply.usage for reply in replies), Usage()))
        if not self.gone:
            if any(reply.finish is Finish.LENGTH for reply in replies):
                self.note("a reply was cut at its length limit (--max-output-tokens); what was whole is used")
            self._judge([one for reply in replies for one in self.scene.language.parse(reply.text)])
            self._excuse(replies)

    def judge_given(self, parsed: Sequence[Parsed]) -> None:
        """The same for what was not asked for."""
        self.usages.append(Usage())
        if not self.gone:
            self._judge(parsed)

    def _judge(self, parsed: Sequence[Parsed]) -> None:
        number = len(self.usages)
        self.emit(Answered(number, len(parsed), sum(self.usages, Usage())))
        if not parsed:
            self.note(f"the reply of round {number} holds no test")
            return
        self.emit(Stage("judging"))
        if (why := self.keeper.bench.ready()) and number == 1:
            self.note(f"judging in fresh processes, which is slower: {why}")
        self.verdicts = self.keeper.judge(parsed, self.verdicts, number)
        self._note_missing_modules()

    def _excuse(self, replies: Sequence[Reply]) -> None:
        """Ask no more for what the model says cannot be reached, and say so."""
        for excuse in (one for reply in replies for one in excuses(reply.text)):
            excused = excuse.within(self._missing - self.excused)
            if excused:
                self.excused |= excused
                what = phrases.reach(excused, self.coverage.possible.lines)
                self.note(f"not asked for again: {what}; it cannot be reached, says the model: {excuse.why}")

    def _note_missing_modules(self) -> None:
        """Say what the newest tests wanted that is not installed; nothing is, because a model named it."""
        if self.scene.project.command:
            return  # whose Python, if any, is not known
        python = shlex.quote(str(self.scene.project.interpreter.path))
        for module in missing_modules(self.latest, self.baseline.module):
            self.note(
                f"a test imports {module}, which the project's Python does not have; if you know the package "
                f"and want tests to use it: {python} -m pip install {module}"
            )

    def confirm(self) -> None:
        """See that all that would be written may stay, and is wanted where somebody reviews it."""
        self._confirm()
        while self.reviewer and review(self, self.reviewer):
            self._confirm()

    def _confirm(self) -> None:
        """Run the whole suite once more with the kept tests in it; those that turn it red are refused."""
        if self.kept:
            self.emit(Stage("confirming with the whole suite"))
            self.verdicts = self.keeper.confirmed(self.verdicts)
            for note in self.keeper.confirmation.notes:
                self.note(note)
        self.weigh()

    def weigh(self) -> None:
        """Look at the tests for what contradicts the source's own words, once the suite has been seen."""
        proof = self.scene.language.proof
        if proof and self.keep_suspects:
            self.verdicts = placed(self.verdicts, self.keeper, proof)
        if self.kept:
            self.verdicts = doubts(self.verdicts, proof, self.scene.source)

    def refuse(self, kept: Verdict, reason: str) -> None:
        """Do without a kept test because of what it does to others; what the rest gains is weighed anew."""
        self.verdicts = self.keeper.befriended(blame(self.verdicts, {id(kept): reason}))

    def rebase(self, now: bytes | None) -> None:
        """Go on from another content of the test file; the kept tests are judged again in its company.

        Raises UsageError if that content cannot be read.
        """
        scene = self.scene
        merger = merger_for(scene.language, scene.source, scene.project.test_file, now)
        self.note("the test file was changed meanwhile; the kept tests are judged again beside the change")
        self.scene = replace(scene, old=now, merger=merger)
        self.keeper = self.keeper.for_file(merger, now)
        self.verdicts = self.keeper.befriended(self.verdicts)
        self.confirm()

    def note(self, text: str) -> None:
        """Remember something the user should know, and say it the first time."""
        if text not in self.notes:
            self.notes.append(text)
            self.emit(Noted(text))
