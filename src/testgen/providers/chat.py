"""Chat Completions: the request, and the answer whole or streamed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import openai
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from testgen.domain import Message, Usage
from testgen.providers.dialogue import Answer, Extra, count, limit, turns
from testgen.providers.endpoint import Endpoint
from testgen.providers.failures import cut, lost, strange
from testgen.providers.retry import Failure


def request(endpoint: Endpoint, messages: Sequence[Message], without: Collection[Extra]) -> dict[str, Any]:
    """The keyword arguments of a Chat Completions call."""
    call: dict[str, Any] = {"model": endpoint.model, "messages": turns(messages, without)}
    call |= limit(endpoint, without)
    if Extra.STREAM not in without:
        call["stream"] = True
        if Extra.STREAM_OPTIONS not in without:
            call["stream_options"] = {"include_usage": True}
    if endpoint.temperature is not None and Extra.TEMPERATURE not in without:
        call["temperature"] = endpoint.temperature
    if endpoint.reasoning_effort:
        call["reasoning_effort"] = endpoint.reasoning_effort
    return call


def read(answer: ChatCompletion | Iterable[ChatCompletionChunk], endpoint: Endpoint) -> Answer | Failure:
    """The answer, whole or put together from its pieces; a stream that ends without a reason to was cut."""
    try:
        pieces = [answer] if isinstance(answer, ChatCompletion) else list(answer)
    except openai.APIConnectionError as error:
        return lost(error, endpoint)
    whole = _joined(pieces)
    if not whole.reason:
        return cut(endpoint) if pieces else strange(endpoint)
    return whole


def _joined(pieces: Iterable[ChatCompletion | ChatCompletionChunk]) -> Answer:
    """Nothing is taken to be there: endpoints, and liteLLM, leave out what is empty."""
    text, refusal, reason, served, usage = "", "", "", "", None
    for piece in pieces:
        served = getattr(piece, "model", None) or served
        usage = getattr(piece, "usage", None) or usage
        for choice in getattr(piece, "choices", None) or ():
            said = getattr(choice, "delta", None) or getattr(choice, "message", None)
            text += getattr(said, "content", None) or ""
            refusal += getattr(said, "refusal", None) or ""
            reason = getattr(choice, "finish_reason", None) or reason
    return Answer(text, refusal, reason, _usage(usage) if usage else None, served)


def _usage(usage: CompletionUsage) -> Usage:
    return Usage(
        calls=1,
        prompt_tokens=count(usage, "prompt_tokens"),
        cached_tokens=count(usage, "prompt_tokens_details", "cached_tokens"),
        completion_tokens=count(usage, "completion_tokens"),
        reasoning_tokens=count(usage, "completion_tokens_details", "reasoning_tokens"),
    )
