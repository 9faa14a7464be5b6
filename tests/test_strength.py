"""`testgen strength` as a user runs it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shop import Shop

SCHEMA = json.loads(files("testgen.reports").joinpath("schema.json").read_text("utf-8"))


@pytest.fixture
def shop(tmp_path: Path, project_python: Path) -> Shop:
    return Shop.at(tmp_path / "project", project_python)


def test_it_says_what_the_tests_would_not_notice(shop: Shop) -> None:
    before = shop.files()
    run = shop.testgen("strength", "--report", "markdown:s.md", "--report", "html:s.html", API_KEY="")
    assert run.code == 0, run.stderr
    assert "of 10 mutants killed" in run.stdout
    assert "9:8 total  amount < 0  →  amount <= 0  reached by test_total_adds_up" in run.stdout
    assert "test_nothing_seen: kills none" in run.stdout
    for report in ("s.md", "s.html"):
        text = (shop.root / report).read_text(encoding="utf-8")
        assert "amount &lt;= 0" in text or "amount <= 0" in text
    assert {name: text for name, text in shop.files().items() if name in before} == before


def test_its_json_keeps_to_the_schema(shop: Shop) -> None:
    run = shop.testgen("strength", "--report", "json:-", API_KEY="")
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(run.report)] == []
    strength = run.report["strength"]
    assert strength["tried"] == len(strength["mutants"]) == 10
    assert {"survived", "killed"} == {mutant["status"] for mutant in strength["mutants"]}
    assert run.report["stop"]["code"] == "assessed"


def test_a_function_that_is_named_is_the_only_one_looked_at(shop: Shop) -> None:
    run = shop.testgen("strength", "--function", "shipping", "--report", "json:-")
    assert (run.code, run.report["strength"]["tried"]) == (0, 0)
    assert "nothing could be tried" in run.stderr


def test_without_a_test_file_there_is_nothing_to_assess(shop: Shop) -> None:
    shop.test_file.unlink()
    run = shop.testgen("strength")
    assert run.code == 2
    assert "there is no test file" in run.stderr and "--test-file" in run.stderr


def test_red_tests_are_said_first(shop: Shop) -> None:
    shop.write({"tests/test_cart.py": "def test_red():\n    assert False\n"})
    run = shop.testgen("strength")
    assert run.code == 3 and "test_red" in run.stderr
