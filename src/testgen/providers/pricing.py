"""What tokens cost: liteLLM's price list, read from its package without importing it."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from testgen.domain import Usage
from testgen.providers.endpoint import LOCAL_PREFIXES

_FILE = "model_prices_and_context_window_backup.json"


def cost(model: str, usage: Usage) -> float | None:
    """US dollars for one call's tokens at the standard price; 0 for a local model, None if it is unknown.

    `model` is a name as liteLLM has it, such as `gpt-4o` or `anthropic/claude-sonnet-4-5`.
    """
    if model.startswith(LOCAL_PREFIXES):
        return 0.0
    price = _price(model)
    if price is None or not {"input_cost_per_token", "output_cost_per_token"} <= price.keys():
        return None
    fresh = usage.prompt_tokens - usage.cached_tokens
    cached = price.get("cache_read_input_token_cost", price["input_cost_per_token"])
    return float(
        fresh * price["input_cost_per_token"]
        + usage.cached_tokens * cached
        + usage.completion_tokens * price["output_cost_per_token"]
    )


def _price(model: str) -> dict[str, Any] | None:
    prices = _prices()
    if model in prices:
        return prices[model]
    # The list leaves out the prefix of some providers; a model of the same name elsewhere has another price.
    prefix, _, name = model.partition("/")
    price = prices.get(name, {})
    return price if str(price.get("litellm_provider", "")).startswith(prefix) and price else None


@cache
def _prices() -> dict[str, dict[str, Any]]:
    spec = find_spec("litellm")
    path = Path(spec.origin).with_name(_FILE) if spec and spec.origin else None
    prices: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path and path.is_file() else {}
    return prices
