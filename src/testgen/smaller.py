"""An existing test file made smaller: which of its tests can go, proven before it is proposed.

Each test is run alone, as often as a candidate; the smallest set that reaches all the file reaches stays.
What goes is then proven by running the file without it: the same outcomes in either order, nothing that it
reached lost, and with `--strength` no mutant unnoticed that was noticed before; and by the whole suite, which
may lose no test and nothing that it reached of any source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from testgen.company import plain
from testgen.domain import Candidate, Gate, Outcome, Reach, Run, Verdict
from testgen.events import Emit, Stage
from testgen.judge.bench import Bench
from testgen.languages import Family, Reduction
from testgen.selection import NOT_NEEDED, needed, union
from testgen.strength.assessing import Assessor
from testgen.strength.findings import Strength, Trial
from testgen.strength.trying import spread
from testgen.trying import steady

T = TypeVar("T")

NAMED = "something else in the file names it, or it stands there twice"
UNSTEADY = "it does not reach the same each time"
FOREIGN = "it reaches nothing of the source, so it is about something else"


@dataclass(frozen=True, slots=True)
class Standing:
    """A test of the file: its node id without parameters, its runs alone, and why it stays in any case.

    `reach` is what it reaches, and is known to notice, every time.
    """

    name: str
    runs: tuple[Run, ...]
    reach: Reach
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Reduced:
    """A smaller test file: what is gone from it, and what became one test.

    `relied_on` are the tests that could go by what they reach, but without which something is not as it was.
    """

    content: bytes
    gone: tuple[str, ...] = ()
    families: tuple[Family, ...] = ()
    relied_on: tuple[str, ...] = ()

    @property
    def dropped(self) -> frozenset[str]:
        """The tests that are there no more under their names."""
        return frozenset([*self.gone, *(name for family in self.families for name in family.members)])

    @property
    def cases(self) -> frozenset[str]:
        """The node ids of the cases that are new."""
        return frozenset(case for family in self.families for case in family.cases)


@dataclass(frozen=True)
class Minimiser:
    """Makes one test file smaller. With an `assess` what its tests notice is kept too.

    `agrees` says whether the whole suite stays as it was.
    """

    bench: Bench
    reduction: Reduction
    old: bytes
    emit: Emit
    agrees: Callable[[Reduced], bool]
    assess: Assessor | None = None

    @cached_property
    def before(self) -> tuple[Run, ...]:
        """The whole file as it is, run as often as a candidate, in both orders."""
        return self._whole(self.old)

    @cached_property
    def strength(self) -> Strength | None:
        """How strong the file is as it is, if that counts."""
        return self.assess.strength(self.old) if self.assess else None

    def standing(self) -> tuple[Standing, ...]:
        """Every test of the file, observed."""
        names = list(dict.fromkeys(plain(test.name) for run in self.before for test in run.tests))
        self.emit(Stage(f"judging {len(names)} tests one by one"))
        _ = self.strength, self._separable, self._importing  # each once, before there are threads
        return tuple(spread(self.bench, self._observed, names))

    def _observed(self, name: str, turn: int) -> Standing:
        runs = tuple(
            self.bench.try_out(self.old, [name], turn=turn + more) for more in range(self.bench.limits.repeat)
        )
        if why := _unfit(name, (*runs, *self.before)):
            return Standing(name, runs, Reach(), why)
        kills = frozenset(trial.mutant.id for trial in self._killed if name in trial.killers)
        reach = steady(runs)
        if name not in self._separable:
            why = NAMED
        elif any(run.reach != reach for run in runs):
            why = UNSTEADY
        elif not reach - self._importing:
            why = FOREIGN
        return Standing(name, runs, replace(reach, kills=kills), why)

    @cached_property
    def _separable(self) -> frozenset[str]:
        return self.reduction.separable(self.old)

    @cached_property
    def _importing(self) -> Reach:
        """What is reached before any test runs."""
        return self.bench.try_out(self.old, []).reach

    @property
    def _killed(self) -> tuple[Trial, ...]:
        """The mutants that the file is known to notice, and by which tests."""
        return tuple(trial for trial in self.strength.trials if trial.killed) if self.strength else ()

    def smaller(self, standing: Sequence[Standing], *, fold: bool) -> Reduced:
        """The file without what is not needed, and with near-duplicates as one if they are to be folded."""
        self.emit(Stage("proving that nothing is lost"))
        idle = superfluous(standing)
        gone = provable(idle, lambda names: self._holds(self._without(names)))
        reduced = replace(self._without(gone), relied_on=tuple(name for name in idle if name not in gone))
        if not fold:
            return reduced
        left = [one.name for one in standing if one.name not in reduced.gone and not one.stays]
        found = self.reduction.families(reduced.content, left)
        kept = provable(found, lambda some: self._holds(self._folded(reduced, some)))
        return self._folded(reduced, kept)

    def _without(self, names: Sequence[str]) -> Reduced:
        return Reduced(self.reduction.without(self.old, names), tuple(names))

    def _folded(self, reduced: Reduced, families: Sequence[Family]) -> Reduced:
        content = reduced.content
        for family in families:
            content = self.reduction.folded(content, family)
        return replace(reduced, content=content, families=tuple(families))

    def _holds(self, reduced: Reduced) -> bool:
        """Whether the outcomes are the same, no reach or kill is lost, and the whole suite agrees."""
        after = self._whole(reduced.content)
        expected = {
            name: outcomes
            for name, outcomes in outcomes_of(self.before).items()
            if plain(name) not in reduced.dropped
        } | dict.fromkeys(reduced.cases, frozenset({Outcome.PASSED}))
        found = outcomes_of(after)
        return (
            found.keys() == expected.keys()
            and all(found[name] <= outcomes for name, outcomes in expected.items())
            and not steady(self.before) - steady(after)
            and not (self.assess and self.assess.unnoticed(reduced.content, self._killed))
            and self.agrees(reduced)
        )

    def _whole(self, content: bytes) -> tuple[Run, ...]:
        turns = range(max(2, self.bench.limits.repeat))
        return tuple(
            spread(
                self.bench,
                lambda turn, _free: self.bench.try_out(content, reverse=turn % 2 == 1, turn=turn),
                turns,
            )
        )


def outcomes_of(runs: Sequence[Run]) -> Mapping[str, frozenset[Outcome]]:
    """How each test ended in some runs, by node id."""
    found: dict[str, set[Outcome]] = {}
    for run in runs:
        for test in run.tests:
            found.setdefault(test.name, set()).add(test.outcome)
    return {name: frozenset(outcomes) for name, outcomes in found.items()}


def superfluous(standing: Sequence[Standing]) -> list[str]:
    """The tests that a smallest set can do without; those that stay in any case are in it."""
    free = [one for one in standing if not one.stays]
    chosen = needed([one.reach for one in free], union([one.reach for one in standing if one.stays]))
    return [one.name for index, one in enumerate(free) if index not in chosen]


def provable(items: Sequence[T], holds: Callable[[Sequence[T]], bool], sure: Sequence[T] = ()) -> list[T]:
    """As many of the items as hold together, found by halving where all of them do not."""
    if not items or holds([*sure, *items]):
        return list(items)
    if len(items) == 1:
        return []
    middle = len(items) // 2
    first = provable(items[:middle], holds, sure)
    return [*first, *provable(items[middle:], holds, [*sure, *first])]


def verdicts(standing: Sequence[Standing], reduced: Reduced, codes: Mapping[str, str]) -> Iterator[Verdict]:
    """What becomes of each test, for the reports; one that stays is credited with what those before left."""
    before = Reach()
    for one in standing:
        candidate = Candidate(one.name.rpartition("::")[2], codes.get(one.name, ""))
        verdict = Verdict(candidate, None, one.stays, reached=one.reach, runs=one.runs, name=one.name)
        if one.name in reduced.gone:
            yield verdict.refuse(Gate.NEEDED, NOT_NEEDED)
        else:
            yield replace(verdict, gained=one.reach - before)
            before |= one.reach


def _unfit(name: str, runs: Sequence[Run]) -> str:
    """Why a test cannot be judged by what it reaches, "" if it can."""
    tests = [test for run in runs for test in run.tests if plain(test.name) == name]
    bad = {test.outcome.value for test in tests if test.outcome is not Outcome.PASSED}
    if bad or not tests:
        return f"it is not green every time, alone and together: {', '.join(sorted(bad)) or 'not run'}"
    return ""
