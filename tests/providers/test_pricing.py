from __future__ import annotations

import subprocess
import sys

import pytest

from testgen.domain import Usage
from testgen.providers.pricing import listed
from testgen.settings import Price

MILLION = 1_000_000


@pytest.mark.parametrize(
    "model",
    [
        "gpt-4o",
        "openai/gpt-4o",
        "azure/gpt-4o",
        "claude-sonnet-4-5",
        "anthropic/claude-sonnet-4-5",
        "gemini/gemini-2.5-pro",
    ],
)
def test_known_models_cost_something_and_have_their_bounds(model):
    known = listed(model)
    assert known.price.of(Usage(1, MILLION, 0, MILLION)) > 0.1
    assert known.window > known.longest > 1_000


@pytest.mark.parametrize("model", ["no-such-model", "azure/my-deployment", "somewhere/gpt-4o", ""])
def test_of_unknown_models_nothing_is_guessed(model):
    known = listed(model)
    assert (known.price, known.window, known.longest) == (None, None, None)


def test_the_first_name_that_is_known_counts():
    assert listed("no-such-model", "gpt-4o") == listed("gpt-4o") != listed("gpt-4o-mini", "gpt-4o")


@pytest.mark.parametrize("model", ["ollama/llama3", "ollama/not-in-any-list", "hosted_vllm/mine"])
def test_models_of_one_s_own_are_free(model):
    assert listed(model).price.of(Usage(1, MILLION, 0, MILLION)) == 0


def test_each_kind_of_token_has_its_price():
    price = Price(prompt=2, reply=8, cached=1, thought=16)
    assert price.of(Usage(1, MILLION)) == 2
    assert price.of(Usage(1, MILLION, MILLION // 2)) == 1.5
    assert price.of(Usage(1, 0, 0, MILLION)) == 8
    assert price.of(Usage(1, 0, 0, MILLION, MILLION // 2)) == 12


def test_the_list_tells_what_cached_tokens_cost():
    price = listed("gpt-4o").price
    assert 0 < price.cached < price.prompt < price.reply == price.thought


def test_the_list_is_read_without_importing_litellm():
    code = (
        "import sys; from testgen.providers.pricing import listed;"
        "assert listed('gpt-4o').price; sys.exit('litellm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
