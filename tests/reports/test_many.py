"""Reports over many files: suspected bugs are in each, and the page holds in a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testgen.domain import Result, Round, Statement, Stop, Suspect, Usage
from testgen.reports.many import html, markdown, summary
from testgen.results import Results

if TYPE_CHECKING:
    from conftest import Browser

STATED = Statement("rounded half up", "src/shop/cart.py", 21)


@pytest.fixture
def results(result: Result, hostile: Result) -> Results:
    """One file with a suspected bug and one whose every text is hostile."""
    found = result.verdicts[1]
    suspect = Suspect(found.candidate, STATED, "AssertionError: 0.00 is not 1", ends=True)
    shown = Round(3, Usage(), (replace(found, suspect=suspect),))
    return Results((replace(result, rounds=(*result.rounds, shown)), hostile), (), (), Stop.DONE)


def said(results: Results, base: Path) -> tuple[str, ...]:
    lines = "".join(span.text for span in summary.full(results, base))
    return lines, markdown.render(results, base), html.render(results, base)


def test_suspected_bugs_are_in_every_report(results: Results, base: Path) -> None:
    for report in said(results, base):
        assert "src/shop/cart.py:21" in report
        assert "rounded half up" in report
    brief = "".join(span.text for span in summary.brief(results, base))
    assert " 1 suspected bug. " in brief


def test_without_suspected_bugs_none_is_spoken_of(results: Results, base: Path) -> None:
    for report in said(replace(results, files=results.files[1:]), base):
        assert "uspected bug" not in report


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_a_phone_and_complains_of_nothing(
    browser: Browser, results: Results, base: Path, dark: bool
) -> None:
    page = base / "report.html"
    page.write_text(html.render(results, base), encoding="utf-8")
    browser.open(page, width=390, height=844, dark=dark)
    browser.ask("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.ask("document.documentElement.scrollWidth") == 390
    assert browser.ask("document.querySelectorAll('#suspects .candidate').length") == 1
    assert browser.console == []
