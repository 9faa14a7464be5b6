"""Never paid twice: a question answered in an earlier run gets the same answer again, for nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from testgen.domain import Finish, Message, Reply
from testgen.providers.endpoint import Endpoint

if TYPE_CHECKING:
    from testgen.providers import Provider

# Where an object happened to lie in memory, as traces of failed tests show it, changes nothing.
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]+(?=>)")


class Memory(Protocol):
    """Replies by question, kept from run to run."""

    def recall(self, question: str) -> Reply | None:
        """The reply remembered for a question, without cost; None if there is none."""
        ...

    def remember(self, question: str, reply: Reply) -> None:
        """Keep a reply."""
        ...


class Remembering:
    """A provider that asks another one only what is not remembered; a `fresh` one asks all of it anew.

    Give it one that masks secrets.
    """

    def __init__(self, provider: Provider, memory: Memory, endpoint: Endpoint, *, fresh: bool) -> None:
        self.name = provider.name
        self.model = provider.model
        self.close = provider.close
        self._provider = provider
        self._memory = memory
        self._endpoint = endpoint
        self._fresh = fresh

    def complete(self, messages: Sequence[Message]) -> Reply:
        """The remembered answer or the other's, which is kept as soon as it is there."""
        question = question_id(self._endpoint, messages)
        known = None if self._fresh else self._memory.recall(question)
        if known:
            return known
        reply = self._provider.complete(messages)
        if reply.text and reply.finish is not Finish.REFUSED:  # another time it may say more
            self._memory.remember(question, reply)
        return reply


def question_id(endpoint: Endpoint, messages: Sequence[Message]) -> str:
    """A name for everything that decides the answer: who is asked, how, and what."""
    asked = (
        *(endpoint.provider.value, endpoint.base.value, endpoint.api.value, endpoint.model),
        *(endpoint.temperature, endpoint.reasoning_effort, endpoint.output.tokens),
        *((message.role, _ADDRESS.sub("", message.text)) for message in messages),
    )
    return hashlib.sha256(repr(asked).encode()).hexdigest()
