"""What a run did, as lines for a person; what is said of many files alike, `many.summary` takes from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from testgen.domain import Line, Result, Stop
from testgen.reports import bill, phrases, strength
from testgen.reports.conclusion import advice, fate
from testgen.reports.figures import Measure, Reason, Refusals, measures, refusals, title
from testgen.reports.phrases import count, money, percent, shown
from testgen.reports.text import Span, one_line
from testgen.results import Results
from testgen.suspects.findings import Finding, findings

_REASONS_SHOWN = 4
_REASON_WIDTH = 120
_KEPT_SHOWN = 40
_NAME_WIDTH = 70
_NOUN_WIDTH = len("branches")
_INDENT = " " * len("  company    1  ")


def brief(result: Result, base: Path) -> Iterator[Span]:
    """The run on one line."""
    yield line_of(shown(result.source, base), result, base)


def line_of(name: str, run: Result | Results, base: Path) -> Span:
    """A run on one line: what it is called, what it came to, what became of that."""
    coverage = ", ".join(f"{measure.noun} {change(measure)}" for measure in measures(run))
    found = findings(run.verdicts)
    bugs = f" {count(len(found), 'suspected bug')}." if found else ""
    came_to = f"kept {phrases.kept(run)}, {coverage}, {money(run.usage.cost)}"
    return Span(f"{name}: {came_to}.{bugs} {fate(run, base)}\n")


def plan_of(name: str, run: Result | Results, gaps: str) -> Span:
    """A plan on one line: what it is about, what is covered of that, and how much is missing."""
    covered = (f"{one.noun} {change(one)} ({one.after} of {one.total})" for one in measures(run))
    return Span(f"{name}: {', '.join(covered)}, {gaps}\n")


def full(result: Result, base: Path) -> Iterator[Span]:
    """The whole summary: coverage, kept, refused, missing, cost, and what to do next."""
    yield from heading(result, base)
    yield from bars(measures(result))
    yield from _kept(result)
    yield from suspects(findings(result.verdicts), base)
    yield from refused(result)
    yield from _missing(result)
    yield from strength.lines(result)
    yield from cost(result, count(len(result.rounds), "round"))
    yield from end_of(result, result.notes, base)


def heading(result: Result, base: Path) -> Iterator[Span]:
    """Which files it is about."""
    yield Span(f"\n{shown(result.source, base)}", "bold")
    yield Span(f"  tests in {shown(result.test_file, base)}\n\n", "dim")


def bars(found: Sequence[Measure]) -> Iterator[Span]:
    """What was covered before and is now, a bar for each measure."""
    width = max(_NOUN_WIDTH, *(len(measure.noun) for measure in found))
    for measure in found:
        yield from _coverage(measure, width)


def change(measure: Measure) -> str:
    """Covered before and after in per cent, once where nothing was gained."""
    before, after = percent(measure.before_percent), percent(measure.after_percent)
    return f"{before} → {after}" if measure.gain else after


def _coverage(measure: Measure, width: int) -> Iterator[Span]:
    room = phrases.BAR_WIDTH + _NOUN_WIDTH - width  # so that the line fits 80 columns whatever is measured
    old, gain, missing = phrases.bar(measure.before_percent, measure.after_percent, room)
    yield Span(f"  {measure.noun:<{width}}  ")
    yield Span(old, "green")
    yield Span(gain, "bold bright_green")
    yield Span(missing, "dim")
    yield Span(f"  {change(measure)}", "bold")
    yield Span(f"  {measure.after} of {measure.total}", "dim")
    yield Span(f"  +{measure.gain}\n" if measure.gain else "\n", "green")


def _kept(result: Result) -> Iterator[Span]:
    if not result.verdicts:
        return
    yield Span(f"\nKept {phrases.kept(result)}\n", "bold")
    names = [one_line(title(verdict), _NAME_WIDTH) for verdict in result.kept[:_KEPT_SHOWN]]
    width = max(map(len, names), default=0)
    for name, verdict in zip(names, result.kept, strict=False):
        yield Span(f"  {name:<{width}}", "green")
        yield Span(f"  {phrases.gained(verdict, result.before.possible.lines)}\n")
        if caught := strength.catches(result.strength, verdict.name):
            yield Span(f"    {caught}\n", "dim")
        if verdict.doubt:
            yield Span(f"    suspicious: {one_line(verdict.doubt, _REASON_WIDTH)}\n", "yellow")
    if len(result.kept) > _KEPT_SHOWN:
        yield Span(f"  … {len(result.kept) - _KEPT_SHOWN} more\n", "dim")


def suspects(found: Sequence[Finding], base: Path) -> Iterator[Span]:
    """Where the code contradicts what is said of it, and the tests that show it."""
    if not found:
        return
    yield Span(f"\nSuspected bugs {len(found)}\n", "bold red")
    for finding in found:
        stated, suspect = finding.suspect.statement, finding.suspect
        yield Span(f"  {one_line(stated.path)}:{stated.line}", "red")
        yield Span(f"  says: {one_line(stated.text, _REASON_WIDTH)}\n")
        yield Span(f"    but {title(finding.verdict)}: {one_line(suspect.message, _REASON_WIDTH)}\n")
        for line in phrases.whereabouts(finding, base):
            yield Span(f"    {line}\n", "dim")


def refused(run: Result | Results) -> Iterator[Span]:
    """The gates that refused something, with their commonest reasons."""
    found = refusals(run.verdicts)
    if not found:
        return
    yield Span(f"\n{phrases.turned_down(run, sum(one.count for one in found))}\n", "bold")
    for one in found:
        yield from _gate(one)


def _gate(refused: Refusals) -> Iterator[Span]:
    yield Span(f"  {refused.gate.value:<8}", "yellow")
    yield Span(f"{refused.count:>4}  ")
    if refused.count == 1:
        yield from _reason(refused.reasons[0])
        return
    if len(refused.reasons) == 1:
        [reason] = refused.reasons
        yield Span(f"{one_line(reason.text, _REASON_WIDTH)}\n", "dim")
        yield Span(f"{_INDENT}{phrases.some(reason.names, 2)}\n")
        return
    yield Span(f"{phrases.GATES[refused.gate]}\n")
    for reason in refused.reasons[:_REASONS_SHOWN]:
        yield Span(_INDENT)
        yield from _reason(reason)
    if more := sum(reason.count for reason in refused.reasons[_REASONS_SHOWN:]):
        yield Span(f"{_INDENT}{more} more for other reasons\n", "dim")


def _reason(reason: Reason) -> Iterator[Span]:
    yield Span(phrases.some(reason.names, 2))
    yield Span(f"  {one_line(reason.text, _REASON_WIDTH)}\n", "dim")


def _missing(result: Result) -> Iterator[Span]:
    if not result.missing:
        what = (
            f"Of what was changed since {one_line(result.patch.base)} nothing" if result.patch else "Nothing"
        )
        yield Span(f"\n{what} is missing.\n", "bold green")
        return
    statements: frozenset[Line] = result.after.possible.lines
    yield Span("\nStill missing", "bold")
    yield Span(f"  {phrases.reach(result.missing, statements)}\n")


def cost(run: Result | Results, done: str) -> Iterator[Span]:
    """How much was done in which time, why no more, and what it cost; less where nobody was asked."""
    if phrases.looks_back(run):
        yield Span(f"\nDone in {phrases.duration(run.seconds)}\n")
        return
    if run.stop is Stop.GIVEN:
        yield Span(f"\nAll that was given was judged in {phrases.duration(run.seconds)}\n")
        return
    model = f" with {one_line(run.model)}" if run.model else ""
    yield Span(f"\n{done}{model} in {phrases.duration(run.seconds)}; stopped: {run.stop.value}\n")
    usage = run.usage
    if usage.calls or usage.remembered:
        yield Span(f"{bill.used(usage)}, {bill.costs(run)}\n")


def end_of(run: Result | Results, notes: Iterable[str], base: Path) -> Iterator[Span]:
    """What the user should know, what became of what was kept, and what to do next."""
    for note in notes:
        yield Span("note: ", "yellow")
        yield Span(f"{one_line(note)}\n")
    yield Span(f"\n{fate(run, base)}\n", "bold")
    for step in advice(run, base):
        yield Span("→ ", "cyan")
        yield Span(f"{one_line(step)}\n")
