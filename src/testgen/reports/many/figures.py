"""What every report says about many files, worked out once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from testgen.domain import Gate, Stop
from testgen.reports.figures import Measure
from testgen.reports.phrases import REMEDIES, count, shown
from testgen.results import Results, Totals


def measures(results: Results) -> tuple[Measure, ...]:
    """Lines and branches of all files together, and of what was changed if that is what the run was about."""
    whole = _measures(results.before, results.after)
    if not (results.patch_before and results.patch_after):
        return whole
    return (*whole, *_measures(results.patch_before, results.patch_after, "changed "))


def _measures(before: Totals, after: Totals, what: str = "") -> tuple[Measure, ...]:
    """Lines, and branches where there are any."""
    lines = Measure(f"{what}lines", after.lines, before.lines_covered, after.lines_covered)
    branches = Measure(f"{what}branches", after.branches, before.branches_covered, after.branches_covered)
    return (lines, branches) if branches.total else (lines,)


def refused(results: Results) -> tuple[tuple[Gate, int], ...]:
    """How many candidates each gate refused, in the order of the gates; those that refused none left out."""
    found = Counter(verdict.refused_at for verdict in results.verdicts)
    return tuple((gate, found[gate]) for gate in Gate if found[gate])


def fate(results: Results) -> str:
    """What became of the test files."""
    written = [result for result in results.files if result.written]
    if not results.kept:
        return f"Nothing was written: {'no test was kept' if results.verdicts else results.stop.value}."
    new = sum(result.old is None for result in written)
    return f"Written to {count(len(written), 'test file')}" + (f", {new} of them new." if new else ".")


def advice(results: Results, base: Path) -> Iterator[str]:
    """What to do next, most useful first; empty when all is covered."""
    written = [result for result in results.files if result.written]
    if written:
        folders = dict.fromkeys(shown(result.test_file.parent, base) for result in written)
        yield f"Read what was added: git diff -- {' '.join(folders)}; git status shows new files"
    elif results.kept:
        yield "Write the kept tests: run again without --diff-only."
    for result in results.files:
        if result.ending.patch:
            yield f"Put in what could not be written: git apply {result.ending.patch}"
    if results.waiting and results.stop in REMEDIES:
        yield REMEDIES[results.stop]
    elif results.after.lines_covered < results.after.lines and results.stop is Stop.DONE:
        yield "See what is still missing in each file: --report html:report.html"
