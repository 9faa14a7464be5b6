"""`testgen strength` as a user runs it."""

from __future__ import annotations

import importlib.util
import json
import shutil
from dataclasses import replace
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from endpoint import SERVER_ERROR, Say, ScriptedEndpoint, Step, Tokens
from shop import Finished, Shop, fenced

SCHEMA = json.loads(files("testgen.reports").joinpath("schema.json").read_text("utf-8"))


@pytest.fixture
def shop(tmp_path: Path, project_python: Path) -> Shop:
    return Shop.at(tmp_path / "project", project_python)


def test_it_says_what_the_tests_would_not_notice(shop: Shop) -> None:
    with shop.test_file.open("a", encoding="utf-8") as file:
        file.write("\n\ndef test_looks_away():\n    total([1])\n    assert True\n")
    before = shop.files()
    run = shop.testgen("strength", "--report", "markdown:s.md", "--report", "html:s.html", API_KEY="")
    assert run.code == 0, run.stderr
    assert "of 10 mutants killed" in run.stdout
    assert "9:8 total  amount < 0  →  amount <= 0  reached by test_total_adds_up" in run.stdout
    assert "test_looks_away: others kill all" in run.stdout
    assert "See which of the superfluous tests can go together" in run.stdout
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


def test_each_kept_test_is_shown_with_what_it_would_catch(shop: Shop) -> None:
    shop.write({"reply.md": fenced("from contextlib import suppress", LOOKS_AWAY, ALL_WEIGHTS)})
    run = shop.testgen(
        *("keep", "reply.md", "--strength", "--function", "shipping"),
        *("--report", "markdown:s.md", "--report", "html:s.html"),
    )
    shown = [part for part in run.stdout.splitlines() if part.strip().startswith("catches: ")]
    assert ["superfluous" in part for part in shown] == [
        True,
        False,
    ]  # it is kept for the line that it reaches
    assert "weight < 10  →  weight <= 10 in line 27, and " in shown[1]
    for report in ("s.md", "s.html"):
        text = (shop.root / report).read_text(encoding="utf-8")
        assert text.lower().count("catches: ") == 2 and text.count("superfluous here") == 1


def test_without_the_option_nothing_is_tried(shop: Shop) -> None:
    shop.write({"reply.md": fenced(SHARP, IDLE)})
    run = shop.testgen("keep", "reply.md", "--report", "json:-")
    assert run.report["strength"] is None
    assert "strength" not in run.report["refused"]


LOOKS_AWAY = """
def test_looks_away():
    from shop.cart import shipping
    with suppress(Exception):
        shipping(-1)
    assert shipping(1) == 5
"""
ALL_WEIGHTS = """
def test_all_weights():
    from shop.cart import shipping
    assert (shipping(1), shipping(10), shipping(20)) == (5, 9, 9)
"""
HEAVY = "def test_heavy():\n    from shop.cart import shipping\n    assert shipping(20) == 9\n"
LIGHT = "def test_light():\n    from shop.cart import shipping\n    assert shipping(1) == 5\n"
NO_WEIGHT = """
def test_no_weight():
    from shop.cart import shipping
    with pytest.raises(ValueError):
        shipping(-1)
"""
AT_TEN = """
def test_heavy():
    from shop.cart import shipping
    assert (shipping(10), shipping(20)) == (9, 9)
"""
AT_TWENTY_ONE = """
def test_heavier():
    from shop.cart import shipping
    assert shipping(21) == 9
"""
WRONG = """
def test_at_eleven():
    from shop.cart import shipping
    assert shipping(11) == 5
"""
NOTHING_WEIGHS = """
def test_nothing_weighs():
    from shop.cart import shipping
    with pytest.raises(ValueError, match="^no weight$"):
        shipping(0)
"""
FIRST = Say(fenced("import pytest", HEAVY, LIGHT, NO_WEIGHT))
SHIPPING = ("--strength", "--function", "shipping", "--max-iterations", "1")


def sharpened(shop: Shop, endpoint: ScriptedEndpoint, *steps: Step, flags: tuple[str, ...] = ()) -> Finished:
    endpoint.will(FIRST, *steps)
    return shop.testgen(*SHIPPING, *flags, "--report", "json:-", endpoint=endpoint)


def kept(run: Finished) -> dict[str, int]:
    return {one["name"]: one["round"] for one in run.report["candidates"] if one["verdict"] == "kept"}


