"""A conversation with a live endpoint: what OpenAI, Azure and liteLLM have in common."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

import httpx
import openai

from testgen.domain import Finish, Message, Reply, Usage
from testgen.providers.endpoint import Endpoint
from testgen.providers.failures import failure, filtered, status
from testgen.providers.pricing import cost
from testgen.providers.retry import Failure, Patience


class Extra(Enum):
    """What a request can go without, should the endpoint refuse it; the value finds it in the refusal."""

    STREAM_OPTIONS = r"\bstream_options\b"
    STREAM = r"\bstream(ing)?\b"
    TEMPERATURE = r"\btemperature\b"
    SYSTEM = r"\bsystem\b.*\b(role|message|prompt|instruction)|\brole\b.*\bsystem\b"


_REASONS = {
    "length": Finish.LENGTH,
    "max_output_tokens": Finish.LENGTH,
    "content_filter": Finish.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `reason` is the API's own word for the end, `served` the model it says has answered."""

    text: str
    refusal: str
    reason: str
    usage: Usage | None
    served: str

    def reply(self, endpoint: Endpoint) -> Reply:
        """The same in the words of the house, with its price."""
        finish = Finish.REFUSED if self.refusal else _REASONS.get(self.reason, Finish.STOP)
        usage = (
            replace(self.usage, cost=self._cost(endpoint, self.usage)) if self.usage else Usage(1, cost=None)
        )
        return Reply(self.text or self.refusal, usage, finish, self.served or endpoint.model)

    def _cost(self, endpoint: Endpoint, usage: Usage) -> float | None:
        # Azure's deployments have made-up names; what has served tells the model.
        names = (f"{endpoint.provider.value}/{self.served}", endpoint.model, self.served)
        return next((price for price in (cost(name, usage) for name in names) if price is not None), None)


Ask: TypeAlias = Callable[[Sequence[Message], Collection[Extra]], Answer | Failure]


class Dialogue:
    """A provider made from one function that asks.

    `ask` gets the messages and the extras to leave out; it may raise whatever the openai SDK raises.
    """

    def __init__(self, endpoint: Endpoint, patience: Patience, ask: Ask, close: Callable[[], None]) -> None:
        self.name = endpoint.provider.value
        self.model = endpoint.model
        self.close = close
        self._endpoint = endpoint
        self._patience = patience
        self._ask = ask
        self._without: frozenset[Extra] = frozenset()

    def complete(self, messages: Sequence[Message]) -> Reply:
        """Answer the conversation; raises ProviderError."""
        return self._patience.ask(lambda: self._attempt(messages))

    def _attempt(self, messages: Sequence[Message]) -> Reply | Failure:
        while True:
            try:
                answer = self._ask(messages, self._without)
            except (openai.OpenAIError, httpx.HTTPError, json.JSONDecodeError) as error:
                extra = _refused_extra(error)
                if extra is None or extra in self._without:
                    return filtered(error) or failure(error, self._endpoint)
                self._without |= {extra}
            else:
                return answer.reply(self._endpoint) if isinstance(answer, Answer) else answer


def _refused_extra(error: Exception) -> Extra | None:
    if status(error) not in (400, 422):
        return None
    text = f"{getattr(error, 'param', '')} {error}"
    return next((extra for extra in Extra if re.search(extra.value, text)), None)


def turns(messages: Sequence[Message], without: Collection[Extra]) -> list[dict[str, str]]:
    """The messages as both APIs take them; without the system role its text opens the user's message."""
    if Extra.SYSTEM not in without:
        return [{"role": message.role, "content": message.text} for message in messages]
    told = "\n\n".join(message.text for message in messages if message.role == "system")
    first, *rest = (message for message in messages if message.role != "system")
    return turns([replace(first, text=f"{told}\n\n{first.text}"), *rest], ())


def count(usage: object, *path: str) -> int:
    """A number of tokens inside what the SDK read; 0 where the endpoint left it out."""
    for name in path:
        usage = getattr(usage, name, None)
    return usage if isinstance(usage, int) else 0
