"""The pages say what is so; `make docs` checks the links between them besides."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from projects import REPOSITORY
from testgen.settings import OPTIONS

DOCS = REPOSITORY / "docs"
PAGES = [*DOCS.glob("*.md"), *REPOSITORY.glob("*.md")]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:|#)([^)#\s]+)")


OF_COMMANDS = ("--yes", "--from", "--push", "--weekly", "--head", "--base", "--json", "--help", "--version")
FLAGS = {flag for option in OPTIONS for flag in option.flags} | {*OF_COMMANDS}
FLAG = re.compile(r"(?<![\w-])--(?!no-)[a-z][a-z-]*")


def commands(text: str) -> list[str]:
    """The lines of a page that call testgen, with those that a backslash goes on to."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if re.match(r"\s*(?:-? ?\w+=\S+ )*testgen ", line)]


def ours(text: str) -> list[str]:
    """The second column of a page's tables, which on the page about other tools is ours."""
    return [row.split(" | ")[1] for row in text.splitlines() if row.startswith("| `--")]


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_flag_in_an_example_is_one(page):
    for command in commands(page.read_text("utf-8")):
        own = re.sub(r"'[^']*'|\"[^\"]*\"", "", command.partition("#")[0])
        assert set(FLAG.findall(own)) <= FLAGS, command


def test_whoever_comes_from_another_tool_is_told_flags_that_are_there():
    cells = ours((DOCS / "migration.md").read_text("utf-8"))
    assert len(cells) > 50
    assert {flag for cell in cells for flag in FLAG.findall(cell)} <= FLAGS
    assert not set(FLAG.findall("testgen --sorce-file x")) <= FLAGS
