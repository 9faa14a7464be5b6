"""Suspected bugs as they are reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from testgen.domain import Line, Suspect, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspected bug as it is reported: the smallest test that shows it, and what others show it."""

    verdict: Verdict
    suspect: Suspect
    others: tuple[Verdict, ...] = ()


def findings(verdicts: Sequence[Verdict]) -> tuple[Finding, ...]:
    """One finding for each statement that tests show to be contradicted, in the order of the statements."""

    def key(found: tuple[Verdict, Suspect]) -> tuple[str, Line, str]:
        statement = found[1].statement
        return statement.path, statement.line, statement.text

    found = sorted(((one, one.suspect) for one in verdicts if one.suspect), key=key)
    groups = (list(group) for _, group in groupby(found, key))
    return tuple(_finding(group) for group in groups)


def _finding(group: Sequence[tuple[Verdict, Suspect]]) -> Finding:
    verdict, suspect = min(group, key=lambda one: (not one[1].ends, len(one[1].test.code)))
    tests = {(one.candidate.owner, one.candidate.name): one for one, _ in group}
    tests.pop((verdict.candidate.owner, verdict.candidate.name))
    return Finding(verdict, suspect, tuple(tests.values()))