def test_what_no_test_notices_is_asked_for_and_a_sharper_test_takes_the_old_ones_place(
    shop: Shop, endpoint: ScriptedEndpoint
) -> None:
    reply = "Same 1: weights are whole\n" + fenced(
        "import pytest", AT_TEN, AT_TWENTY_ONE, WRONG, NOTHING_WEIGHS
    )
    run = sharpened(shop, endpoint, Say(reply))
    asked = endpoint.requests[1].prompt
    assert "reached by test_heavy, test_light" in asked and "yours: test_heavy, test_light" in asked
    assert "- if weight <= 0:\n   + if (weight < 0):" in asked
    assert kept(run) == {"test_heavy": 2, "test_light": 1, "test_nothing_weighs": 2}
    gates = {(one["name"], one["round"]): one["gate"] for one in run.report["candidates"]}
    assert gates["test_heavier", 2] == "gain"  # it is green, and notices nothing that others do not
    assert gates["test_at_eleven", 2] == "alone"
    assert gates["test_heavy", 1] == "needed"
    strength = run.report["strength"]
    assert strength["percent"] > strength["percent_before"]
    [sharper] = [one for one in run.report["candidates"] if one["name"] == "test_heavy" and one["round"] == 2]
    assert {"line": 27, "column": 17, "before": "weight < 10", "after": "weight <= 10"} in sharper["catches"]
    assert sharper["superfluous"] is False
    assert shop.test_file.read_text(encoding="utf-8").count("def test_heavy") == 1
    assert shop.pytest() == 0


def test_the_second_time_it_is_told_what_was_refused_and_what_it_gave_up_is_left_out(
    shop: Shop, endpoint: ScriptedEndpoint
) -> None:
    wrong = Say("Same 1: nobody weighs nothing\n" + fenced("import pytest", WRONG))
    run = sharpened(shop, endpoint, wrong, Say(fenced("import pytest", AT_TEN)), Say("never asked"))
    first, second = (request.prompt for request in endpoint.requests[1:])
    assert "assert 9 == 5" in second and "assert 9 == 5" not in first
    assert first.count("\n   + ") == second.count("\n   + ") + 1
    assert "nobody weighs nothing" in " ".join(run.report["notes"])
    assert kept(run)["test_heavy"] == 2 + 1


@pytest.mark.parametrize(
    "steps", [(Say("I have no idea."),), (Say(fenced("import pytest", AT_TWENTY_ONE)), SERVER_ERROR)]
)
def test_without_a_sharper_test_all_stays_as_it_is(
    shop: Shop, endpoint: ScriptedEndpoint, steps: tuple[Step, ...]
) -> None:
    run = sharpened(shop, endpoint, *steps, flags=("--max-wait", "0"))
    assert (run.code, kept(run)) == (0, {"test_heavy": 1, "test_light": 1, "test_no_weight": 1})


def test_money_that_is_spent_asks_nothing_more(shop: Shop, endpoint: ScriptedEndpoint) -> None:
    endpoint.will(replace(FIRST, tokens=Tokens(prompt=20_000)), Say("never asked"))
    run = shop.testgen(*SHIPPING, "--max-tokens", "25000", "--report", "json:-", endpoint=endpoint)
    assert len(endpoint.requests) == 1
    assert run.report["stop"]["code"] == "budget" and len(kept(run)) == 3


def test_what_was_answered_is_not_paid_again(shop: Shop, endpoint: ScriptedEndpoint) -> None:
    before = shop.test_file.read_bytes()
    first = sharpened(shop, endpoint, Say(fenced("import pytest", AT_TEN)), Say("no more"))
    shop.test_file.write_bytes(before)
    again = shop.testgen(*SHIPPING, "--report", "json:-", endpoint=endpoint)
    assert kept(again) == kept(first)
    assert again.report["usage"]["calls"] == 0 and len(endpoint.requests) == 3


def test_a_test_that_reaches_nothing_new_is_kept_for_what_it_notices(shop: Shop) -> None:
    shop.write({"reply.md": fenced("import pytest", HEAVY, LIGHT, NO_WEIGHT, NOTHING_WEIGHS, AT_TWENTY_ONE)})
    before = shop.test_file.read_bytes()
    plain = shop.testgen("keep", "reply.md", "--function", "shipping", "--report", "json:-")
    shop.test_file.write_bytes(before)
    run = shop.testgen("keep", "reply.md", "--strength", "--function", "shipping", "--report", "json:-")
    assert "test_nothing_weighs" not in kept(plain)
    assert "test_nothing_weighs" in kept(run) and "test_heavier" not in kept(run)


