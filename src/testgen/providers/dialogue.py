"""A conversation with a live endpoint: what OpenAI, Azure and liteLLM have in common."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from threading import Lock
from typing import TypeAlias

import httpx
import openai

from testgen.domain import Finish, Message, Reply, Usage
from testgen.providers.endpoint import Api, Endpoint
from testgen.providers.failures import failure, filtered, status
from testgen.providers.pricing import listed
from testgen.providers.retry import Failure, Patience


class Extra(Enum):
    """What a request can go without, should the endpoint refuse it; the value finds it in the refusal."""

    STREAM_OPTIONS = r"\bstream_options\b"
    STREAM = r"\bstream(ing)?\b"
    TEMPERATURE = r"\btemperature\b"
    MAX_COMPLETION_TOKENS = r"\bmax_completion_tokens\b"
    MAX_OUTPUT_TOKENS = r"\bmax_output_tokens\b"
    MAX_TOKENS = r"\bmax_tokens\b"
    SYSTEM = r"\bsystem\b.*\b(role|message|prompt|instruction)|\brole\b.*\bsystem\b"


# What the limit of a reply is called, the name tried first before the other.
_LIMITS = {
    Api.RESPONSES: (Extra.MAX_OUTPUT_TOKENS,),
    Api.CHAT: (Extra.MAX_TOKENS, Extra.MAX_COMPLETION_TOKENS),
}

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
        price = endpoint.price or listed(f"{endpoint.provider.value}/{self.served}", self.served).price
        return price.of(usage) if price else None


Ask: TypeAlias = Callable[[Sequence[Message], Collection[Extra]], Answer | Failure]


class Dialogue:
    """A provider made from one function that asks; threads may share it.

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
        self._learning = Lock()

    def complete(self, messages: Sequence[Message]) -> Reply:
        """Answer the conversation; raises ProviderError."""
        return self._patience.ask(messages, lambda: self._attempt(messages))

    def _attempt(self, messages: Sequence[Message]) -> Reply | Failure:
        while True:
            without = self._without  # as it is now: another thread may learn more meanwhile
            try:
                answer = self._ask(messages, without)
            except (openai.OpenAIError, httpx.HTTPError, json.JSONDecodeError) as error:
                extra = self._refused_extra(error, without)
                if extra is None:
                    return filtered(error) or failure(error, self._endpoint)
                with self._learning:
                    self._without |= {extra}
            else:
                return answer.reply(self._endpoint) if isinstance(answer, Answer) else answer

    def _refused_extra(self, error: Exception, without: Collection[Extra]) -> Extra | None:
        """What the endpoint does not want and the next attempt can go without."""
        if status(error) not in (400, 422):
            return None
        text = f"{getattr(error, 'param', '')} {error}"
        refused = (extra for extra in Extra if re.search(extra.value, text))
        return next((extra for extra in refused if self._can_spare(extra, without)), None)

    def _can_spare(self, extra: Extra, without: Collection[Extra]) -> bool:
        if extra in without or extra not in _LIMITS[self._endpoint.api]:
            return extra not in without
        sent, *others = limit_names(self._endpoint, without)
        return extra is sent and bool(others or not self._endpoint.output.firm)


def limit_names(endpoint: Endpoint, without: Collection[Extra]) -> list[Extra]:
    """The names left for the limit of a reply, best first; OpenAI itself wants the newer one."""
    names = _LIMITS[endpoint.api]
    newest_first = endpoint.provider.value == "azure" or endpoint.is_openai
    return [name for name in (reversed(names) if newest_first else names) if name not in without]


def limit(endpoint: Endpoint, without: Collection[Extra]) -> dict[str, int]:
    """The limit of a reply as an argument of the call; nothing once all its names have been refused."""
    return {name.name.lower(): endpoint.output.tokens for name in limit_names(endpoint, without)[:1]}


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
