"""What every report says about a result, worked out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from testgen.domain import CoverageMap, Failure, Gate, Reach, Result, Usage, Verdict
from testgen.reports.text import one_line


@dataclass(frozen=True, slots=True)
class Measure:
    """Lines or branches (`noun`): how many there are, and how many were covered before and after."""

    noun: str
    total: int
    before: int
    after: int

    @property
    def before_percent(self) -> float:
        """Covered before, in per cent."""
        return self._percent(self.before)

    @property
    def after_percent(self) -> float:
        """Covered after, in per cent."""
        return self._percent(self.after)

    def _percent(self, covered: int) -> float:
        return 100.0 * covered / self.total if self.total else 100.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why candidates were refused, on one line, and the names of their tests."""

    text: str
    tests: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many candidates were refused for it."""
        return len(self.tests)


@dataclass(frozen=True, slots=True)
class Refusals:
    """What one gate refused, the commonest reason first."""

    gate: Gate
    reasons: tuple[Reason, ...]

    @property
    def count(self) -> int:
        """How many candidates the gate refused."""
        return sum(reason.count for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Step:
    """Where the run stood after a round: what it had cost and what was covered."""

    number: int
    candidates: int
    kept: int
    usage: Usage
    spent: Usage
    coverage: CoverageMap


def measures(result: Result) -> tuple[Measure, ...]:
    """Lines and branches of the source, and of what was changed if that is what the run was about."""
    whole = _measures(result.before, result.after)
    if not (result.patch_before and result.patch_after):
        return whole
    return (*whole, *_measures(result.patch_before, result.patch_after, "changed "))


def _measures(before: CoverageMap, after: CoverageMap, what: str = "") -> tuple[Measure, ...]:
    """Lines, and branches where there are any."""
    lines, arcs = len(after.possible.lines), len(after.possible.branches)
    old, new = before.missing, after.missing
    found = (
        Measure(f"{what}lines", lines, lines - len(old.lines), lines - len(new.lines)),
        Measure(f"{what}branches", arcs, arcs - len(old.branches), arcs - len(new.branches)),
    )
    return found if arcs else found[:1]


def refusals(result: Result) -> tuple[Refusals, ...]:
    """The refused candidates by gate, in the order of the gates; gates that refused none are left out."""
    by_gate = ((gate, _reasons(result, gate)) for gate in Gate)
    return tuple(Refusals(gate, reasons) for gate, reasons in by_gate if reasons)


def _reasons(result: Result, gate: Gate) -> tuple[Reason, ...]:
    tests: defaultdict[str, list[str]] = defaultdict(list)
    for verdict in result.verdicts:
        if verdict.refused_at is gate:
            tests[one_line(verdict.reason)].append(title(verdict))
    reasons = (Reason(text, tuple(names)) for text, names in tests.items())
    return tuple(sorted(reasons, key=lambda reason: -reason.count))


def gained(result: Result) -> Reach:
    """What the run added to what is covered."""
    return result.before.missing - result.after.missing


def steps(result: Result) -> Iterator[Step]:
    """Where the run stood after each round, by the tests that are still kept at its end."""
    spent, coverage = Usage(), result.before
    for round_ in result.rounds:
        kept = [verdict for verdict in round_.verdicts if verdict.kept]
        spent += round_.usage
        for verdict in kept:
            coverage = coverage.plus(verdict.reached | verdict.gained)
        yield Step(round_.number, len(round_.verdicts), len(kept), round_.usage, spent, coverage)


def title(verdict: Verdict) -> str:
    """The test's node id in the test file, or its own name where it never got there; one plain line."""
    owner = f"{verdict.candidate.owner}::" if verdict.candidate.owner else ""
    return one_line(verdict.name or owner + verdict.candidate.name) or "(no name)"


def failure_of(verdict: Verdict) -> Failure | None:
    """The failure of the last run that has one, which is the run that decided."""
    for run in reversed(verdict.runs):
        failures = (run.failure, *(test.failure for test in run.tests))
        if found := next(filter(None, failures), None):
            return found
    return None


def tokens(usage: Usage) -> int:
    """All tokens; cached ones are part of the prompt's, reasoning of the completion's."""
    return usage.prompt_tokens + usage.completion_tokens


def cost_per(usage: Usage, count: int) -> float | None:
    """US dollars for each of `count` things; None when there are none or the price is unknown."""
    return usage.cost / count if count and usage.cost is not None else None
