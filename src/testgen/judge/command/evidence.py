"""From runs of groups to what each member reaches.

A run shows what its members reach together. Who reaches a line is known where only one member of some run
can have: the others are also in runs that do not reach it. So that this is known of every two, each is put
into a run without the other: with n runs that can be said of as many as there are ways to choose half of
them (Sperner's theorem), six of four runs, ten of five, twenty of six.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations, count, islice
from math import comb
from operator import and_

from testgen.domain import Reach
from testgen.selection import union


@dataclass(frozen=True, slots=True)
class Trial:
    """A run that was green: who was in it, by numbers, and what of interest they reached together.

    What is `unseen` they may have reached or not: the run did not show it.
    """

    members: frozenset[int]
    reach: Reach
    unseen: Reach = field(default_factory=Reach)


def groups(members: Iterable[int]) -> tuple[frozenset[int], ...]:
    """As few groups as possible such that each of any two members is in one without the other."""
    everyone = tuple(members)
    runs = next(number for number in count(1) if comb(number, _half(number)) >= len(everyone))
    chosen = islice(combinations(range(runs), _half(runs)), len(everyone))
    where = dict(zip(everyone, chosen, strict=True))
    made = (frozenset(one for one in everyone if run in where[one]) for run in range(runs))
    return tuple(group for group in made if group)


def _half(number: int) -> int:
    return (number + 1) // 2


def possible(member: int, trials: Sequence[Trial]) -> Reach:
    """What a member may reach: all that every one of its runs reached."""
    reaches = [trial.reach | trial.unseen for trial in trials if member in trial.members]
    return reduce(and_, reaches) if reaches else Reach()


def certain(member: int, trials: Sequence[Trial]) -> Reach:
    """What a member reaches for sure: what a run of its reached that nobody else in that run may have."""
    own = possible(member, trials)
    found = (
        (trial.reach & own) - union([possible(other, trials) for other in trial.members - {member}])
        for trial in trials
        if member in trial.members
    )
    return union([*found])


def proven(members: frozenset[int], trials: Sequence[Trial]) -> Reach:
    """What some members reach together for sure: what nobody else in a run may have reached."""
    found = (
        trial.reach - union([possible(other, trials) for other in trial.members - members])
        for trial in trials
    )
    return union([*found])


def shares(chosen: Iterable[int], trials: Sequence[Trial]) -> dict[int, Reach]:
    """What the chosen reach together without its being known who of them does: the first that may have it."""
    members = tuple(chosen)
    rest = proven(frozenset(members), trials) - union([certain(member, trials) for member in members])
    given = {}
    for member in members:
        given[member] = rest & possible(member, trials)
        rest -= given[member]
    return given
