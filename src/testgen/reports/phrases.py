"""The wording that reports share: figures and findings as short English."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from testgen.domain import Arc, CoverageMap, Gate, Line, Reach, Result, Stop, Verdict, way_number
from testgen.reports.text import one_line, plain
from testgen.results import Results
from testgen.suspects.findings import Finding

BAR_WIDTH = 30

GATES: Mapping[Gate, str] = {
    Gate.PARSE: "not a test, or not one to run",
    Gate.ALONE: "does not pass alone",
    Gate.REPEAT: "does not pass every time",
    Gate.GAIN: "reaches nothing new",
    Gate.COMPANY: "does not live with the suite",
    Gate.STRENGTH: "cannot fail",
    Gate.NEEDED: "not needed in the end",
    Gate.REVIEW: "not wanted in the review",
}


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 line", "1,200 lines", "2 branches"."""
    ending = "" if number == 1 else "es" if noun.endswith("ch") else "s"
    return f"{number:,} {noun}{ending}"


def some(names: Sequence[str], most: int = 3) -> str:
    """Names on one line: "one, two", "one, two, three and 4 more"; at most `most` of them."""
    listed = ", ".join(one_line(name) for name in names[:most])
    return f"{listed} and {len(names) - most} more" if len(names) > most else listed


def noun(run: Result | Results) -> str:
    """What a run judged: new candidates, or the tests that are there."""
    return "test" if run.stop is Stop.MINIMISED else "candidate"


def turned_down(run: Result | Results, number: int) -> str:
    """How many are not kept: "Refused 7"."""
    return f"{number} can go" if run.stop is Stop.MINIMISED else f"Refused {number}"


def looks_back(run: Result | Results) -> bool:
    """Whether a run was about the tests that are there, for which nobody is asked."""
    return run.stop in (Stop.ASSESSED, Stop.MINIMISED)


def kept(run: Result | Results) -> str:
    """How many of the judged tests are kept: "2 of 3 candidates"."""
    return f"{len(run.kept)} of {count(len(run.verdicts), noun(run))}"


def percent(value: float) -> str:
    """One decimal, rounded down, so that 100 % means all of it."""
    return f"{math.floor(value * 10) / 10:.1f} %"


def money(dollars: float | None) -> str:
    """US dollars, as exact as the amount needs; None reads "price unknown"."""
    if dollars is None:
        return "price unknown"
    if 0 < dollars < 0.0001:
        return "under $0.0001"
    return f"${dollars:.4f}" if 0 < dollars < 0.1 else f"${dollars:,.2f}"


