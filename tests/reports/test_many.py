"""Reports over many files: suspected bugs are in each, and the page holds in a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pages import CONTRASTS, VISIBLE, Tags
from testgen.domain import Patch, Result, Round, Statement, Stop, Suspect, Usage
from testgen.errors import UsageError
from testgen.reports.many import html, markdown, summary
from testgen.results import Failed, Results

if TYPE_CHECKING:
    from pages import Browser

STATED = Statement("rounded half up", "src/shop/cart.py", 21)


@pytest.fixture
def results(result: Result, hostile: Result) -> Results:
    """One file with a suspected bug and one whose every text is hostile."""
    found = result.verdicts[1]
    kept_apart = Path(".testgen/suspects/src.shop.cart/test_the_total_of_nothing_is_nothing.py")
    suspect = Suspect(found.candidate, STATED, "AssertionError: 0.00 is not 1", ends=True, path=kept_apart)
    shown = Round(3, Usage(), (replace(found, suspect=suspect),))
    return Results((replace(result, rounds=(*result.rounds, shown)), hostile), (), (), Stop.DONE)


def written(results: Results, base: Path) -> Path:
    page = base / "report.html"
    page.write_text(html.render(results, base), encoding="utf-8")
    return page


def said(results: Results, base: Path) -> tuple[str, ...]:
    lines = "".join(span.text for span in summary.full(results, base))
    return lines, markdown.render(results, base), html.render(results, base)


def test_suspected_bugs_are_in_every_report(results: Results, base: Path) -> None:
    for report in said(results, base):
        assert "src/shop/cart.py:21" in report
        assert "rounded half up" in report
    brief = "".join(span.text for span in summary.brief(results, base))
    assert " 1 suspected bug. " in brief


def test_a_test_that_shows_a_bug_again_is_no_other_that_does(results: Results, base: Path) -> None:
    cart = results.files[0]
    again = replace(results, files=(replace(cart, rounds=(*cart.rounds, *cart.rounds)),))
    assert not any("so do" in report for report in said(again, base))


def test_without_suspected_bugs_none_is_spoken_of(results: Results, base: Path) -> None:
    for report in said(replace(results, files=results.files[1:]), base):
        assert "uspected bug" not in report


def test_a_file_that_could_not_be_worked_on_is_said_by_its_short_name(results: Results, base: Path) -> None:
    source = base / "src/shop/odd.py"
    failed = Failed(source, UsageError(f"{source}:1 cannot be parsed", "Mend it."))
    lines, *others = said(replace(results, failed=(failed, failed)), base)
    assert lines.count("  → Mend it.\n") == 1
    for report in (lines, *others):
        assert "odd.py:1 cannot be parsed" in report
        assert str(source) not in report


def test_in_a_run_about_a_change_the_figures_of_a_file_are_those_of_the_change(
    results: Results, base: Path
) -> None:
    cart = replace(results.files[0], patch=Patch("main", frozenset({22, 23, 24, 25})))
    lines, text, page = said(replace(results, files=(cart,), patches={cart.source: cart.patch}), base)
    assert "src/shop/cart.py    0.0 % → 100.0 % of the change  2 tests\n" in lines
    assert "| file | changed lines before | after |" in text
    assert "| `src/shop/cart.py` | 0.0 % | 100.0 % | 2 |" in text
    assert '<span class="figures">0.0 % → <b>100.0 %</b></span>' in page


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_a_phone_and_complains_of_nothing(
    browser: Browser, results: Results, base: Path, dark: bool
) -> None:
    browser.open(written(results, base), width=390, height=844, dark=dark)
    browser.ask("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.ask("document.documentElement.scrollWidth") == 390
    assert browser.ask("document.querySelectorAll('#suspects .finding').length") == 1
    assert browser.console == []
    cut = "[...document.querySelectorAll('p')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert browser.ask(cut) == 0


def test_every_report_says_why_tests_were_refused(results: Results, base: Path) -> None:
    for report in said(results, base):
        assert "AssertionError: assert Decimal(&#39;0.00&#39;)" in report or "Decimal('0.00')" in report


def test_every_link_leads_to_one_place(results: Results, base: Path) -> None:
    tags = Tags(html.render(results, base)).found
    places = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(places) == len(set(places))
    assert {(at["href"] or "").removeprefix("#") for _, at in tags if "href" in at} <= set(places)


def test_the_filter_shows_a_gate_in_the_files_that_have_it(
    browser: Browser, results: Results, base: Path
) -> None:
    browser.open(written(results, base))
    browser.ask("document.querySelectorAll('.file').forEach(e => e.open = true)")
    browser.click("label[for=show-gain]")
    assert browser.ask(f"{VISIBLE}.length") == 1
    files = "[...document.querySelectorAll('.file')].filter(e => e.checkVisibility()).length"
    assert browser.ask(files) == 1
    assert browser.ask("document.querySelector('#suspects .finding').checkVisibility()")
    browser.click("label[for=show-all]")
    assert browser.ask(files) == 2


def test_a_line_leads_to_the_test_that_reaches_it(browser: Browser, results: Results, base: Path) -> None:
    browser.open(written(results, base))
    browser.click("#f1 > summary")
    browser.click("#f1 .lens a")
    assert browser.ask("document.querySelector(location.hash).checkVisibility()")
    assert browser.ask("document.querySelector(location.hash).closest('.file').id") == "f1"


@pytest.mark.parametrize("dark", [False, True])
def test_all_text_stands_out_from_what_is_behind_it(
    browser: Browser, results: Results, base: Path, dark: bool
) -> None:
    browser.open(written(results, base), dark=dark)
    browser.ask("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.ask(CONTRASTS) == []
