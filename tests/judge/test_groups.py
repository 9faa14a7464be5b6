"""From runs of groups to what each member reaches: few runs, nothing claimed that is not so, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testgen.domain import Reach
from testgen.judge.command.evidence import Trial, certain, groups, possible, proven, shares
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
def test_what_a_run_does_not_show_is_neither_certain_nor_impossible(truth):
    odd = Reach(frozenset(range(1, 13, 2)))
    singles = [Trial(frozenset({one}), Reach(lines) - odd, odd) for one, lines in enumerate(truth)]
    for trials in (singles, [*singles, *trials_of(truth)]):
        for member, lines in enumerate(truth):
            assert certain(member, trials).lines <= lines <= possible(member, trials).lines
            assert lines - odd.lines <= certain(member, trials).lines


@given(TRUTHS)
def test_a_line_that_only_one_member_reaches_is_certain(truth):
    trials = trials_of(truth)
    for member, lines in enumerate(truth):
        others = frozenset().union(*(other for place, other in enumerate(truth) if place != member))
        assert lines - others <= certain(member, trials).lines


@given(TRUTHS)
def test_what_the_chosen_share_is_what_some_of_them_reach_and_not_said_of_one(truth):
    trials = trials_of(truth)
    chosen = needed([certain(one, trials) for one in range(len(truth))], Reach())
    shared = shares(sorted(chosen), trials)
    sure = union([certain(one, trials) for one in chosen])
    assert sure.lines | union([*shared.values()]).lines == proven(chosen, trials).lines
    for one in chosen:
        assert not shared[one] & sure
    assert union([*shared.values()]).lines <= frozenset().union(*(truth[one] for one in chosen), frozenset())


def test_a_line_of_two_tests_is_not_said_to_be_the_first_ones():
    members = {one: frozenset({one}) for one in "ABC"}
    runs = ("AB", "AC", "BC")  # B and C reach line 9, A does not
    lines = {"A": {1}, "B": {2, 9}, "C": {3, 9}}
    trials = [Trial(frozenset(run), Reach.of({line for one in run for line in lines[one]})) for run in runs]
    assert [certain(one, trials).lines for one in members] == [{1}, {2}, {3}]
    assert [shares("ABC", trials)[one].lines for one in members] == [{9}, set(), set()]
