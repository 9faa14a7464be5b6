"""The last gate: the smallest set of kept tests that loses nothing of what was gained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

from testgen.domain import Arc, Gate, Line, Reach, Verdict

NOTHING_NEW = "it reaches nothing that the existing tests and the tests kept before it do not reach"
NOT_SHARPER = "it reaches nothing new, and notices no change of the code that other tests do not notice"
NOT_NEEDED = "the other kept tests reach all that it reaches"


def credited(verdicts: Sequence[Verdict], before: Reach) -> tuple[Verdict, ...]:
    """The verdicts in their order, each with what it alone adds to `before` and to those kept ahead of it.

    One that passes but adds nothing is refused at GAIN.
    """
    answer = []
    for verdict in verdicts:
        if not verdict.kept:
            answer.append(verdict)
        elif gained := verdict.reached - before:
            answer.append(replace(verdict, gained=gained))
            before |= gained
        else:
            answer.append(verdict.refuse(Gate.GAIN, NOT_SHARPER if before.kills else NOTHING_NEW))
    return tuple(answer)


def minimal(verdicts: Sequence[Verdict], before: Reach) -> tuple[Verdict, ...]:
    """The verdicts with those kept reduced to a set in which each is needed."""
    kept = [verdict for verdict in verdicts if verdict.kept]
    stay = {id(kept[index]) for index in needed([verdict.reached for verdict in kept], before)}
    reduced = (
        verdict.refuse(Gate.NEEDED, NOT_NEEDED) if verdict.kept and id(verdict) not in stay else verdict
        for verdict in verdicts
    )
    return credited(tuple(reduced), before)


def needed(reaches: Sequence[Reach], before: Reach) -> frozenset[int]:
    """The indices of a small set that together reaches, beyond `before`, all that all of them reach.

    Greedy set cover (the one that adds most first, earlier ones on a tie), then every member that the others
    make superfluous is dropped, so that no test of the answer can be taken out without a loss.
    """
    gains = [reach - before for reach in reaches]
    chosen = greedy(gains)
    reachers = Counter(part for index in chosen for part in parts(gains[index]))
    for index in reversed(chosen[:]):
        if all(reachers[part] > 1 for part in parts(gains[index])):
            chosen.remove(index)
            reachers.subtract(parts(gains[index]))
    return frozenset(chosen)


def greedy(gains: Sequence[Reach]) -> list[int]:
    """The indices of what adds most to those before it, until nothing adds anything.

    What one would add never grows, so the others are looked at again only when they may be the best.
    """
    chosen, left = list[int](), union(gains)
    heap = [(-len(gain), index) for index, gain in enumerate(gains)]
    heapify(heap)
    while left:
        _, index = heappop(heap)
        entry = (-len(gains[index] & left), index)
        if heap and entry > heap[0]:
            heappush(heap, entry)
        else:
            chosen.append(index)
            left -= gains[index]
    return chosen


def parts(reach: Reach) -> Iterator[Line | Arc | str]:
    """Its lines, its branches and what it kills, one by one."""
    yield from reach.lines
    yield from reach.branches
    yield from reach.kills


def union(reaches: Sequence[Reach]) -> Reach:
    """All that any of them reaches."""
    return Reach(
        frozenset[Line]().union(*(reach.lines for reach in reaches)),
        frozenset[Arc]().union(*(reach.branches for reach in reaches)),
        frozenset[str]().union(*(reach.kills for reach in reaches)),
    )