DEAL = """
def off(price, percent):
    \'\'\'The price less some per cent: off(100, 10) == 90.\'\'\'
    return price * (100 + percent) / 100
"""
OFF = """
# suspects: "The price less some per cent"
def test_off():
    from shop.deal import off
    assert off(100, 10) == 90
"""
NOTHING_OFF = """
def test_nothing_off():
    from shop.deal import off
    assert off(10, 0) == 10
"""
WRITES_DOWN = """
def test_half():
    from shop.deal import off
    assert off(10, 50) == 15
"""


@pytest.mark.parametrize(
    ("sure", "told"),
    [
        (NOTHING_OFF, "mend the suspected bug"),
        (WRITES_DOWN, "test_half would fail then, and may write it down"),
    ],
)
def test_what_would_mend_a_suspected_bug_is_said_and_not_asked_for(
    shop: Shop, endpoint: ScriptedEndpoint, sure: str, told: str
) -> None:
    shop.write({"src/shop/deal.py": DEAL})
    shop.flags = ("--source-file", "src/shop/deal.py", "--test-file", "tests/test_deal.py")
    endpoint.will(Say(fenced(OFF, sure)), Say("never asked"))
    run = shop.testgen("--strength", "--max-iterations", "1", "--report", "json:-", endpoint=endpoint)
    assert len(run.report["suspects"]) == 1 and len(endpoint.requests) == 1
    [note] = [note for note in run.report["notes"] if "test_off passes with that" in note]
    assert "100 + percent → 100 - percent" in note and note.endswith(told)


TIDY = """
def tidy(path):
    if path.name != "precious":
        path.unlink()
    return path.name
"""
TIDIED = """
from pathlib import Path

from shop.tidy import tidy

HERE = Path(__file__).parent


def test_what_is_precious_stays():
    assert tidy(HERE / "precious") == "precious"
"""


def strength_of_tidy(shop: Shop, *options: str) -> Finished:
    shop.write({"src/shop/tidy.py": TIDY, "tests/test_tidy.py": TIDIED, "tests/precious": "gold"})
    tidy = replace(shop, flags=("--source-file", "src/shop/tidy.py", "--test-file", "tests/test_tidy.py"))
    run = tidy.testgen("strength", "--report", "json:-", *options)
    assert run.code == 0, run.stderr
    fates = {one["after"]: one["status"] for one in run.report["strength"]["mutants"]}
    assert fates["path.name == 'precious'"] in {"survived", "killed"}  # deleting was tried
    return run


def test_a_mutant_that_deletes_files_deletes_none_of_the_users(shop: Shop) -> None:
    run = strength_of_tidy(shop)
    if "sandbox none" in run.stderr:
        pytest.skip("no sandbox works here")
    assert (shop.root / "tests/precious").read_text(encoding="utf-8") == "gold"


def test_without_a_sandbox_nothing_holds_a_mutant_that_deletes_files(shop: Shop) -> None:
    strength_of_tidy(shop, "--sandbox", "none")
    assert not (shop.root / "tests/precious").exists()


def test_of_a_compiled_extension_nothing_can_be_said(shop: Shop) -> None:
    spec = importlib.util.find_spec("xxlimited")
    if spec is None or not spec.origin or not spec.origin.endswith(tuple(EXTENSION_SUFFIXES)):
        pytest.skip("this Python has no such extension")
    extension = shutil.copy(spec.origin, shop.root / "src")
    shop.write({"src/xxlimited.py": "def foo(a, b):\n    return a + b\n"})
    shop.write({"tests/test_it.py": "import xxlimited\n\ndef test_it():\n    assert xxlimited.foo(1, 2)\n"})
    flags = ("--test-file", "tests/test_it.py", "--source-file")
    beside = replace(shop, flags=(*flags, "src/xxlimited.py")).testgen("strength")
    assert beside.code == 3 and "is imported instead, which is compiled" in beside.stderr
    itself = replace(shop, flags=(*flags, str(extension))).testgen("strength")
    assert itself.code == 2 and "is compiled, and what tests reach in it cannot be known" in itself.stderr
