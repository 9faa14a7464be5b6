from __future__ import annotations

import re

import pytest

from shop import Shop
from testgen.domain import Message
from testgen.forecast import forecast
from testgen.providers.endpoint import resolve
from testgen.settings import Price, Settings

TALK = (Message("user", "x" * 3_000),)  # 1,000 tokens, and 1,516 at most


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


@pytest.mark.parametrize("how", ["plan", "--dry-run"])
def test_a_plan_shows_what_is_missing_and_what_it_may_cost(shop, how):
    before = shop.files()
    ended = shop.testgen(how, API_KEY="")
    assert (ended.code, shop.files()) == (0, before), ended.stderr
    assert re.search(r"3 gaps\n", ended.stdout)
    assert re.search(r"total +lines 6-13  missing: lines 10, 12; branches 9→10, 11→12\n", ended.stdout)
    assert re.search(r"the first prompt has about [\d,]+ tokens", ended.stdout)
    assert re.search(r"one round costs \$0\.1\d, 3 rounds about \$0\.[45]\d", ended.stdout)


def test_a_quiet_plan_is_one_line(shop):
    ended = shop.testgen("plan", "--quiet", API_KEY="")
    assert ended.stdout == "src/shop/cart.py: lines 50.0 % (8 of 16), branches 25.0 % (2 of 8), 3 gaps\n"


def test_a_plan_as_a_report(shop):
    ended = shop.testgen("plan", "--report", "json:-", API_KEY="")
    assert ended.report["stop"]["code"] == "dry_run"
    assert any("the first prompt has about" in note for note in ended.report["notes"])
    assert "3 gaps" in ended.stderr


def test_nothing_is_planned_where_nothing_would_be_asked(shop):
    ended = shop.testgen("plan", "--desired-coverage", "20,10", API_KEY="")
    assert "the desired coverage was reached" in ended.stdout
    assert "prompt" not in ended.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"max_iterations": 1}, "with replies as long as they may be, one round costs $9.52; as a rule"),
        ({"max_iterations": 2}, "one round costs $9.52, 2 rounds about $19.03; as a rule"),
        ({"max_cost": 12.0}, "3 rounds about $28.55, of which --max-cost allows $12.00; as a rule"),
        ({"price": None, "model": "my-own"}, "the price of my-own is not known: give it with --price IN,OUT"),
        ({"price": None, "model": "ollama/mine"}, "one round costs $0.00"),
    ],
)
def test_the_forecast_of_the_cost(options, sentence):
    settings = Settings(**{"price": Price(1_000, 1_000, 0, 0), "max_output_tokens": 8_000} | options)
    size, cost = forecast(settings, resolve(settings, {}), [TALK])
    assert size == f"the first prompt has about 1,000 tokens, a reply of {settings.model} at most 8,000"
    assert sentence in cost


def test_several_first_prompts_are_reckoned_together():
    settings = Settings(price=Price(1_000, 1_000, 0, 0), max_output_tokens=8_000, max_iterations=1)
    size, cost = forecast(settings, resolve(settings, {}), [TALK] * 3)
    assert size.startswith("the first 3 prompts have together about 3,000 tokens")
    assert "one round costs $28.55;" in cost


def test_a_replay_costs_nothing(tmp_path):
    settings = Settings(replay=tmp_path)
    assert list(forecast(settings, resolve(settings, {}), [TALK]))[1].startswith("nothing is spent")
