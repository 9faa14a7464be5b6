"""Many files as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from pathlib import Path

from testgen import __version__
from testgen.evidence import findings
from testgen.reports import bill, figures, phrases, strength
from testgen.reports.diff import diff
from testgen.reports.highlight import Highlighter
from testgen.reports.html import environment, page_style
from testgen.reports.many.figures import advice, fate, measures, refused
from testgen.reports.text import plain
from testgen.results import Results


def render(results: Results, base: Path) -> str:
    """The page. Everything that comes from outside is escaped, and its policy lets nothing run or load."""
    page = environment(base).get_template("many.html.jinja")
    style, style_hash = page_style()
    return page.render(
        results=results,
        style=style,
        style_hash=style_hash,
        version=__version__,
        measures=measures(results),
        refused=[(gate.value, number, phrases.GATES[gate]) for gate, number in refused(results)],
        findings=findings(results.verdicts),
        code=Highlighter("test.py").block,
        title=figures.title,
        reach=phrases.reach,
        gained=phrases.gained,
        patches=[plain(diff(result, base)) for result in results.files],
        strength=strength,
        used=bill.used(results.usage),
        fate=fate(results),
        advice=tuple(advice(results, base)),
    )
