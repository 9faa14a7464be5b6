"""Mutants through the judge's workers: each in a process of its own, with only the tests that reach it."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

from testgen.company import plain
from testgen.domain import Line, Outcome
from testgen.judge.answers import MutantRun
from testgen.judge.bench import Bench, Terms
from testgen.strength.findings import Mutant, Status, Trial

LINGER = 0.5  # seconds that tests are run on after the first red one, to learn who else would have noticed
SPARE, TIMES = 1.0, 5.0  # seconds, and times the tests' own time, until a mutant may be a loop
AGAIN = 2.0  # times as long before it counts as one
ROUNDS, LONGEST = 10, 3.0  # times that a test is run on the code as it is, and seconds for all of that
ALONE = 6  # the same in processes of its own, for one that was red in company with itself

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """A test as it is without mutants: its node ids (one for each set of parameters), and what it reaches.

    `start` are the seconds until it begins, imports included; `seconds` are its own.
    """

    name: str
    ids: tuple[str, ...]
    lines: frozenset[Line]
    start: float
    seconds: float


@dataclass(frozen=True)
class Trials:
    """Tries mutants of one source with the tests of one file."""

    bench: Bench
    source: str
    content: bytes
    tests: Sequence[Known]

    def of(self, mutants: Sequence[Mutant], seed: int, until: float) -> tuple[Trial, ...]:
        """Try the mutants in a random order, as many as begin before the clock (monotonic) says `until`."""
        order = random.Random(seed).sample(list(mutants), len(mutants))  # noqa: S311  (a sample, no secret)

        def one(mutant: Mutant, turn: int) -> Trial | None:
            return self.one(mutant, turn) if time.monotonic() < until else None

        return tuple(trial for trial in spread(self.bench, one, order) if trial)

    def one(self, mutant: Mutant, turn: int) -> Trial:
        """What becomes of one mutant."""
        tests = [test for test in self.tests if mutant.line in test.lines]
        text = mutant.made_of(self.source)
        run = self._run(text, tests, turn)
        if run.outcome is Outcome.TIMEOUT and not run.red:  # a loop, or a machine that is busy
            run = self._run(text, tests, turn, patience=AGAIN)
        return Trial(mutant, *judged(run, tests))

    def shaky(self) -> frozenset[str]:
        """The tests that are not green every time on the source as it is, in the way that mutants are run.

        All are run several times in one process, which is quick; one that is red there may only not stand
        its own company, so it is tried in processes of its own.
        """
        seconds = sum(test.seconds for test in self.tests)
        rounds = max(1, min(ROUNDS, int(LONGEST / max(seconds, 0.01))))
        doubtful = self._red(self.tests, 0, rounds)
        again = [test for test in self.tests if test.name in doubtful for _ in range(ALONE)]
        return frozenset().union(*spread(self.bench, lambda test, turn: self._red([test], turn), again))

    def red(self) -> frozenset[str]:
        """The tests that are red on the source as it is, now."""
        return self._red(self.tests, 0)

    def _red(self, tests: Sequence[Known], turn: int, rounds: int = 1) -> frozenset[str]:
        run = self._run(self.source, list(tests) * rounds, turn, linger=math.inf)
        return frozenset(judged(run, list(tests) * rounds)[2])

    def _run(
        self, text: str, tests: Sequence[Known], turn: int, *, linger: float = LINGER, patience: float = 1.0
    ) -> MutantRun:
        """Run some tests, each as often as it is named, with a text in the source's place."""
        start = max((test.start for test in tests), default=0.0)
        limit = patience * (SPARE + TIMES * (start + sum(test.seconds for test in tests)))
        ids = [each for test in tests for each in test.ids]
        return self.bench.try_mutant(text, self.content, ids, Terms(limit, min(linger, limit), turn))


def judged(run: MutantRun, tests: Sequence[Known]) -> tuple[Status, tuple[str, ...], tuple[str, ...]]:
    """What a run of some tests says: the mutant's status, the tests that reach it and those that noticed."""
    names, ids = tuple(test.name for test in tests), [each for test in tests for each in test.ids]
    red = tuple(dict.fromkeys(plain(name) for name in run.red))
    if not run.seen:
        return Status.UNSEEN, names, ()
    if run.outcome is Outcome.BROKEN:  # not even the import of the test file works
        return Status.KILLED, names, names
    if red:
        return Status.KILLED, names, red
    if run.outcome in (Outcome.TIMEOUT, Outcome.CRASHED):
        ended = (plain(ids[run.finished]),) if run.finished < len(ids) else names[-1:]
        return Status.TIMEOUT if run.outcome is Outcome.TIMEOUT else Status.CRASHED, names, ended
    return Status.SURVIVED, names, ()


def spread(bench: Bench, work: Callable[[S, int], T], items: Sequence[S]) -> Iterator[T]:
    """Do the work on all items, several at once, each on a worker that is free (its number is handed in)."""
    free: SimpleQueue[int] = SimpleQueue()
    for number in range(bench.limits.jobs):
        free.put(number)

    def one(item: S) -> T:
        number = free.get()
        try:
            return work(item, number)
        finally:
            free.put(number)

    threads = ThreadPoolExecutor(bench.limits.jobs)
    try:
        yield from threads.map(one, items)
    except BaseException:
        bench.abandon()
        raise
    finally:
        threads.shutdown(cancel_futures=True)
