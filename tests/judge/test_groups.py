"""From runs of groups to what each member reaches: few runs, nothing claimed that is not so, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testgen.domain import Reach
from testgen.judge.command.evidence import Trial, certain, credited, groups, possible, proven
from testgen.selection import needed, union

TRUTHS = st.lists(st.frozensets(st.integers(1, 12)), min_size=1, max_size=9)


def trials_of(truth):
    return [
        Trial(group, Reach(frozenset().union(*(truth[one] for one in group))))
        for group in groups(range(len(truth)))
    ]


@pytest.mark.parametrize(("count", "runs"), [(1, 1), (2, 2), (3, 3), (6, 4), (9, 5), (10, 5), (20, 6)])
def test_few_groups_tell_any_two_apart(count, runs):
    made = groups(range(count))
    assert len(made) == runs
    for one in range(count):
        for other in range(count):
            assert one == other or any(one in group and other not in group for group in made)


@given(TRUTHS)
def test_what_is_certain_is_true_and_what_is_true_is_possible(truth):
    trials = trials_of(truth)
    for member, lines in enumerate(truth):
        assert certain(member, trials).lines <= lines <= possible(member, trials).lines


@given(TRUTHS)
def test_a_line_that_only_one_member_reaches_is_certain(truth):
    trials = trials_of(truth)
    for member, lines in enumerate(truth):
        others = frozenset().union(*(other for place, other in enumerate(truth) if place != member))
        assert lines - others <= certain(member, trials).lines


@given(TRUTHS)
def test_what_is_credited_to_the_chosen_is_what_they_reach(truth):
    trials = trials_of(truth)
    everyone = range(len(truth))
    chosen = needed([certain(one, trials) for one in everyone], Reach())
    given_ = credited([*everyone], chosen, trials)
    together = union([given_[one] for one in chosen])
    assert together.lines == proven(chosen, trials).lines
    assert together.lines <= frozenset().union(*(truth[one] for one in chosen), frozenset())
