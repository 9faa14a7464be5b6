"""Living together: the test file with candidates added is green in both orders, or the culprit is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from testgen.domain import RED, Candidate, Outcome, Run
from testgen.judge import Judge
from testgen.languages import Merged, Merger

TRIES = 3  # runs without candidates before an existing test counts as reliable


@dataclass(frozen=True, slots=True)
class Culprit:
    """The candidate (by its place) that cannot stay, and why."""

    index: int
    reason: str


@dataclass(frozen=True)
class Company:
    """Tries candidates together with the existing tests of the file."""

    bench: Judge
    merger: Merger
    old: bytes | None

    @cached_property
    def tolerated(self) -> tuple[frozenset[str], frozenset[str]]:
        """The existing tests that are red without any candidate, in the file's order and in the reverse."""
        if not self.old:
            return frozenset(), frozenset()
        return self._red_without(reverse=False), self._red_without(reverse=True)

    def culprits(self, candidates: Sequence[Candidate]) -> tuple[Culprit, ...]:
        """Candidates that the file cannot live with; none if all of them may stay.

        Without those that are found, others may be seen to be in the way.
        """
        merged = self.merger.merge(candidates)
        found: dict[str, Culprit] = {}
        for reverse, run in enumerate(self._in_both_orders(merged)):
            self._blame(merged, run, self._victims(merged, run, reverse=bool(reverse)), found)
            if not found and run.outcome not in (Outcome.PASSED, Outcome.SKIPPED, *RED):
                return (self._by_halving(candidates, run),)
        return tuple(found.values())

    def _in_both_orders(self, merged: Merged) -> list[Run]:
        """The file's order and the reverse, at the same time unless one thing has to run after another."""
        threads = ThreadPoolExecutor(min(2, self.bench.limits.jobs))
        runs = threads.map(
            lambda turn: self.bench.try_out(merged.content, reverse=turn == 1, turn=turn), (0, 1)
        )
        try:
            return list(runs)
        except BaseException:
            self.bench.abandon()  # or the end of the threads would be waited for
            raise
        finally:
            threads.shutdown()

    def _victims(self, merged: Merged, run: Run, *, reverse: bool) -> frozenset[str]:
        """The tests of a run that are red because of the company; existing ones that are flaky are not."""
        new, failed = frozenset(merged.names), red(run)
        reliable = failed - new
        if reliable:
            reliable &= red(self.bench.try_out(merged.content, reverse=reverse))
        if reliable:
            reliable -= self.tolerated[reverse]
        return failed & new | reliable

    def _red_without(self, *, reverse: bool) -> frozenset[str]:
        """The tests that are red in any of some runs of the file as it was."""
        runs = (self.bench.try_out(self.old or b"", reverse=reverse) for _ in range(TRIES))
        return frozenset().union(*map(red, runs))

    def _blame(self, merged: Merged, run: Run, victims: frozenset[str], found: dict[str, Culprit]) -> None:
        """Add to those found, by their names, who is to blame for the tests that are red only in company."""
        order = list(dict.fromkeys(plain(test.name) for test in run.tests))
        for bad in (name for name in order if name in victims and name not in found):
            before = [name for name in order[: order.index(bad)] if name not in found]
            if found and not self._fails_after(merged, before, bad):
                continue  # one that was found before is to blame for this too
            name, reason = self._blamed(merged, before, bad)
            found[name] = Culprit(merged.names.index(name), reason)

    def _blamed(self, merged: Merged, before: Sequence[str], bad: str) -> tuple[str, str]:
        """The name of the candidate to blame for a test that fails after some others, and the reason."""
        polluter = self._polluter(merged, before, bad)
        if polluter in merged.names:
            return polluter, f"{bad} fails after it: it changes what others rely on"
        if bad in merged.names:
            after = f"after {polluter}" if polluter else "together with the other tests of the file"
            return bad, f"passes alone but fails {after}"
        return merged.names[-1], f"{bad} fails once the new tests are in the file"

    def _polluter(self, merged: Merged, before: Sequence[str], bad: str) -> str:
        """The one test after which `bad` fails, by bisection; "" if no single one does it."""
        suspects = list(before)
        while len(suspects) > 1:
            half = suspects[: len(suspects) // 2]
            suspects = half if self._fails_after(merged, half, bad) else suspects[len(half) :]
        return suspects[0] if suspects and self._fails_after(merged, suspects, bad) else ""

    def _fails_after(self, merged: Merged, before: Sequence[str], bad: str) -> bool:
        return bad in red(self.bench.try_out(merged.content, [*before, bad]))

    def _by_halving(self, candidates: Sequence[Candidate], run: Run) -> Culprit:
        """Who is to blame when the file as a whole ends badly: by time, crash, or at import."""

        def bad(count: int) -> bool:
            again = self.bench.try_out(self.merger.merge(candidates[:count]).content)
            return again.outcome is run.outcome

        message = run.failure.message if run.failure else run.outcome.value
        return Culprit(
            fewest(len(candidates), bad) - 1, f"the test file as a whole ends badly with it: {message}"
        )


def fewest(most: int, bad: Callable[[int], bool]) -> int:
    """The smallest count in 1..most that is bad, given that `most` is and that it stays so once it is."""
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bad(middle) else (middle, high)
    return high


def red(run: Run) -> frozenset[str]:
    """The tests of a run that failed, without their parameters."""
    return frozenset(plain(test.name) for test in run.tests if test.outcome in RED)


def plain(name: str) -> str:
    """A node id without its parameters."""
    return name.partition("[")[0]
