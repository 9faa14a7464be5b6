"""Many files as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from pathlib import Path

from testgen.reports.highlight import Highlighter
from testgen.reports.html import page
from testgen.reports.phrases import count
from testgen.reports.sheet import Sheet
from testgen.results import Results


def render(results: Results, base: Path) -> str:
    """The page. Everything that comes from outside is escaped, and its policy lets nothing run or load."""
    return page(
        "many.html.jinja",
        results,
        base,
        name=count(len(results.files) + len(results.left), "source file"),
        code=Highlighter("test.py").block,
        sheets=[
            Sheet.of(result, base, f"f{number}", whole=False)
            for number, result in enumerate(results.files, start=1)
        ],
    )
