"""Suspected bugs in the test file: marked as expected to fail, and seen to do so beside the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from testgen.domain import Candidate, Gate, Outcome, Statement, Verdict
from testgen.keep import Keeper
from testgen.languages import Proof
from testgen.suspects.findings import findings

LONGEST_STATEMENT = 160  # characters of one in the reason for a mark


def placed(verdicts: tuple[Verdict, ...], keeper: Keeper, proof: Proof) -> tuple[Verdict, ...]:
    """The verdicts, each suspected bug with its test as it can stand in the file, where that holds."""
    for finding in findings(verdicts):
        suspect = finding.suspect
        if suspect.expected or finding.verdict.refused_at is Gate.REVIEW:
            continue
        marked = proof.expected_to_fail(suspect.test, reason(suspect.statement), runs=suspect.ends)
        shown = replace(finding.verdict, suspect=replace(suspect, expected=marked))
        more = tuple(shown if one is finding.verdict else one for one in verdicts)
        if _fails_as_expected(marked, [one for verdict in more if (one := verdict.standing)], keeper):
            verdicts = more
    return verdicts


def reason(statement: Statement) -> str:
    """Why a test is expected to fail."""
    text = statement.text
    shortened = text if len(text) <= LONGEST_STATEMENT else f"{text[:LONGEST_STATEMENT]}..."
    return f"suspected bug, contradicts {statement.path}:{statement.line}: {shortened}"


def _fails_as_expected(marked: Candidate, standing: Sequence[Candidate], keeper: Keeper) -> bool:
    """Whether the marked test fails as it is said to, and all others stay green beside it."""
    merged = keeper.merger.merge(standing)
    name = merged.names[standing.index(marked)]
    if keeper.bench.try_out(merged.content, [name]).outcome is not Outcome.SKIPPED:
        return False
    pollutes = keeper.company and keeper.company.culprits(standing)
    return not (pollutes or keeper.confirmation.culprits(keeper.newcomers(standing)))
