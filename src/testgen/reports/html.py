"""The result as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testgen import __version__
from testgen.domain import Gate, Result, Verdict
from testgen.reports import bill, conclusion, figures, phrases, source_view, strength
from testgen.reports.highlight import Highlighter
from testgen.reports.sheet import Sheet
from testgen.reports.text import one_line, plain
from testgen.results import Results
from testgen.suspects.findings import findings

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

ANSWERED = (conclusion.SEE_WHY, conclusion.SEE_MISSING)  # by the page itself
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Group:
    """A choice of the filter: the candidates kept, or those refused at one gate."""

    name: str
    meaning: str
    count: int


def render(result: Result, base: Path) -> str:
    """The page. Everything that comes from outside is escaped, and its policy lets nothing run or load."""
    return page(
        "report.html.jinja",
        result,
        base,
        name=phrases.shown(result.source, base),
        code=Highlighter(result.source.name).block,
        result=result,
        sheet=Sheet.of(result, base),
        strips=source_view.strips(result),
        steps=tuple(figures.steps(result)),
    )


def page(template: str, run: Result | Results, base: Path, **more: object) -> str:
    """A page about one file or many, from a template that extends the common one."""
    style, style_hash = _page_style()
    return (
        _environment(base)
        .get_template(template)
        .render(
            run=run,
            style=style,
            style_hash=style_hash,
            version=__version__,
            measures=figures.measures(run),
            noun=phrases.noun(run),
            looks_back=phrases.looks_back(run),
            groups=_groups(run.verdicts),
            findings=findings(run.verdicts),
            unit_costs=bill.unit_costs(run),
            strength=strength,
            written=any(one.written for one in conclusion.files_of(run)),
            fate=conclusion.fate(run, base),
            advice=[step for step in conclusion.advice(run, base) if step not in ANSWERED],
            **more,
        )
    )


def _groups(verdicts: Sequence[Verdict]) -> tuple[Group, ...]:
    kept = sum(verdict.kept for verdict in verdicts)
    gates = [verdict.refused_at for verdict in verdicts]
    refused = (Group(gate.value, phrases.GATES[gate], gates.count(gate)) for gate in Gate)
    return (Group("kept", "passed every gate", kept), *refused)


def _environment(base: Path) -> Environment:
    """Where pages are made: all that is printed is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(_filters(base))
    return made


def _filters(base: Path) -> Mapping[str, Any]:
    return {
        "line": one_line,
        "count": phrases.count,
        "percent": phrases.percent,
        "money": phrases.money,
        "duration": phrases.duration,
        "gain": phrases.gain,
        "branches": phrases.branches,
        "ranges": phrases.ranges,
        "tokens": figures.tokens,
        "calls": bill.calls,
        "whereabouts": lambda finding: phrases.whereabouts(finding, base),
        "path": lambda path: phrases.shown(path, base),
    }


def _shown(value: object) -> object:
    """What the template prints: text loses its control characters, markup made here stays as it is."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else plain(value)


def _page_style() -> tuple[Markup, str]:
    """The style sheet of every page, and its hash for the page's policy."""
    from markupsafe import Markup

    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Markup(style), digest  # noqa: S704 - a file of ours
