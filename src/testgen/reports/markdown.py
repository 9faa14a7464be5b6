"""The result for a pull request's comment or a job's summary: short, and inert whatever tests are called.

What is said of many files alike, `many.markdown` takes from here.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from testgen.domain import Reach, Result
from testgen.reports import bill, phrases
from testgen.reports import strength as wording
from testgen.reports.conclusion import fate
from testgen.reports.figures import Refusals, measures, refusals, title
from testgen.reports.phrases import count, percent, shown
from testgen.reports.text import one_line
from testgen.results import Results
from testgen.suspects.findings import Finding, findings

_KEPT_SHOWN = 40
_REASONS_SHOWN = 5
_NOTES_SHOWN = 5
_WIDTH = 100

_NOT_LITERAL = re.compile(r"[`|\\]")
_ENTITIES = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation}


def render(result: Result, base: Path) -> str:
    """The report in GitHub's Markdown."""
    sections = (
        _head(result, base),
        _kept(result),
        suspects(findings(result.verdicts), base),
        refused(result),
        _strength(result),
        _foot(result, base),
    )
    return joined(sections)


def joined(sections: Iterable[Iterator[str]]) -> str:
    """The sections that have any lines, as one text."""
    return "\n\n".join(filter(None, ("\n".join(section) for section in sections))) + "\n"


def code(text: str, width: int = _WIDTH) -> str:
    """The text on one line as code that holds no markup, no mention and no column of a table."""
    line = one_line(text, width)
    if not line:
        return ""
    if _NOT_LITERAL.search(line):
        return f"<code>{line.translate(_ENTITIES)}</code>"
    return f"`{line}`"


def _head(result: Result, base: Path) -> Iterator[str]:
    yield f"### testgen: {code(shown(result.source, base))}"
    yield ""
    yield from coverage(result)


def coverage(run: Result | Results) -> Iterator[str]:
    """The table of what was covered before and is now."""
    yield "| | before | after | gained |"
    yield "|:--|--:|--:|--:|"
    for one in measures(run):
        before, after = percent(one.before_percent), percent(one.after_percent)
        yield f"| {one.noun} | {before} | {after} | +{one.gain} of {one.total} |"


def _kept(result: Result) -> Iterator[str]:
    if not result.verdicts:
        return
    yield f"**Kept {phrases.kept(result)}**"
    if not result.kept:
        return
    yield ""
    yield "| test | reaches |"
    yield "|:--|:--|"
    for verdict in result.kept[:_KEPT_SHOWN]:
        doubt = f"; suspicious: {code(verdict.doubt)}" if verdict.doubt else ""
        caught = wording.catches(result.strength, verdict.name)
        what = f"; {code(caught)}" if caught else ""
        reached = phrases.gained(verdict, result.before.possible.lines)
        yield f"| {code(title(verdict))} | {reached}{what}{doubt} |"
    if len(result.kept) > _KEPT_SHOWN:
        yield f"| … {len(result.kept) - _KEPT_SHOWN} more | |"


def _reach(result: Result, what: Reach) -> str:
    return phrases.reach(what, result.before.possible.lines)


def suspects(found: Sequence[Finding], base: Path) -> Iterator[str]:
    """Where the code contradicts what is said of it."""
    if not found:
        return
    yield f"**{count(len(found), 'suspected bug')}**"
    yield ""
    yield "| where | says | but | test |"
    yield "|:--|:--|:--|:--|"
    for finding in found:
        suspect, stated = finding.suspect, finding.suspect.statement
        where = code(f"{stated.path}:{stated.line}")
        test = code(shown(suspect.path, base) if suspect.path else title(finding.verdict))
        yield f"| {where} | {code(stated.text)} | {code(suspect.message)} | {test} |"


def refused(run: Result | Results) -> Iterator[str]:
    """The gates that refused something, with their commonest reasons, folded away."""
    found = refusals(run.verdicts)
    if not found:
        return
    number = sum(one.count for one in found)
    yield f"<details><summary>{phrases.turned_down(run, number)}</summary>"
    yield ""
    yield "| gate | refused | why |"
    yield "|:--|--:|:--|"
    for one in found:
        yield f"| **{one.gate.value}** | {one.count} | {phrases.GATES[one.gate]} |"
        yield from _reasons(one)
    yield ""
    yield "</details>"


def _reasons(one: Refusals) -> Iterator[str]:
    for reason in one.reasons[:_REASONS_SHOWN]:
        yield f"| | {reason.count} | {code(reason.text)} |"
    if more := sum(reason.count for reason in one.reasons[_REASONS_SHOWN:]):
        yield f"| | {more} | for other reasons |"


def _strength(result: Result) -> Iterator[str]:
    strength = result.strength
    if strength is None:
        return
    yield f"**Strength** {wording.headline(strength)}"
    yield ""
    yield from (f"- {code(remark, 0)}" for remark in wording.remarks(strength))
    yield from (f"- {code(grip.name)} {wording.too_little(grip)}" for grip in wording.superfluous(result))
    if not strength.survivors:
        return
    yield ""
    yield f"<details><summary>Not noticed: {len(strength.survivors)}</summary>"
    yield ""
    yield "| where | change | reached by |"
    yield "|:--|:--|:--|"
    for trial in strength.survivors[: wording.SURVIVORS_SHOWN]:
        where, change = code(wording.place(trial.mutant)), code(wording.change(trial.mutant))
        yield f"| {where} | {change} | {code(', '.join(trial.tests))} |"
    if (more := len(strength.survivors) - wording.SURVIVORS_SHOWN) > 0:
        yield f"| … {more} more | | |"
    yield ""
    yield "</details>"


def _foot(result: Result, base: Path) -> Iterator[str]:
    if result.missing:
        yield f"Still missing: {_reach(result, result.missing)}"
        yield ""
    yield from noted(result.notes)
    yield f"{fate(result, base, code)} {cost(result, count(len(result.rounds), 'round'))}"


def noted(notes: Sequence[str]) -> Iterator[str]:
    """What the user should know, with an empty line below it."""
    yield from (f"- {code(note)}" for note in notes[:_NOTES_SHOWN])
    if notes:
        yield ""


def cost(run: Result | Results, done: str) -> str:
    """How much was done in which time, why no more, and what it cost; less where nobody was asked."""
    if phrases.looks_back(run):
        return f"Done in {phrases.duration(run.seconds)}"
    model = f" with {code(run.model)}" if run.model else ""
    took = f"{done}{model} in {phrases.duration(run.seconds)}"
    return " · ".join((took, run.stop.value, bill.used(run.usage), bill.costs(run)))
