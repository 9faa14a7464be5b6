"""The wording that reports over many files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from testgen.domain import Stop
from testgen.reports import phrases
from testgen.reports.phrases import REMEDIES, count, shown
from testgen.results import Results


def fate(results: Results) -> str:
    """What became of the test files."""
    written = [result for result in results.files if result.written]
    if not results.kept:
        return f"Nothing was written: {'no test was kept' if results.verdicts else results.stop.value}."
    new = sum(result.old is None for result in written)
    return f"Written to {count(len(written), 'test file')}" + (f", {new} of them new." if new else ".")


def advice(results: Results, base: Path) -> Iterator[str]:
    """What to do next, most useful first; empty when all is covered."""
    written = [result.test_file for result in results.files if result.written]
    if written:
        yield f"Read what was added: {_look(written, base)}"
    elif results.kept:
        yield "Write the kept tests: run again without --diff-only."
    for result in results.files:
        if result.ending.patch:
            yield f"Put in what could not be written: git apply {result.ending.patch}"
    if results.waiting and results.stop in REMEDIES:
        yield REMEDIES[results.stop]
    if results.verdicts and not results.kept:
        yield phrases.SEE_WHY
    elif results.stop is Stop.DONE and not (results.patch_after or results.after).complete:
        yield phrases.SEE_MISSING


def _look(written: list[Path], base: Path) -> str:
    """How to look at test files that were written."""
    folders = " ".join(dict.fromkeys(shown(path.parent, base) for path in written))
    if phrases.repository_of(written[0]):
        return f"git diff -- {folders}; git status shows new files"
    return folders
