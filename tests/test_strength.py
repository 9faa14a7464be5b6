"""`testgen strength` as a user runs it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shop import Shop, fenced

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


SHARP = """
def test_shipping_is_dearer_for_heavy_things():
    from shop.cart import shipping
    assert (shipping(9), shipping(10)) == (5, 9)
"""
IDLE = """
def test_first_of_something():
    from shop.cart import first
    name = first(["a"])
    assert name is not None or name is None
"""


def test_a_run_says_how_strong_its_tests_are_and_refuses_one_that_cannot_fail(shop: Shop) -> None:
    shop.write({"reply.md": fenced(SHARP, IDLE)})
    run = shop.testgen("keep", "reply.md", "--strength", "--report", "json:-")
    gates = {one["name"]: one["gate"] for one in run.report["candidates"]}
    assert gates == {"test_shipping_is_dearer_for_heavy_things": None, "test_first_of_something": "strength"}
    fates = {mutant["after"]: mutant["status"] for mutant in run.report["strength"]["mutants"]}
    assert fates["weight <= 10"] == "killed"
    assert {mutant["unit"] for mutant in run.report["strength"]["mutants"]} <= {"shipping", "total"}
    assert "test_first_of_something" not in shop.test_file.read_text(encoding="utf-8")


def test_without_the_option_nothing_is_tried(shop: Shop) -> None:
    shop.write({"reply.md": fenced(SHARP, IDLE)})
    run = shop.testgen("keep", "reply.md", "--report", "json:-")
    assert run.report["strength"] is None
    assert "strength" not in run.report["refused"]
