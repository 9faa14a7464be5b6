"""The strength of the tests that a run keeps: who cannot fail goes, and what nobody notices is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from testgen.domain import Candidate, Gate, Reach, Reply, Verdict
from testgen.errors import ProjectError
from testgen.judge.bench import Bench
from testgen.languages import Merger, Parsed
from testgen.rounds import Rounds
from testgen.strength.assessing import Assessor, assessor
from testgen.strength.findings import Mutant, Strength, Trial
from testgen.strength.mending import mends
from testgen.strength.same import said_same
from testgen.trying import Trying

CANNOT_FAIL = "it passes with every change of what it reaches, emptied functions among them: it cannot fail"
FEEDBACK = 2  # times that the model is told at most what no test notices
WEIGHED = (Gate.GAIN, Gate.NEEDED)

Ask: TypeAlias = Callable[[Sequence[Trial], int], Sequence[Reply]]
"""Asks the model for tests that notice some mutants, which it knows by their places from 1.

The number is that of the last round before the first such question.
"""


def nobody(_survivors: Sequence[Trial], _since: int) -> Sequence[Reply]:
    """Asks no model."""
    return ()


@contextmanager
def weighed(rounds: Rounds, budget: float, ask: Ask = nobody) -> Iterator[None]:
    """Weigh the kept tests; while the block runs what is judged is judged by what it notices, too.

    Mutants of the lines that they reach are tried with all tests of the file, for `budget` seconds each time.
    """
    with ExitStack() as stack:
        assess = _ready(rounds, budget, stack) if rounds.kept else None
        if assess is None:
            yield
            return
        weighing = Weighing(rounds, stack.enter_context(_noticing(rounds, assess)))
        weighing.look()
        weighing.reconsider()
        weighing.leave_mends()
        weighing.sharpen(ask)
        before = candidates(rounds.kept)
        yield
        if candidates(rounds.kept) != before:
            weighing.look_again()


def look_again(rounds: Rounds, budget: float) -> None:
    """See anew how strong the tests are, because others are kept by now than were weighed."""
    with ExitStack() as stack:
        if assess := _ready(rounds, budget, stack):
            Weighing(rounds, Noticing(rounds.keeper.trying, assess)).look_again()


def _ready(rounds: Rounds, budget: float, stack: ExitStack) -> Assessor | None:
    """What assesses the kept tests, None where nothing can; that is said."""
    bench = rounds.keeper.bench
    if not isinstance(bench, Bench):
        rounds.note("--strength is known for Python with pytest only; nothing was tried")
        return None
    how = assessor(bench, rounds.baseline, rounds.scene.source, budget, rounds.emit)
    try:
        return stack.enter_context(how)
    except ProjectError as error:  # what was kept is worth having all the same
        rounds.note(f"no mutant could be tried: {error.cause}")
        return None


@contextmanager
def _noticing(rounds: Rounds, assess: Assessor) -> Iterator[Noticing]:
    """What is judged meanwhile is judged by what it notices, too."""
    trying = rounds.keeper.trying
    noticing = Noticing(trying, assess)
    rounds.keeper = replace(rounds.keeper, trying=noticing)
    try:
        yield noticing
    finally:
        rounds.keeper = replace(rounds.keeper, trying=trying)


@dataclass
class Noticing:
    """A way to try candidates that finds out, too, which of some mutants each that passes would notice."""

    trying: Trying
    assess: Assessor
    mutants: tuple[Mutant, ...] = ()

    def judge(
        self, parsed: Sequence[Parsed], kept: Sequence[Candidate], merger: Merger, before: Reach, round_: int
    ) -> tuple[Verdict, ...]:
        """The verdicts of the other way, with what is noticed among what is reached."""
        return self.noticed(self.trying.judge(parsed, kept, merger, before, round_), kept, merger)

    def noticed(
        self, verdicts: Sequence[Verdict], kept: Sequence[Candidate], merger: Merger
    ) -> tuple[Verdict, ...]:
        """The verdicts, those that passed with what they notice."""
        passed = [one for one in verdicts if one.kept]
        if not passed:
            return tuple(verdicts)
        merged = merger.merge([*kept, *(one.candidate for one in passed)])
        names = merged.names[len(kept) :]
        kills = self.assess.kills(merged.content, names, self.mutants)
        found = {id(one): kills[name] for one, name in zip(passed, names, strict=True)}
        return tuple(with_kills(one, found.get(id(one), frozenset())) for one in verdicts)


@dataclass
class Weighing:
    """Weighs the tests that some rounds keep.

    `same` are the mutants (by their ids) that no test can notice, as the model says, or that none should.
    """

    rounds: Rounds
    noticing: Noticing
    same: set[str] = field(default_factory=set)

    def look(self) -> None:
        """See how strong the kept tests are; those that cannot fail are refused."""
        while self.rounds.kept:
            strength = self._assessed()
            idle = idle_tests(strength)
            if not any(one.kept and one.name in idle for one in self.rounds.verdicts):
                return
            self.rounds.verdicts = tuple(
                one.refuse(Gate.STRENGTH, CANNOT_FAIL) if one.kept and one.name in idle else one
                for one in self.rounds.verdicts
            )
        self.rounds.strength = None

    def look_again(self) -> None:
        """See how strong the tests are that were confirmed; none is refused any more."""
        first = self.rounds.strength.first if self.rounds.strength else None
        self.rounds.strength = replace(self._assessed(), first=first) if self.rounds.kept else None

    def _assessed(self) -> Strength:
        """The strength of the file; each kept test is credited with what it and no existing test notices."""
        rounds = self.rounds
        rounds.verdicts = named(rounds)
        lines = frozenset[int]().union(*(one.reached.lines for one in rounds.kept))
        strength = self.noticing.assess.strength(rounds.keeper.merged(rounds.verdicts).content, lines)
        if rounds.strength:
            first = rounds.strength.percent if rounds.strength.first is None else rounds.strength.first
            strength = replace(strength, first=first)
        rounds.strength = strength
        names = {one.name for one in rounds.kept}
        open_ = [trial for trial in strength.seen if names.issuperset(trial.killers)]
        self.noticing.mutants = tuple(trial.mutant for trial in open_)
        rounds.verdicts = tuple(
            with_kills(one, frozenset(trial.mutant.id for trial in open_ if one.name in trial.killers))
            if one.kept
            else one
            for one in rounds.verdicts
        )
        return strength

    def reconsider(self) -> None:
        """Give the tests another chance that pass but reach nothing new: they may notice more."""
        rounds = self.rounds
        again = [replace(one, refused_at=None) for one in rounds.verdicts if one.refused_at in WEIGHED]
        if not again or not rounds.strength or not rounds.strength.survivors:
            return
        found = iter(self.noticing.noticed(again, candidates(rounds.kept), rounds.keeper.merger))
        self._settle(
            tuple(
                replace(one, reached=next(found).reached) if one.refused_at in WEIGHED else one
                for one in rounds.verdicts
            )
        )

    def _settle(self, verdicts: tuple[Verdict, ...]) -> None:
        before = candidates(self.rounds.kept)
        self.rounds.verdicts = self.rounds.keeper.befriended(verdicts)
        if candidates(self.rounds.kept) != before:
            self.look()

    def leave_mends(self) -> None:
        """Say which changes may mend a suspected bug, and ask for no test that would notice them."""
        for mend in (
            mends(self.rounds, self.rounds.strength, self.noticing.assess) if self.rounds.strength else ()
        ):
            self.same.add(mend.trial.mutant.id)
            self.rounds.note(str(mend))

    def sharpen(self, ask: Ask) -> None:
        """Tell the model what no test notices, and keep what notices more of it."""
        since = len(self.rounds.usages)
        for _ in range(FEEDBACK):
            asked = self._unnoticed()
            replies = ask(asked, since) if asked and not self.rounds.gone else ()
            if not replies:
                return
            before = candidates(self.rounds.kept)
            self.rounds.judge(*replies)
            self._excuse(asked, replies)
            if candidates(self.rounds.kept) != before:
                self.look()
            if not self.rounds.latest:
                return

    def _unnoticed(self) -> tuple[Trial, ...]:
        strength = self.rounds.strength
        found = strength.survivors if strength else ()
        return tuple(trial for trial in found if trial.mutant.id not in self.same)

    def _excuse(self, asked: Sequence[Trial], replies: Sequence[Reply]) -> None:
        """Ask no more about what the model says makes no difference, and say so; it still counts."""
        for number, why in (said for reply in replies for said in said_same(reply.text)):
            if 0 < number <= len(asked):
                mutant = asked[number - 1].mutant
                self.same.add(mutant.id)
                change = f"line {mutant.at}, {mutant.before} → {mutant.after}"
                self.rounds.note(
                    f"not asked for again: {change}; no test can notice it, says the model: {why}"
                )


def candidates(verdicts: Sequence[Verdict]) -> list[Candidate]:
    """The tests that some verdicts are about."""
    return [one.candidate for one in verdicts]


def with_kills(verdict: Verdict, kills: frozenset[str]) -> Verdict:
    """The verdict with more that its test notices."""
    return replace(verdict, reached=replace(verdict.reached, kills=verdict.reached.kills | kills))


def named(rounds: Rounds) -> tuple[Verdict, ...]:
    """The verdicts, those of tests in the file with the names that these have there now."""
    names = iter(rounds.keeper.merged(rounds.verdicts).names)
    return tuple(replace(one, name=next(names)) if one.standing else one for one in rounds.verdicts)


def idle_tests(strength: Strength) -> frozenset[str]:
    """The tests that nothing makes fail, not even emptied functions; none where only a sample was tried."""
    if len(strength.trials) < strength.possible:
        return frozenset()
    emptied = {name for one in strength.seen if one.mutant.operator == "removed body" for name in one.tests}
    return frozenset(grip.name for grip in strength.grips if not grip.kills and grip.name in emptied)
