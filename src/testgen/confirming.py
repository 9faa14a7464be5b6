"""Confirming: the whole suite with candidates added is green, or the culprit is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from testgen.company import Culprit, fewest, plain
from testgen.domain import FINE, RED, Candidate, Run
from testgen.judge import Judge
from testgen.languages import Merger


@dataclass
class Confirmation:
    """Tries candidates together with the whole suite.

    `tolerated` are the node ids of existing tests that were seen red through no fault of a candidate;
    `broken` is how the suite ends with the candidates and without, "" if it ends well or by their fault.
    """

    bench: Judge
    merger: Merger
    old: bytes | None
    tolerated: frozenset[str] = frozenset()
    broken: str = ""

    def for_file(self, merger: Merger, old: bytes | None) -> Confirmation:
        """The same for another content of the test file."""
        return replace(self, merger=merger, old=old, broken="")

    def culprits(self, candidates: Sequence[Candidate]) -> tuple[Culprit, ...]:
        """The first candidate found that the suite cannot live with; none if all of them may stay."""
        run = self._run(candidates)
        dependent = self._dependent(run, candidates)
        if dependent:
            return (dependent,)
        victims = failed(run) - self.tolerated
        if victims:  # twice with the candidates and never without, or it is not their fault
            again, without = self._run(candidates), self._run(())
            self.broken = ", ".join(ended(run) & ended(again) & ended(without))
            innocent, victims = victims, victims & failed(again) - failed(without)
            self.tolerated |= innocent - victims - ended(run)
        if not victims:
            return ()
        count = fewest(len(candidates), lambda count: bool(victims & failed(self._run(candidates[:count]))))
        return (Culprit(count - 1, f"{min(victims)} fails in the whole suite once it is there"),)

    def _run(self, candidates: Sequence[Candidate]) -> Run:
        content = self.merger.merge(candidates).content if candidates else self.old or b""
        return self.bench.confirm(content)

    def _dependent(self, run: Run, candidates: Sequence[Candidate]) -> Culprit | None:
        """The first candidate that is itself red."""
        names, test_file = self.merger.merge(candidates).names, self.bench.project.test_file
        for test in run.tests:
            name = plain(test.name)
            if test.outcome in RED and test.path == test_file and name in names:
                return Culprit(names.index(name), "passes in its file but fails in the whole suite")
        return None


def failed(run: Run) -> frozenset[str]:
    """What went wrong in a run of the suite: tests by their node ids, or the suite itself."""
    return ended(run) | {test.node_id for test in run.tests if test.outcome in RED}


def ended(run: Run) -> frozenset[str]:
    """How the suite as a whole ended, if badly."""
    return frozenset(() if run.outcome in (*FINE, *RED) else (f"the suite ({run.outcome.value})",))
