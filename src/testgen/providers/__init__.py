"""Who answers: one module for each provider, one Protocol, one literal dict."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from testgen.domain import Message, Reply
from testgen.errors import UsageError
from testgen.providers.endpoint import Endpoint, resolve
from testgen.providers.keys import Key, find_key, passwords_in, redact, secrets_in
from testgen.providers.retry import Patience
from testgen.settings import Settings

if TYPE_CHECKING:
    from testgen.providers.remembering import Memory


class Provider(Protocol):
    """Something that answers conversations, of several threads at once.

    `name` and `model` are what a summary shows.
    """

    name: str
    model: str

    def complete(self, messages: Sequence[Message]) -> Reply:
        """Answer the conversation; raises ProviderError, whose message never holds the key."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


Factory: TypeAlias = Callable[[Endpoint, Key | None, Patience], Provider]


def _openai(endpoint: Endpoint, key: Key | None, patience: Patience) -> Provider:
    from testgen.providers import openai_api

    return openai_api.connect(endpoint, key, patience)


def _azure(endpoint: Endpoint, key: Key | None, patience: Patience) -> Provider:
    from testgen.providers import azure_api

    return azure_api.connect(endpoint, key, patience)


def _litellm(endpoint: Endpoint, key: Key | None, patience: Patience) -> Provider:
    from testgen.providers import litellm_api

    return litellm_api.connect(endpoint, key, patience)


PROVIDERS: dict[str, Factory] = {
    "openai": _openai,
    "azure": _azure,
    "litellm": _litellm,
}


def connect(
    settings: Settings,
    environ: Mapping[str, str],
    root: Path = Path(),
    sleep: Callable[[float], None] = time.sleep,
    memory: Memory | None = None,
) -> Provider:
    """The provider that the settings ask for: recorded, played back or live.

    `root` is the folder whose `.env` may hold the key; `sleep` gets the seconds of every wait before a
    question is asked again, so a caller can show them; the time of the run counts from now.
    `memory` has the replies of earlier runs. Raises ProviderError without a key, and UsageError if the
    options make no sense.
    """
    from testgen.providers.continuing import Continuing
    from testgen.providers.punctual import Punctual
    from testgen.providers.remembering import Remembering
    from testgen.providers.replay import Recording, Replay

    if settings.replay:
        return Continuing(Replay(settings.replay))
    endpoint = resolve(settings, environ)
    provider = _live(endpoint, settings, environ, root, sleep)
    if memory:
        provider = Remembering(provider, memory, endpoint, fresh=settings.fresh)
    if settings.max_time is not None:
        provider = Punctual(provider, settings.max_time)
    return Continuing(Recording(provider, settings.record) if settings.record else provider)


def _live(
    endpoint: Endpoint,
    settings: Settings,
    environ: Mapping[str, str],
    root: Path,
    sleep: Callable[[float], None],
) -> Provider:
    """The provider behind the endpoint, which spends no more than it may and gives no secret away."""
    from testgen.budget import Budget, Limits
    from testgen.providers.discreet import Discreet

    key = find_key(endpoint, settings.api_key_command, environ, root / ".env")
    secrets = (*([key.secret] if key else []), *secrets_in(environ), *passwords_in(endpoint.base.value))
    budget = Budget(Limits.of(settings, endpoint), endpoint.price)
    patience = Patience(settings.max_wait, sleep, budget.spend)
    try:
        provider = PROVIDERS[endpoint.provider.value](endpoint, key, patience)
    except (ImportError, ValueError) as error:  # of the HTTP library: proxies are named by variables
        why = f"no connection can be set up: {redact(str(error), secrets)}"
        raise UsageError(why, "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.") from None
    return Discreet(provider, secrets)
