"""The last gate: the smallest set of kept tests that loses nothing of what was gained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from testgen.domain import Gate, Reach, Verdict

NOTHING_NEW = "it reaches nothing that the existing tests and the tests kept before it do not reach"
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
            answer.append(verdict.refuse(Gate.GAIN, NOTHING_NEW))
    return tuple(answer)


def minimal(verdicts: Sequence[Verdict], before: Reach) -> tuple[Verdict, ...]:
    """The verdicts with those kept reduced to a set in which each is needed."""
    kept = [verdict for verdict in verdicts if verdict.kept]
    stay = [kept[index] for index in needed([verdict.reached for verdict in kept], before)]
    reduced = (
        verdict.refuse(Gate.NEEDED, NOT_NEEDED) if verdict.kept and verdict not in stay else verdict
        for verdict in verdicts
    )
    return credited(tuple(reduced), before)


def needed(reaches: Sequence[Reach], before: Reach) -> frozenset[int]:
    """The indices of a small set that together reaches, beyond `before`, all that all of them reach.

    Greedy set cover (the one that adds most first, earlier ones on a tie), then every member that the others
    make superfluous is dropped, so that no test of the answer can be taken out without a loss.
    """
    gains = [reach - before for reach in reaches]
    chosen: list[int] = []
    left = union(gains)
    while left:
        best = max(range(len(gains)), key=lambda index: (len(gains[index] & left), -index))
        chosen.append(best)
        left -= gains[best]
    for index in reversed(chosen[:]):
        others = [gains[other] for other in chosen if other != index]
        if not gains[index] - union(others):
            chosen.remove(index)
    return frozenset(chosen)


def union(reaches: Sequence[Reach]) -> Reach:
    """All that any of them reaches."""
    answer = Reach()
    for reach in reaches:
        answer |= reach
    return answer
