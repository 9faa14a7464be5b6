"""The strength of the tests that a run keeps; those that cannot fail are refused."""

from __future__ import annotations

from testgen.domain import Gate
from testgen.judge.bench import Bench
from testgen.rounds import Rounds
from testgen.strength.assessing import Assessor, assessor
from testgen.strength.findings import Strength

CANNOT_FAIL = "it passes with every change of what it reaches, emptied functions among them: it cannot fail"


def weigh(rounds: Rounds, budget: float) -> None:
    """Try mutants of the lines that the kept tests reach, with all tests of the file, for so many seconds."""
    bench = rounds.keeper.bench
    if not rounds.kept:
        return
    if not isinstance(bench, Bench):
        rounds.note("--strength is known for Python with pytest only; nothing was tried")
        return
    with assessor(bench, rounds.baseline, rounds.scene.source, budget, rounds.emit) as assess:
        rounds.strength = strength_of_kept(rounds, assess)
        if idle := idle_tests(rounds.strength):
            rounds.verdicts = tuple(
                one.refuse(Gate.STRENGTH, CANNOT_FAIL) if one.kept and one.name in idle else one
                for one in rounds.verdicts
            )
            rounds.strength = strength_of_kept(rounds, assess) if rounds.kept else None


def strength_of_kept(rounds: Rounds, assess: Assessor) -> Strength:
    """How strong the test file is on the lines that the kept tests reach."""
    lines = frozenset[int]().union(*(verdict.reached.lines for verdict in rounds.kept))
    return assess.strength(rounds.keeper.merged(rounds.verdicts).content, lines)


def idle_tests(strength: Strength) -> frozenset[str]:
    """The tests that nothing makes fail, not even emptied functions; none where only a sample was tried."""
    if len(strength.trials) < strength.possible:
        return frozenset()
    emptied = {name for one in strength.seen if one.mutant.operator == "removed body" for name in one.tests}
    return frozenset(grip.name for grip in strength.grips if not grip.kills and grip.name in emptied)
