"""Many files for a pull request's comment or a job's summary: short, and inert whatever they are called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from testgen.reports import phrases
from testgen.reports.conclusion import fate
from testgen.reports.figures import title
from testgen.reports.markdown import code, cost, coverage, joined, noted, refused, suspects
from testgen.reports.phrases import count, percent, shown
from testgen.reports.strength import brief, catches
from testgen.results import Results
from testgen.suspects.findings import findings

_FILES_SHOWN = 100
_TESTS_SHOWN = 100
_FAILED_SHOWN = 20


def render(results: Results, base: Path) -> str:
    """The report in GitHub's Markdown."""
    sections = (
        _head(results),
        _files(results, base),
        _tests(results, base),
        suspects(findings(results.verdicts), base),
        refused(results),
        _failed(results, base),
        _foot(results, base),
    )
    return joined(sections)


def _head(results: Results) -> Iterator[str]:
    yield f"### testgen: {count(len(results.files) + len(results.left), 'source file')}"
    yield ""
    yield from coverage(results)


def _files(results: Results, base: Path) -> Iterator[str]:
    if not results.files:
        return
    yield f"**Kept {phrases.kept(results)}**"
    yield ""
    yield f"| file | {'changed ' if results.patches else ''}lines before | after | tests |"
    yield "|:--|--:|--:|--:|"
    for one in results.files[:_FILES_SHOWN]:
        before, after = (percent(coverage.line_percent) for coverage in one.about)
        tests = ", ".join(filter(None, (f"{len(one.kept)}", brief(one.strength))))
        yield f"| {code(shown(one.source, base))} | {before} | {after} | {tests} |"
    if len(results.files) > _FILES_SHOWN:
        yield f"| … {len(results.files) - _FILES_SHOWN} more | | | |"


def _tests(results: Results, base: Path) -> Iterator[str]:
    kept = [(result, verdict) for result in results.files for verdict in result.kept]
    if not kept:
        return
    yield "<details><summary>The tests and what they reach</summary>"
    yield ""
    yield "| in | test | reaches |"
    yield "|:--|:--|:--|"
    for result, verdict in kept[:_TESTS_SHOWN]:
        reach = phrases.gained(verdict, result.before.possible.lines)
        what = f"; {code(caught)}" if (caught := catches(result.strength, verdict.name)) else ""
        yield f"| {code(shown(result.test_file, base))} | {code(title(verdict))} | {reach}{what} |"
    if len(kept) > _TESTS_SHOWN:
        yield f"| | … {len(kept) - _TESTS_SHOWN} more | |"
    yield ""
    yield "</details>"


def _failed(results: Results, base: Path) -> Iterator[str]:
    if results.failed:
        yield f"Not worked on: {count(len(results.failed), 'file')}"
        yield ""
    for failed in results.failed[:_FAILED_SHOWN]:
        yield f"- {code(shown(failed.source, base))}: {code(failed.cause)}"


def _foot(results: Results, base: Path) -> Iterator[str]:
    if results.waiting:
        yield f"Still to be worked on: {count(len(results.waiting), 'file')}"
        yield ""
    yield from noted(results.notes)
    yield f"{fate(results, base, code)} {cost(results, count(len(results.files), 'file'))}"
