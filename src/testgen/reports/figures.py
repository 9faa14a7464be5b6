"""What every report says about a run, over one file or many, worked out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.domain import CoverageMap, Failure, Gate, Reach, Result, Usage, Verdict
from testgen.reports.text import one_line
from testgen.results import Results, Totals


@dataclass(frozen=True, slots=True)
class Measure:
    """Lines or branches (`noun`): how many there are, and how many were covered before and after."""

    noun: str
    total: int
    before: int
    after: int

    @property
    def gain(self) -> int:
        """How many more are covered."""
        return self.after - self.before

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
    """Why candidates were refused, on one line, and what the test of each is called."""

    text: str
    tests: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many candidates were refused for it."""
        return len(self.tests)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of their tests, each once: a test may come back in another round."""
        return tuple(dict.fromkeys(self.tests))


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


def measures(run: Result | Results) -> tuple[Measure, ...]:
    """Lines and branches of all sources, and of what was changed if that is what the run was about."""
    whole = _measures(run.before, run.after)
    if not (run.patch_before and run.patch_after):
        return whole
    return (*whole, *_measures(run.patch_before, run.patch_after, "changed "))


def _measures(
    before: CoverageMap | Totals, after: CoverageMap | Totals, what: str = ""
) -> tuple[Measure, ...]:
    """Lines, and branches where there are any."""
    old, new = _totals(before), _totals(after)
    lines = Measure(f"{what}lines", new.lines, old.lines_covered, new.lines_covered)
    branches = Measure(f"{what}branches", new.branches, old.branches_covered, new.branches_covered)
    return (lines, branches) if branches.total else (lines,)


def _totals(found: CoverageMap | Totals) -> Totals:
    return found if isinstance(found, Totals) else Totals.of([found])


def refusals(verdicts: Sequence[Verdict]) -> tuple[Refusals, ...]:
    """The refused candidates by gate, in the order of the gates; gates that refused none are left out."""
    by_gate = ((gate, _reasons(verdicts, gate)) for gate in Gate)
    return tuple(Refusals(gate, reasons) for gate, reasons in by_gate if reasons)


def _reasons(verdicts: Sequence[Verdict], gate: Gate) -> tuple[Reason, ...]:
    tests: defaultdict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
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
            coverage = coverage.plus(verdict.reached | verdict.gained | verdict.beside)
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
