"""What `testgen doctor` says of the provider: what was chosen and why, and whether the model answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from testgen.domain import Message
from testgen.errors import TestgenError
from testgen.providers import Provider
from testgen.providers.endpoint import Endpoint, resolve
from testgen.providers.keys import find_key, key_variables
from testgen.settings import Settings

QUESTION = (Message("user", "Answer with the one word: ready"),)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and what to do if it is not `ok`."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""

    @classmethod
    def failed(cls, name: str, error: TestgenError) -> Check:
        """The check that ended with the error."""
        return cls(name, False, error.cause, error.remedy)


def explain(settings: Settings, environ: Mapping[str, str], root: Path = Path()) -> tuple[Check, ...]:
    """Which provider, endpoint and key are used and why; nothing is sent. `root` is the folder of `.env`."""
    if settings.replay:
        return (Check("provider", True, f"replay of {settings.replay}: no key and no network needed"),)
    try:
        endpoint = resolve(settings, environ)
    except TestgenError as error:
        return (Check.failed("endpoint", error),)
    return (
        Check("provider", True, f"{endpoint.provider.value}: {endpoint.provider.why}"),
        Check("endpoint", True, _place(endpoint)),
        _key(endpoint, settings, environ, root / ".env"),
    )


def ping(provider: Provider, clock: Callable[[], float] = time.perf_counter) -> Check:
    """Ask a one-word question."""
    started = clock()
    try:
        reply = provider.complete(QUESTION)
    except TestgenError as error:
        return Check.failed("answer", error)
    if not reply.text:
        return Check("answer", False, f"{provider.model} answered with nothing", "Try another --model.")
    return Check("answer", True, f"{reply.model or provider.model} answered in {clock() - started:.1f} s")


def _place(endpoint: Endpoint) -> str:
    address = f"{endpoint.address} ({endpoint.base.why})" if endpoint.base.value else endpoint.base.why
    api = {"responses": "Responses API", "chat": "Chat Completions"}[endpoint.api.value]
    version = f", API version {endpoint.api_version}" if endpoint.provider.value == "azure" else ""
    return f"{address}, {api}{version}, model {endpoint.model}"


def _key(endpoint: Endpoint, settings: Settings, environ: Mapping[str, str], dotenv: Path) -> Check:
    try:
        key = find_key(endpoint, settings.api_key_command, environ, dotenv)
    except TestgenError as error:
        return Check.failed("key", error)
    if key:
        return Check("key", True, f"from {key.origin}")
    looked = ", ".join(key_variables(endpoint))
    if endpoint.is_local:
        return Check("key", True, f"none in {looked}, and none needed on this machine")
    instead = {"azure": "signing in with Entra ID", "litellm": "liteLLM looks for its own variables"}
    return Check("key", True, f"none in {looked}: {instead[endpoint.provider.value]}")
