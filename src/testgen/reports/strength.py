"""How strong the tests are, as lines for a person; other reports take their wording from here."""

from __future__ import annotations

from collections.abc import Iterator

from testgen.domain import Result, Stop
from testgen.reports.phrases import count, percent
from testgen.reports.text import Span, one_line
from testgen.strength.findings import Grip, Mutant, Status, Strength, Trial

SURVIVORS_SHOWN = 20
MODULE = "module level"
_NAMES_SHOWN = 3


def lines(result: Result) -> Iterator[Span]:
    """The figure, each definition with a survivor, each survivor, and the tests that catch nothing."""
    strength = result.strength
    if strength is None:
        return
    yield Span("\nStrength", "bold")
    yield Span(f"  {headline(strength)}\n")
    for part in remarks(strength):
        yield Span(f"  {part}\n", "dim")
    yield from _units(strength)
    shown = strength.survivors[:SURVIVORS_SHOWN]
    for trial in shown:
        yield Span("  survived  ", "yellow")
        yield Span(f"{place(trial.mutant)}  {change(trial.mutant)}")
        yield Span(f"  {reached_by(trial)}\n", "dim")
    if more := len(strength.survivors) - len(shown):
        yield Span(f"  … {more} more; all of them: --report json:PATH\n", "dim")
    for grip in superfluous(result):
        yield Span("  superfluous  ", "yellow")
        yield Span(f"{one_line(grip.name)}: {too_little(grip)}\n")


def headline(strength: Strength) -> str:
    """The figure in one sentence."""
    if not strength.seen:
        return "nothing could be tried"
    tried = count(len(strength.seen), "mutant")
    return f"{percent(strength.percent)} ({strength.killed} of {tried} killed, {_ways(strength)})"


def brief(strength: Strength | None) -> str:
    """The figure in a few words; "" where there is none."""
    if strength is None or not strength.seen:
        return ""
    return f"{percent(strength.percent)} of {count(len(strength.seen), 'mutant')} killed"


def _ways(strength: Strength) -> str:
    ends = [trial.status for trial in strength.trials]
    loops, crashes = ends.count(Status.TIMEOUT), ends.count(Status.CRASHED)
    return f"{loops} of them by the time limit, {crashes} by a crash"


def remarks(strength: Strength) -> Iterator[str]:
    """What has to be known to read the figure: the sample, what was left out, the gaps."""
    if strength.first is not None and strength.first < strength.percent:
        yield f"{percent(strength.first)} before tests were kept for what they notice"
    if len(strength.trials) < strength.possible:
        tried = f"{len(strength.trials)} of {count(strength.possible, 'mutant')}"
        yield f"a random sample: {tried}, seed {strength.seed} (--strength-time for more)"
    if strength.uncovered:
        yield f"{count(strength.uncovered, 'mutant')} on lines that no test reaches: not tried"
    if strength.ignored:
        reasons = ", ".join(f"{reason} {number}" for reason, number in strength.ignored)
        yield f"left out because nobody could tell or would care: {reasons}"
    yield from strength.notes


def _units(strength: Strength) -> Iterator[Span]:
    weak = [tally for tally in strength.units if tally.killed < tally.tried]
    width = max((len(tally.unit or MODULE) for tally in weak), default=0)
    for tally in weak:
        yield Span(f"  {one_line(tally.unit or MODULE):<{width}}", "green")
        yield Span(f"  {tally.killed} of {tally.tried} killed\n")


def place(mutant: Mutant) -> str:
    """Where a mutant is: line, column, definition."""
    return f"{mutant.at}:{mutant.column} {one_line(mutant.unit or MODULE)}"


def change(mutant: Mutant) -> str:
    """What it changed."""
    return f"{one_line(mutant.before)}  →  {one_line(mutant.after)}"


def reached_by(trial: Trial) -> str:
    """The tests that ran the changed line and passed all the same."""
    names = [one_line(name) for name in trial.tests[:_NAMES_SHOWN]]
    more = len(trial.tests) - len(names)
    return f"reached by {', '.join(names)}" + (f" and {more} more" if more > 0 else "")


def superfluous(result: Result) -> tuple[Grip, ...]:
    """The tests that kill nothing that others do not kill too, where existing tests are assessed.

    Of others it is said where they are listed.
    """
    grips = result.strength.grips if result.strength and result.stop is Stop.ASSESSED else ()
    return tuple(grip for grip in grips if grip.superfluous)


def catches(strength: Strength | None, name: str) -> str:
    """What a test would catch, on one line, and whether others catch it too; "" where that is not known."""
    grip = strength.grip(name) if strength else None
    if strength is None or grip is None or not grip.reached:
        return ""
    if not grip.kills:
        return f"catches nothing: it {too_little(grip)}"
    first, *others = strength.caught_by(name)
    more = f", and {len(others)} more" if others else ""
    also = "; superfluous here: others catch all of it" if grip.superfluous else ""
    return f"catches: {change(first)} in line {first.at}{more}{also}"


def too_little(grip: Grip) -> str:
    """What is said of such a test."""
    if not grip.kills:
        return f"kills none of the {count(grip.reached, 'mutant')} it reaches"
    return f"others kill all {grip.kills} that it kills"
