from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from testgen.domain import Ending, Reach, Result
from testgen.reports import markdown

REPORT = """\
### testgen: `src/shop/cart.py`

| | before | after | gained |
|:--|--:|--:|--:|
| lines | 56.0 % | 76.0 % | +5 of 25 |
| branches | 20.0 % | 40.0 % | +2 of 10 |

**Kept 2 of 9 candidates**

| test | reaches |
|:--|:--|
| `test_total_takes_the_discount_off` | lines 22-25; branch 23→24 |
| `test_add_refuses_fewer_than_one` | line 17; branch 16→17 |

<details><summary>Refused 7</summary>

| gate | refused | why |
|:--|--:|:--|
| **parse** | 1 | not a test, or not one to run |
| | 1 | `it asserts nothing` |
| **alone** | 2 | does not pass alone |
| | 2 | `AssertionError: assert Decimal('0.00') == 1` |
| **repeat** | 1 | does not pass every time |
| | 1 | `fails with PYTHONHASHSEED=7` |
| **gain** | 1 | reaches nothing new |
| | 1 | `reaches nothing that other tests do not` |
| **company** | 1 | does not live with the suite |
| | 1 | `test_add fails after it` |
| **needed** | 1 | not needed in the end |
| | 1 | `others reach all that it does` |

</details>

Still missing: lines 11, 28-30, 33-34; branches 10→11, 23→25, 28→29, 28→30, 33→34, 33→exit

- `branches were measured without dynamic contexts`

Written to `tests/test_cart.py`. 2 rounds with `gpt-4o` in 41.3 s · all iterations were used · \
5,630 tokens (2,048 cached, 44.7 % of the prompts) in 2 calls · $0.0199 \
($0.0100 a kept test, $0.0040 a line reached)
"""
EVIL = ["a`b``c", "a|b", "a\\|b", "<b>", "</details>", "@someone", "[x](javascript:1)", "*b*", "<!--", "&lt;"]


def html_of(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


def test_the_report(result: Result, base: Path) -> None:
    assert markdown.render(result, base) == REPORT


@pytest.mark.parametrize("text", EVIL)
def test_code_shows_the_text_and_nothing_but_the_text(text: str) -> None:
    table = html_of(f"| a | b |\n|---|---|\n| {markdown.code(text)} | end |\n")
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert f"<td><code>{shown}</code></td>\n<td>end</td>" in table


def test_hostile_text_makes_no_markup(result: Result, hostile: Result, base: Path) -> None:
    page = html_of(markdown.render(hostile, base))
    assert not any(tag in page for tag in ("<script", "<img", "<a ", "<h1", "<strong>b", "<!--", "<style"))
    assert page.count("<table>") == html_of(markdown.render(result, base)).count("<table>")
    assert page.count("</details>") == 1


def test_it_stays_short_with_many_hostile_candidates(hostile: Result, base: Path) -> None:
    many = [
        replace(hostile.verdicts[place % 2], reason=f"{place} {EVIL * 50}", name=f"{place} {EVIL * 50}")
        for place in range(2000)
    ]
    large = replace(hostile, rounds=(replace(hostile.rounds[0], verdicts=tuple(many)),))
    text = markdown.render(replace(large, notes=large.notes * 100), base)
    assert "| … 960 more | |" in text
    assert len(text) < 65_536  # what a comment on GitHub may hold


def test_a_run_that_asked_nothing(result: Result, base: Path) -> None:
    text = markdown.render(replace(result, rounds=(), new=None, ending=Ending()), base)
    assert "Kept" not in text
    assert "Nothing was written: " in text


def test_a_source_without_branches_has_no_row_for_them(result: Result, base: Path) -> None:
    whole = replace(result.after, possible=Reach.of([1, 3]))
    assert "branches |" not in markdown.render(replace(result, before=whole, after=whole), base)
