from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from testgen.domain import Candidate, Gate, Reach, Verdict
from testgen.selection import credited, minimal, needed, union


def reaches():
    lines = st.frozensets(st.integers(1, 12), max_size=6)
    arcs = st.frozensets(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=3)
    kills = st.frozensets(st.sampled_from("abcd"), max_size=2)
    return st.builds(Reach, lines, arcs, kills)


def verdict(name: str, *lines: int) -> Verdict:
    return Verdict(Candidate(name, f"def {name}(): ..."), None, "", reached=Reach.of(lines))


def test_each_is_credited_with_what_those_before_it_left():
    verdicts = credited([verdict("a", 1, 2), verdict("b", 2, 3), verdict("c", 3)], Reach.of([1]))
    assert [one.gained.lines for one in verdicts] == [{2}, {3}, frozenset()]
    assert [one.refused_at for one in verdicts] == [None, None, Gate.GAIN]


def test_a_branch_alone_is_a_gain():
    one = Verdict(Candidate("a", ""), None, "", reached=Reach.of([], [(1, 2)]))
    assert credited([one], Reach.of([1]))[0].kept


def test_what_a_later_one_makes_superfluous_goes():
    verdicts = minimal(credited([verdict("a", 1), verdict("b", 2), verdict("c", 1, 2, 3)], Reach()), Reach())
    assert [one.refused_at for one in verdicts] == [Gate.NEEDED, Gate.NEEDED, None]
    assert verdicts[2].gained == Reach.of([1, 2, 3])


@given(st.lists(reaches(), max_size=8), reaches())
def test_nothing_is_lost_and_nothing_is_superfluous(all_reaches, before):
    chosen = needed(all_reaches, before)
    kept = [all_reaches[index] for index in chosen]
    assert union(kept) | before == union(all_reaches) | before
    for index in chosen:
        rest = union([all_reaches[other] for other in chosen if other != index])
        assert rest | before != union(all_reaches) | before
