"""What a model takes and costs: liteLLM's list, read from its package without importing it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from testgen.settings import Price

_FILE = "model_prices_and_context_window_backup.json"
_MILLION = 1_000_000
LOCAL_PREFIXES = (
    "ollama/",
    "ollama_chat/",
    "lm_studio/",
    "llamafile/",
    "hosted_vllm/",
    "docker_model_runner/",
)
FREE = Price(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of a model, None for what is not. Its window and longest reply are in tokens."""

    price: Price | None = None
    window: int | None = None
    longest: int | None = None


def listed(*names: str) -> Listed:
    """What the list says of the first of the names that it has; a local model is free in any case.

    A name is one that liteLLM knows, such as `gpt-4o` or `anthropic/claude-sonnet-4-5`.
    """
    entry = next(filter(None, map(_entry, names)), {})
    local = any(name.startswith(LOCAL_PREFIXES) for name in names)
    return Listed(
        FREE if local else _price(entry),
        entry.get("max_input_tokens") or entry.get("max_tokens"),
        entry.get("max_output_tokens") or entry.get("max_tokens"),
    )


def _price(entry: Mapping[str, Any]) -> Price | None:
    """The standard price; tokens that were cached or thought have their own where the list has one."""
    prompt, reply = entry.get("input_cost_per_token"), entry.get("output_cost_per_token")
    if prompt is None or reply is None:
        return None
    cached = entry.get("cache_read_input_token_cost")
    thought = entry.get("output_cost_per_reasoning_token")
    return Price(
        prompt * _MILLION,
        reply * _MILLION,
        (prompt if cached is None else cached) * _MILLION,
        (reply if thought is None else thought) * _MILLION,
    )


def _entry(model: str) -> Mapping[str, Any] | None:
    entries = _entries()
    if model in entries:
        return entries[model]
    # The list leaves out the prefix of some providers; a model of the same name elsewhere has another price.
    prefix, _, name = model.partition("/")
    entry = entries.get(name, {})
    return entry if str(entry.get("litellm_provider", "")).startswith(prefix) else None


@cache
def _entries() -> Mapping[str, Mapping[str, Any]]:
    spec = find_spec("litellm")
    path = Path(spec.origin).with_name(_FILE) if spec and spec.origin else None
    entries: dict[str, dict[str, Any]] = (
        json.loads(path.read_text("utf-8")) if path and path.is_file() else {}
    )
    return entries
