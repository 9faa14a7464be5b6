"""The pages say what is so; `make docs` checks the links between them besides."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from projects import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = [*DOCS.glob("*.md"), *REPOSITORY.glob("*.md")]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:|#)([^)#\s]+)")


def links(text: str) -> list[str]:
    """The paths that a page's links lead to, without those inside code."""
    return LINK.findall(re.sub(r"(?s)(`{3,}).*?\1|`[^`\n]*`(?!\])", "", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    for link in links(page.read_text("utf-8")):
        assert (page.parent / link).exists(), link


def test_a_link_is_seen_and_one_in_code_is_not():
    text = "[a](there.md) and `[b](no.md)`\n```\n[c](no.md)\n```\n[`d`](code.md#x) [e](https://x.example)"
    assert links(text) == ["there.md", "code.md"]


def test_the_site_shows_every_page():
    site = tomllib.loads((REPOSITORY / "zensical.toml").read_text("utf-8"))["project"]
    shown = re.findall(r"'(\S+\.md)'", str(site["nav"]))
    assert sorted(shown) == sorted(page.name for page in DOCS.glob("*.md"))


def test_the_page_on_messages_is_true():
    made = subprocess.run(
        [sys.executable, DOCS / "errors.py"], capture_output=True, encoding="utf-8", check=True
    )
    assert (DOCS / "errors.md").read_text("utf-8") == made.stdout, (
        "run: python docs/errors.py > docs/errors.md"
    )
