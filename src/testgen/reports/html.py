"""The result as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testgen import __version__
from testgen.domain import Failure, Gate, Line, Result, Verdict
from testgen.evidence import findings
from testgen.reports import bill, figures, phrases, source_view, strength
from testgen.reports.diff import diff
from testgen.reports.highlight import Highlighter
from testgen.reports.text import one_line, plain

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate as the page lists it; `place` is its place among the verdicts."""

    place: int
    verdict: Verdict
    title: str
    group: str
    failure: Failure | None

    @property
    def runs(self) -> tuple[tuple[str, int], ...]:
        """How its runs ended and how many in a row ended so."""
        ends = groupby(run.outcome.value for run in self.verdict.runs)
        return tuple((end, len(tuple(runs))) for end, runs in ends)


@dataclass(frozen=True, slots=True)
class Group:
    """A choice of the filter: the candidates kept, or those refused at one gate."""

    name: str
    meaning: str
    count: int


def render(result: Result, base: Path) -> str:
    """The page. Everything that comes from outside is escaped, and its policy lets nothing run or load."""
    style, style_hash = page_style()
    entries = tuple(_entry(place, verdict) for place, verdict in enumerate(result.verdicts))
    highlighter = Highlighter(result.source.name)
    lines = highlighter.lines(source_view.read(result.source).removesuffix("\n"))
    page = environment(base, result.after.possible.lines).get_template("report.html.jinja")
    return page.render(
        result=result,
        style=style,
        style_hash=style_hash,
        version=__version__,
        measures=figures.measures(result),
        strips=source_view.strips(result),
        steps=tuple(figures.steps(result)),
        stretches=tuple(source_view.stretches(source_view.source_lines(result, lines))),
        entries=entries,
        noun=phrases.noun(result),
        findings=findings(result.verdicts),
        groups=_groups(entries),
        code=highlighter.block,
        patch=plain(diff(result, base)),
        fate=phrases.fate(result, base),
        advice=tuple(phrases.advice(result, base)),
        unit_costs=bill.unit_costs(result),
        strength=strength,
        looks_back=phrases.looks_back(result),
    )


def _entry(place: int, verdict: Verdict) -> Entry:
    group = verdict.refused_at.value if verdict.refused_at else "kept"
    return Entry(place, verdict, figures.title(verdict), group, figures.failure_of(verdict))


def _groups(entries: tuple[Entry, ...]) -> tuple[Group, ...]:
    meanings = {"kept": "passed every gate"} | {gate.value: phrases.GATES[gate] for gate in Gate}
    groups = tuple(entry.group for entry in entries)
    return tuple(Group(name, meaning, groups.count(name)) for name, meaning in meanings.items())


def environment(base: Path, statements: Iterable[Line] = ()) -> Environment:
    """Where pages are made: all that is printed is escaped; `statements` are the lines of the one source."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(_filters(base, statements))
    return made


def _filters(base: Path, statements: Iterable[Line]) -> Mapping[str, Any]:
    return {
        "line": one_line,
        "count": phrases.count,
        "percent": phrases.percent,
        "money": phrases.money,
        "duration": phrases.duration,
        "gain": phrases.gain,
        "branches": phrases.branches,
        "ranges": lambda lines: phrases.ranges(lines, statements),
        "tokens": figures.tokens,
        "calls": bill.calls,
        "whereabouts": lambda finding: phrases.whereabouts(finding, base),
        "path": lambda path: phrases.shown(path, base),
    }


def _shown(value: object) -> object:
    """What the template prints: text loses its control characters, markup made here stays as it is."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else plain(value)


def page_style() -> tuple[Markup, str]:
    """The style sheet of every page, and its hash for the page's policy."""
    from markupsafe import Markup

    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Markup(style), digest  # noqa: S704 - a file of ours
