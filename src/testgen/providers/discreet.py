"""The one place where secrets are masked: in what goes out, in what comes back, and in every error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from testgen.domain import Message, Reply
from testgen.errors import ProviderError
from testgen.providers.keys import Secret, redact

if TYPE_CHECKING:
    from testgen.providers import Provider


class Discreet:
    """A provider that neither tells the model a secret nor passes one on."""

    def __init__(self, provider: Provider, secrets: Sequence[Secret]) -> None:
        self.name = provider.name
        self.model = provider.model
        self._provider = provider
        self._secrets = tuple(secrets)

    def complete(self, messages: Sequence[Message]) -> Reply:
        """Answer the conversation with every secret masked; raises ProviderError, masked too."""
        masked = [replace(message, text=self._mask(message.text)) for message in messages]
        try:
            reply = self._provider.complete(masked)
        except ProviderError as error:
            failure = type(error)(self._mask(error.cause), self._mask(error.remedy))
        else:
            return replace(reply, text=self._mask(reply.text))
        raise failure  # outside the handler: the unmasked error is not its context

    def close(self) -> None:
        """Give connections back."""
        self._provider.close()

    def _mask(self, text: str) -> str:
        return redact(text, self._secrets)
