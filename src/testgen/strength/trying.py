"""Mutants through the judge's workers: each in a process of its own, with only the tests that reach it."""

from __future__ import annotations

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
        names, ids = tuple(test.name for test in tests), [each for test in tests for each in test.ids]
        limit = SPARE + TIMES * (max(test.start for test in tests) + sum(test.seconds for test in tests))
        text = mutant.made_of(self.source)
        run = self.bench.try_mutant(text, self.content, ids, Terms(limit, LINGER, turn))
        if run.outcome is Outcome.TIMEOUT and not run.red:  # a loop, or a machine that is busy
            run = self.bench.try_mutant(text, self.content, ids, Terms(AGAIN * limit, LINGER, turn))
        return Trial(mutant, *judged(run, names, ids))


def judged(
    run: MutantRun, names: tuple[str, ...], ids: Sequence[str]
) -> tuple[Status, tuple[str, ...], tuple[str, ...]]:
    """What a run says: the mutant's status, the tests that reach it and those that noticed."""
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
