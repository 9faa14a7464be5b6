from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pages import CONTRASTS, VISIBLE, Tags
from testgen.domain import Ending, Gate, Result
from testgen.reports import html

if TYPE_CHECKING:
    from pages import Browser

MANY = 2004


@pytest.fixture
def page(result: Result, base: Path) -> Path:
    return written(result, base)


def written(result: Result, base: Path) -> Path:
    path = base / "report.html"
    path.write_text(html.render(result, base), encoding="utf-8")
    return path


@pytest.fixture
def large(result: Result) -> Result:
    verdicts = tuple(
        replace(result.verdicts[place % 6], name=f"test_{place}", runs=result.verdicts[1].runs)
        for place in range(MANY)
    )
    return replace(result, rounds=(replace(result.rounds[0], verdicts=verdicts),))


@pytest.mark.parametrize("which", ["result", "hostile"])
def test_nothing_in_the_page_runs_or_loads(request: pytest.FixtureRequest, which: str, base: Path) -> None:
    tags = Tags(html.render(request.getfixturevalue(which), base)).found
    assert not {"script", "img", "link", "iframe", "object", "base", "form"} & {tag for tag, _ in tags}
    names = {name for _, attributes in tags for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in ("style", "src", "srcset")}
    assert all((at["href"] or "").startswith("#") for _, at in tags if "href" in at)
    policy = next(at["content"] for _, at in tags if at.get("http-equiv") == "Content-Security-Policy")
    strict = r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; base-uri 'none'; form-action 'none'"
    assert re.fullmatch(strict, policy or "")


def test_every_link_within_the_page_leads_somewhere(result: Result, base: Path) -> None:
    tags = Tags(html.render(result, base)).found
    places = {attributes["id"] for _, attributes in tags if "id" in attributes}
    assert {(at["href"] or "").removeprefix("#") for _, at in tags if "href" in at} <= places


def test_hostile_text_is_shown_as_it_is(result: Result, hostile: Result, base: Path) -> None:
    shown = html.render(hostile, base)
    assert "&lt;/script&gt;&lt;script&gt;document.title=&#39;owned&#39;" in shown
    assert "{{ 7 * 7 }}" in shown
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_the_style_sheet_knows_every_gate(result: Result, base: Path) -> None:
    style = html.render(result, base).partition("<style>")[2]
    assert all(f"#show-{gate.value}:checked" in style for gate in Gate)


def test_a_source_that_is_gone_leaves_the_rest(result: Result, base: Path) -> None:
    result.source.unlink()
    shown = html.render(result, base)
    assert 'id="source"' not in shown
    assert "#L11" not in shown
    assert "lines 11, 28-30, 33-34" in shown


def test_a_run_that_asked_nothing_has_only_its_coverage(result: Result, base: Path) -> None:
    shown = html.render(replace(result, rounds=(), new=None, ending=Ending()), base)
    assert 'id="coverage"' in shown
    assert not [part for part in ("rounds", "candidates", "change") if f'id="{part}"' in shown]


@pytest.mark.parametrize("name", ["a.py", "a.go", "a.js", "a.unheard_of"])
def test_code_of_any_language_is_escaped(result: Result, base: Path, name: str) -> None:
    source = base / name
    source.write_text("x = '<b>' // <i>\n")
    shown = html.render(replace(result, source=source), base)
    assert "&lt;b&gt;" in shown
    assert "<i>\n" not in shown


def test_in_a_browser_it_looks_for_nothing_and_complains_of_nothing(
    browser: Browser, hostile: Result, base: Path
) -> None:
    browser.open(written(hostile, base))
    assert browser.console == []
    assert browser.ask("document.title") == "src/shop/cart.py – testgen"
    assert browser.ask("performance.getEntriesByType('resource').length") == 0
    assert browser.ask("document.querySelectorAll('.candidate').length") == 2


def test_the_policy_holds_even_for_what_would_slip_through(browser: Browser, page: Path) -> None:
    script = "<script>document.title = 'owned'</script>"
    text = page.read_text(encoding="utf-8").replace("</main>", f"{script}</main>")
    page.write_text(text, encoding="utf-8")
    browser.open(page)
    assert browser.ask("document.title") == "src/shop/cart.py – testgen"
    assert any("Content Security Policy" in complaint for complaint in browser.console)


@pytest.mark.parametrize(("group", "count"), [("all", 9), ("kept", 2), ("alone", 2), ("gain", 1)])
def test_the_filter_shows_a_gate(browser: Browser, page: Path, group: str, count: int) -> None:
    browser.open(page)
    browser.click(f"label[for=show-{group}]")
    assert browser.ask(f"{VISIBLE}.length") == count
    assert group == "all" or browser.ask(f"{VISIBLE}.every(e => e.classList.contains('{group}'))")


def test_the_filter_works_with_the_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.ask("document.getElementById('show-all').focus()")
    browser.press("ArrowRight")
    assert browser.ask("document.querySelector('.filter :checked').id") == "show-kept"
    assert browser.ask(f"{VISIBLE}.length") == 2


def test_a_line_leads_to_the_test_that_reaches_it_even_if_it_is_filtered_out(
    browser: Browser, page: Path
) -> None:
    browser.open(page)
    browser.click("label[for=show-alone]")
    browser.click(".lens a")
    assert browser.ask("location.hash") == "#t6"
    assert browser.ask("document.querySelector('#t6').checkVisibility()")
    assert browser.ask("document.querySelector('#t6').closest('details').open")


def test_a_test_that_was_mended_leads_to_what_it_was_and_back(
    browser: Browser, result: Result, base: Path
) -> None:
    first, second = result.rounds
    refused = replace(first.verdicts[1], candidate=second.verdicts[0].candidate)
    mended = replace(result, rounds=(replace(first, verdicts=(refused, *first.verdicts)), second))
    browser.open(written(mended, base))
    browser.ask("document.querySelectorAll('.candidate')[0].open = true")
    browser.click("#t0 a[href='#t7']")
    assert browser.ask("location.hash") == "#t7"
    assert "round 1" in browser.ask("document.querySelector(\"#t7 a[href='#t0']\").innerText")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("which", ["result", "hostile"])
def test_it_fits_a_phone(
    browser: Browser, request: pytest.FixtureRequest, base: Path, which: str, dark: bool
) -> None:
    browser.open(written(request.getfixturevalue(which), base), width=390, height=844, dark=dark)
    browser.ask("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.ask("document.documentElement.scrollWidth") == 390
    background = browser.ask("getComputedStyle(document.body).backgroundColor")
    assert (int(re.findall(r"\d+", background)[0]) < 100) is dark


@pytest.mark.parametrize("dark", [False, True])
def test_all_text_stands_out_from_what_is_behind_it(browser: Browser, page: Path, dark: bool) -> None:
    browser.open(page, dark=dark)
    browser.ask("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.ask(CONTRASTS) == []
    browser.ask("document.body.style.color = getComputedStyle(document.body).backgroundColor")
    assert browser.ask(CONTRASTS)


def test_many_candidates_load_and_filter_fast(browser: Browser, large: Result, base: Path) -> None:
    path = written(large, base)
    started = time.monotonic()
    browser.open(path)
    browser.click("label[for=show-alone]")
    assert browser.ask(f"{VISIBLE}.length") == MANY / 3
    assert time.monotonic() - started < 10
