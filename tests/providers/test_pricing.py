from __future__ import annotations

import subprocess
import sys

import pytest

from testgen.domain import Usage
from testgen.providers.pricing import cost

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
def test_known_models_cost_something(model):
    assert cost(model, Usage(1, MILLION, 0, MILLION)) > 0.1


@pytest.mark.parametrize("model", ["no-such-model", "azure/my-deployment", "somewhere/gpt-4o", ""])
def test_unknown_models_have_no_price(model):
    assert cost(model, Usage(1, MILLION, 0, MILLION)) is None


@pytest.mark.parametrize("model", ["ollama/llama3", "ollama/not-in-any-list", "hosted_vllm/mine"])
def test_models_of_one_s_own_are_free(model):
    assert cost(model, Usage(1, MILLION, 0, MILLION)) == 0


def test_each_kind_of_token_has_its_price():
    fresh, cached, said = (
        cost("gpt-4o", usage)
        for usage in (Usage(1, MILLION), Usage(1, MILLION, MILLION), Usage(1, completion_tokens=MILLION))
    )
    assert 0 < cached < fresh < said
    assert cost("gpt-4o", Usage(1, MILLION, MILLION // 2)) == pytest.approx((fresh + cached) / 2)


def test_the_list_is_read_without_importing_litellm():
    code = (
        "import sys; from testgen.providers.pricing import cost; from testgen.domain import Usage;"
        "assert cost('gpt-4o', Usage(1, 10)); sys.exit('litellm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
