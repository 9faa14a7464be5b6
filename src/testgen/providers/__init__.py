"""Who answers: one module for each provider, one Protocol, one literal dict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from testgen.domain import Message, Reply


class Provider(Protocol):
    """Something that answers a conversation. `name` and `model` are what a summary shows."""

    name: str
    model: str

    def complete(self, messages: Sequence[Message]) -> Reply:
        """Answer the conversation; raises ProviderError, whose message never holds the key."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
