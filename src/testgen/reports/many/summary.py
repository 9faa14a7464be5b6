"""What a run over many files did, as lines for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from testgen.domain import CoverageMap, Result
from testgen.reports import phrases, strength
from testgen.reports.figures import measures, title
from testgen.reports.phrases import count, percent, shown
from testgen.reports.summary import bars, cost, end_of, line_of, plan_of, refused, suspects
from testgen.reports.text import Span, one_line
from testgen.results import Results
from testgen.suspects.findings import findings

_FILES_SHOWN = 60
_FAILED_SHOWN = 20
_REMEDIES_SHOWN = 3
_WAITING_SHOWN = 10
_NOTES_SHOWN = 8
_WIDTH = 110


def brief(results: Results, base: Path) -> Iterator[Span]:
    """The run on one line."""
    yield line_of(count(len(results.files), "file") + _and_failed(results), results, base)


def brief_plan(results: Results, _: Path) -> Iterator[Span]:
    """The plan on one line."""
    name = count(len(results.left), "source file") + _and_failed(results)
    yield plan_of(name, results, f"something missing in {count(len(results.waiting), 'file')}")


def _and_failed(results: Results) -> str:
    return f", {len(results.failed)} failed" if results.failed else ""


def full(results: Results, base: Path) -> Iterator[Span]:
    """The whole summary: coverage of all, each file, refused, left, cost, and what to do next."""
    measured = len(results.files) + len(results.left)
    yield Span(f"\n{count(measured, 'source file')}", "bold")
    yield Span(f"  {count(len(results.files), 'file')} worked on\n\n", "dim")
    yield from bars(measures(results))
    yield from _files(results, base)
    yield from suspects(findings(results.verdicts), base)
    yield from refused(results)
    yield from _failed(results, base)
    yield from _waiting(results.waiting, base)
    yield from cost(results, count(len(results.files), "file"))
    yield from end_of(results, notes(results), base)


def _files(results: Results, base: Path) -> Iterator[Span]:
    files = results.files
    if not files:
        return
    yield Span(f"\nKept {phrases.kept(results)}\n", "bold")
    width = max(len(shown(result.source, base)) for result in files[:_FILES_SHOWN])
    for result in files[:_FILES_SHOWN]:
        yield from _file(result, width, base)
    if len(files) > _FILES_SHOWN:
        yield Span(f"  … {len(files) - _FILES_SHOWN} more\n", "dim")


def _file(result: Result, width: int, base: Path) -> Iterator[Span]:
    before, after = (percent(one.line_percent) for one in result.about)
    what = " of the change" if result.patch else ""
    yield Span(f"  {shown(result.source, base):<{width}}", "green" if result.kept else "yellow")
    told = ", ".join(filter(None, (count(len(result.kept), "test"), strength.brief(result.strength))))
    yield Span(f"  {before:>7} → {after:>7}{what}  {told}\n")
    for verdict in result.kept:
        yield Span(f"      {one_line(title(verdict), 70)}", "dim")
        yield Span(f"  {phrases.gained(verdict, result.before.possible.lines)}\n", "dim")
        if caught := strength.catches(result.strength, verdict.name):
            yield Span(f"        {caught}\n", "dim")


def _failed(results: Results, base: Path) -> Iterator[Span]:
    if not results.failed:
        return
    yield Span(f"\nNot worked on, {count(len(results.failed), 'file')}\n", "bold")
    for failed in results.failed[:_FAILED_SHOWN]:
        yield Span(f"  {shown(failed.source, base)}  ", "red")
        yield Span(f"{one_line(failed.cause, _WIDTH)}\n", "dim")
    if len(results.failed) > _FAILED_SHOWN:
        yield Span(f"  … {len(results.failed) - _FAILED_SHOWN} more\n", "dim")
    remedies = dict.fromkeys(failed.error.remedy for failed in results.failed if failed.error.remedy)
    for remedy in tuple(remedies)[:_REMEDIES_SHOWN]:
        yield Span(f"  → {one_line(remedy, _WIDTH)}\n")


def _waiting(waiting: Sequence[CoverageMap], base: Path) -> Iterator[Span]:
    if not waiting:
        return
    yield Span(f"\nStill to be worked on, {count(len(waiting), 'file')}\n", "bold")
    yield from gaps(waiting[:_WAITING_SHOWN], base)
    if len(waiting) > _WAITING_SHOWN:
        yield Span(f"  … {len(waiting) - _WAITING_SHOWN} more\n", "dim")


def gaps(maps: Sequence[CoverageMap], base: Path) -> Iterator[Span]:
    """Files with how much is missing in each."""
    width = max(len(shown(one.source, base)) for one in maps)
    for one in maps:
        lines, branches = len(one.missing.lines), len(one.missing.branches)
        yield Span(f"  {shown(one.source, base):<{width}}", "green")
        yield Span(f"  {percent(one.line_percent):>7}  ", "dim")
        yield Span(f"missing: {count(lines, 'line')}, {count(branches, 'branch')}\n")


def notes(results: Results) -> Sequence[str]:
    """What the user should know; what is noted of several files alike is said once."""
    of_files = Counter(note for result in results.files for note in result.notes).most_common()
    alike = (f"{note} ({number} files)" if number > 1 else note for note, number in of_files)
    return [*results.notes, *alike][:_NOTES_SHOWN]


def planned(results: Results, base: Path) -> Iterator[Span]:
    """The gaps of every file, those with most to gain first, then the forecast and what to do next."""
    yield Span(f"\n{count(len(results.left), 'source file')}\n\n", "bold")
    yield from bars(measures(results))
    missing = results.waiting
    yield Span(f"\nSomething is missing in {count(len(missing), 'file')}\n", "bold")
    if missing:
        yield from gaps(missing, base)
    yield from _failed(results, base)
    yield from end_of(results, notes(results), base)
