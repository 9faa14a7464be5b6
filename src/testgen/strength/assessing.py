"""How strong the tests of a file are: what each reaches, which mutants are there, and who kills them."""

from __future__ import annotations

import math
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from testgen.company import plain, red
from testgen.domain import Line, Outcome, Run
from testgen.events import Emit, Noted, Stage
from testgen.judge.bench import Bench, Terms
from testgen.judge.survey import Baseline
from testgen.strength.equivalence import told_apart
from testgen.strength.findings import Mutant, Status, Strength, Trial
from testgen.strength.mutants import changes
from testgen.strength.trying import Known, Trials, spread

TURNS = 2  # runs of each test without mutants, under different hash seeds


@dataclass(frozen=True)
class Assessor:
    """Assesses test files for one source, whose mutants it knows.

    `bench` is one for mutants, warm; `budget` are the seconds that trying mutants may take.
    """

    bench: Bench
    source: str
    mutants: tuple[Mutant, ...]
    budget: float
    emit: Emit

    def strength(
        self,
        content: bytes,
        of: frozenset[Line] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> Strength:
        """The strength of a test file's content, on the lines it reaches, or on the part of them in `of`.

        Tests `without` which it is to be are known not to be green every time.
        """
        started = time.monotonic()
        self.emit(Stage("looking what each test reaches"))
        known, notes = self._known(content, without=without)
        reached = frozenset().union(*(test.lines for test in known))
        lines = reached if of is None else reached & of
        there = [mutant for mutant in self.mutants if mutant.line in lines]
        tried = [mutant for mutant in there if not mutant.ignored]
        self.emit(Stage(f"trying {len(tried)} mutants"))
        trials = self._tried(content, known, tried, started + self.budget)
        if late := self._trials(content, known).red():  # then what it noticed says nothing
            return self.strength(content, of, without | late)
        return Strength(
            trials=trials,
            possible=len(tried),
            uncovered=sum(not one.ignored and one.line not in reached for one in self.mutants),
            ignored=tuple(sorted(Counter(one.ignored for one in there if one.ignored).items())),
            tests=tuple(test.name for test in known),
            seconds=time.monotonic() - started,
            seed=self._seed,
            notes=(*notes, *_gaps(trials)),
        )

    def kills(
        self, content: bytes, names: Sequence[str], mutants: Iterable[Mutant]
    ) -> Mapping[str, frozenset[str]]:
        """Which of the mutants (by their ids) each of some tests of a test file's content notices."""
        known, _ = self._known(content, names)
        until = time.monotonic() + self.budget
        there = [one for one in mutants if any(one.line in test.lines for test in known)]
        trials = self._tried(content, known, there, until)
        return {name: frozenset(one.mutant.id for one in trials if name in one.killers) for name in names}

    def passing(self, content: bytes, test: str, mutants: Sequence[Mutant]) -> frozenset[str]:
        """The mutants (their ids) with which one test of a content passes, whatever it does without them."""

        def passes(mutant: Mutant, turn: int) -> bool:
            terms = Terms(self.bench.limits.timeout, 0.0, turn)
            run = self.bench.try_mutant(mutant.made_of(self.source), content, [test], terms)
            return run.seen and run.outcome is Outcome.PASSED

        found = zip(mutants, spread(self.bench, passes, mutants), strict=True)
        return frozenset(mutant.id for mutant, passed in found if passed)

    def unnoticed(self, content: bytes, noticed: Sequence[Trial]) -> tuple[Mutant, ...]:
        """The mutants, of those noticed before, that this content does not notice; however long it takes."""
        known, _ = self._known(content)
        reached = frozenset().union(*(test.lines for test in known))
        there = [trial.mutant for trial in noticed if trial.mutant.line in reached]
        killed = {trial.mutant.id for trial in self._tried(content, known, there, math.inf) if trial.killed}
        return tuple(trial.mutant for trial in noticed if trial.mutant.id not in killed)

    @cached_property
    def _seed(self) -> int:
        return zlib.crc32(self.source.encode("utf-8", "surrogatepass"))

    def _tried(
        self, content: bytes, known: Sequence[Known], mutants: Sequence[Mutant], until: float
    ) -> tuple[Trial, ...]:
        return self._trials(content, known).of(mutants, self._seed, until)

    def _trials(self, content: bytes, known: Sequence[Known]) -> Trials:
        return Trials(self.bench, self.source, content, known)

    def _known(
        self, content: bytes, wanted: Sequence[str] | None = None, without: frozenset[str] = frozenset()
    ) -> tuple[tuple[Known, ...], tuple[str, ...]]:
        """The tests, all or those that are wanted, that can be relied on, and notes on the others."""
        whole = self.bench.try_out(content, wanted)
        names = tuple(dict.fromkeys(plain(test.name) for test in whole.tests))
        runs = spread(self.bench, lambda name, turn: self._alone(content, name, turn), names)
        alone = dict(zip(names, runs, strict=True))
        bad = without | red(whole) | {name for name in names if not _steady(alone[name])}
        green = tuple(_test(name, whole, alone[name]) for name in names if name not in bad)
        bad |= self._trials(content, green).shaky()
        known = tuple(test for test in green if test.name not in bad)
        return known, _left_out(whole, [name for name in names if name in bad])

    def _alone(self, content: bytes, name: str, turn: int) -> tuple[Run, ...]:
        return tuple(self.bench.try_out(content, [name], turn=turn + more) for more in range(TURNS))


@contextmanager
def assessor(bench: Bench, baseline: Baseline, source: str, budget: float, emit: Emit) -> Iterator[Assessor]:
    """An assessor with a bench of its own beside the one that measured the baseline."""
    with bench.for_mutants(baseline) as own:
        own.warm(baseline.foreign)
        mutants = mutants_of(source)
        if why := own.ready():
            emit(Noted(f"every mutant needs a new interpreter, which is slower: {why}"))
        yield Assessor(own, source, mutants, budget, emit)


def mutants_of(source: str) -> tuple[Mutant, ...]:
    """All mutants of a source, those that say nothing marked as ignored."""
    return tuple(told_apart(changes(source)))


def _steady(runs: Sequence[Run]) -> bool:
    """Whether a test is green each time; skipped ones kill nothing and are no trouble."""
    return all(run.outcome in (Outcome.PASSED, Outcome.SKIPPED) for run in runs)


def _test(name: str, whole: Run, runs: Sequence[Run]) -> Known:
    ids = tuple(test.name for test in whole.tests if plain(test.name) == name)
    lines = frozenset.intersection(*(run.reach.lines for run in runs))
    own = max(sum(test.seconds for test in run.tests) for run in runs)
    return Known(name, ids, lines, max(run.seconds for run in runs) - own, own)


def _left_out(whole: Run, shaky: Sequence[str]) -> tuple[str, ...]:
    found = []
    if not whole.tests and whole.failure:
        found.append(f"no test could be run: {whole.failure.message}")
    if shaky:
        found.append(f"not counted on, because not green every time on the code as it is: {', '.join(shaky)}")
    return tuple(found)


def _gaps(trials: Iterable[Trial]) -> tuple[str, ...]:
    unseen = sum(trial.status is Status.UNSEEN for trial in trials)
    if not unseen:
        return ()
    return (
        f"{unseen} mutants never got into the process of the tests (the source is run in another process, by "
        "another loader, or as a compiled extension); nothing is said about them",
    )
