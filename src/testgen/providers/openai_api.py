"""OpenAI and all that speaks its protocol, through the openai SDK: Responses API or Chat Completions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any

import openai
from openai import OpenAI
from openai.types.responses import Response, ResponseUsage

from testgen.domain import Message, Usage
from testgen.providers import chat
from testgen.providers.dialogue import Answer, Ask, Dialogue, Extra, count, limit, turns
from testgen.providers.endpoint import Api, Endpoint
from testgen.providers.failures import cut, lost, reported, strange
from testgen.providers.keys import Key
from testgen.providers.retry import Failure, Patience

NO_KEY = "not-needed"  # the SDK insists on one where the endpoint does not


def connect(endpoint: Endpoint, key: Key | None, patience: Patience) -> Dialogue:
    """A provider at the endpoint; retries are ours alone."""
    client = OpenAI(
        api_key=key.secret.reveal() if key else NO_KEY,
        base_url=endpoint.base.value,
        timeout=endpoint.timeout,
        max_retries=0,
    )
    return converse(client, endpoint, patience)


def converse(client: OpenAI, endpoint: Endpoint, patience: Patience) -> Dialogue:
    """A provider that asks through the client, in the API that the endpoint is asked in."""
    asks: dict[Api, Ask] = {
        Api.CHAT: partial(_chat, client, endpoint),
        Api.RESPONSES: partial(_respond, client, endpoint),
    }
    return Dialogue(endpoint, patience, asks[endpoint.api], client.close)


def _chat(
    client: OpenAI, endpoint: Endpoint, messages: Sequence[Message], without: Collection[Extra]
) -> Answer | Failure:
    return chat.read(client.chat.completions.create(**chat.request(endpoint, messages, without)), endpoint)


def _respond(
    client: OpenAI, endpoint: Endpoint, messages: Sequence[Message], without: Collection[Extra]
) -> Answer | Failure:
    answer = client.responses.create(**_request(endpoint, messages, without))
    if isinstance(answer, Response):
        return _read(answer, endpoint)
    # Left to the garbage collector it could be closed while the next request holds the pool's lock, for ever.
    with answer:
        return _follow(answer, endpoint)


def _request(endpoint: Endpoint, messages: Sequence[Message], without: Collection[Extra]) -> dict[str, Any]:
    call: dict[str, Any] = {"model": endpoint.model, "input": turns(messages, without)}
    call |= limit(endpoint, without)
    call["store"] = False  # nothing of the conversation is needed again
    call["stream"] = Extra.STREAM not in without
    if endpoint.temperature is not None and Extra.TEMPERATURE not in without:
        call["temperature"] = endpoint.temperature
    if endpoint.reasoning_effort:
        call["reasoning"] = {"effort": endpoint.reasoning_effort}
    return call


def _follow(events: Iterable[Any], endpoint: Endpoint) -> Answer | Failure:
    """Read a stream to its last event, which repeats the whole answer; without one it was cut."""
    event = None
    try:
        for event in events:
            if event.type in ("response.completed", "response.incomplete", "response.failed"):
                return _read(event.response, endpoint)
            if event.type == "error":
                return reported(event.code or "", event.message, endpoint)
    except openai.APIConnectionError as error:
        return lost(error, endpoint)
    return cut(endpoint) if event else strange(endpoint)


def _read(response: Response, endpoint: Endpoint) -> Answer | Failure:
    if response.error:
        return reported(response.error.code, response.error.message, endpoint)
    reason = response.incomplete_details and response.incomplete_details.reason
    usage = _usage(response.usage) if response.usage else None
    return Answer(response.output_text, _refusal(response), reason or "", usage, response.model)


def _refusal(response: Response) -> str:
    parts = (part for item in response.output if item.type == "message" for part in item.content)
    return "".join(part.refusal for part in parts if part.type == "refusal")


def _usage(usage: ResponseUsage) -> Usage:
    return Usage(
        calls=1,
        prompt_tokens=count(usage, "input_tokens"),
        cached_tokens=count(usage, "input_tokens_details", "cached_tokens"),
        completion_tokens=count(usage, "output_tokens"),
        reasoning_tokens=count(usage, "output_tokens_details", "reasoning_tokens"),
    )