def duration(seconds: float) -> str:
    """Wall time: "0.02 s", "4.2 s", "3 min 5 s"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.{1 if seconds >= 1 else 2}f} s"


def ranges(lines: Iterable[Line], statements: Iterable[Line]) -> tuple[str, ...]:
    """Lines as "12-15", "20"; lines join where no other statement stands between them."""
    wanted = set(lines)
    numbered = enumerate(sorted(wanted.union(statements)))
    places = [(place, line) for place, line in numbered if line in wanted]
    runs = groupby(enumerate(places), key=lambda item: item[1][0] - item[0])
    return tuple(_span([line for _, (_, line) in run]) for _, run in runs)


def _span(lines: Sequence[Line]) -> str:
    return f"{lines[0]}" if len(lines) == 1 else f"{lines[0]}-{lines[-1]}"


def branches(arcs: Iterable[Arc]) -> tuple[str, ...]:
    """Branches as "12→15", exits as "20→exit", ways only numbered as "12 #1"; by line, exits last."""
    ordered = sorted(arcs, key=lambda arc: (arc[0], arc[1] < 0, arc[1]))
    return tuple(f"{start}{_end(end)}" for start, end in ordered)


def _end(end: Line) -> str:
    number = way_number(end)
    return ("→exit" if end < 0 else f"→{end}") if number is None else f" #{number + 1}"


def reach(what: Reach, statements: Iterable[Line], most: int = 12) -> str:
    """What was reached or missed: "lines 12-15, 20; branches 12→15"; at most `most` of either."""
    parts = (
        _listed("line", len(what.lines), ranges(what.lines, statements), most),
        _listed("branch", len(what.branches), branches(what.branches), most),
    )
    return "; ".join(filter(None, parts)) or "nothing"


def _listed(noun: str, number: int, items: Sequence[str], most: int) -> str:
    if not items:
        return ""
    more = f", … {len(items) - most} more" if len(items) > most else ""
    return f"{count(number, noun).split(' ')[1]} {', '.join(items[:most])}{more}"


def gained(verdict: Verdict, statements: Iterable[Line], most: int = 12) -> str:
    """What a kept test adds, or another does: "lines 12-15", "lines 12-15; it or another line 20"."""
    gained = verdict.surely_gained
    if gained.kills and not (gained.lines or gained.branches):
        return "no new line or branch"
    sure = reach(gained, statements, most)
    if not verdict.perhaps_gained:
        return sure
    rest = f"it or another {reach(verdict.perhaps_gained, statements, most)}"
    return f"{sure}; {rest}" if verdict.surely_gained else rest


def gain(verdict: Verdict) -> str:
    """What a kept test adds as numbers: "+4 lines +1 kill", "+4 lines, it or another +2 branches"."""
    sure = _numbers(verdict.surely_gained)
    if not verdict.perhaps_gained:
        return sure or "nothing new"
    return ", ".join(filter(None, (sure, f"it or another {_numbers(verdict.perhaps_gained)}")))


def _numbers(what: Reach) -> str:
    parts = ((len(what.lines), "line"), (len(what.branches), "branch"), (len(what.kills), "kill"))
    return " ".join(f"+{count(number, noun)}" for number, noun in parts if number)


def bar(before: float, after: float, width: int = BAR_WIDTH) -> tuple[str, str, str]:
    """Per cents as three pieces of one bar: covered before, gained, missing. Only all of it looks full."""
    old = math.floor(width * before / 100)
    new = math.floor(width * after / 100) - old
    return "█" * old, "▓" * new, "░" * (width - old - new)


def shown(path: Path, base: Path) -> str:
    """A path relative to `base` where it lies in it, as POSIX writes it."""
    return plain((path.relative_to(base) if path.is_relative_to(base) else path).as_posix())


def covered(coverage: CoverageMap) -> str:
    """One coverage in words: "lines 61.5 % (24 of 39), branches 50.0 % (4 of 8)"."""
    possible, done = coverage.possible, coverage.possible & coverage.reached
    lines = f"lines {percent(coverage.line_percent)} ({len(done.lines)} of {len(possible.lines)})"
    if not possible.branches:
        return lines
    found = f"{len(done.branches)} of {len(possible.branches)}"
    return f"{lines}, branches {percent(coverage.branch_percent)} ({found})"


def why(verdict: Verdict, statements: Iterable[Line]) -> str:
    """Why a test is kept, on one line: what it reaches, and what speaks against it."""
    reached = f"reaches {gained(verdict, statements)}"
    return f"{reached}; writes down a suspicious behaviour: {verdict.doubt}" if verdict.doubt else reached


def whereabouts(finding: Finding, base: Path) -> Iterator[str]:
    """Where the test that shows a bug is, and which others show it too."""
    suspect = finding.suspect
    if suspect.path:
        yield f"the test: {shown(suspect.path, base)}"
    if finding.verdict.standing:
        yield "it stands in the test file, expected to fail"
    if finding.others:
        yield f"so do: {', '.join(plain(other.candidate.name) for other in finding.others)}"


def repository_of(path: Path) -> Path | None:
    """The top folder of the repository around a file, None outside of one."""
    return next((folder for folder in path.parents if (folder / ".git").exists()), None)
