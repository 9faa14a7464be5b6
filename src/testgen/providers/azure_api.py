"""Azure OpenAI, through the SDK's Azure client, with a key or an Entra ID token."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from openai import AzureOpenAI, OpenAI

from testgen.errors import ProviderError, UsageError
from testgen.providers.dialogue import Dialogue
from testgen.providers.endpoint import Endpoint
from testgen.providers.keys import Key
from testgen.providers.openai_api import converse
from testgen.providers.retry import Patience

SCOPE = "https://cognitiveservices.azure.com/.default"


def connect(endpoint: Endpoint, key: Key | None, patience: Patience) -> Dialogue:
    """A provider for a deployment; without a key Entra ID signs in (raises UsageError if it cannot)."""
    token = None if key else entra_token()
    secret = key.secret.reveal() if key else None
    base = endpoint.base.value
    if urlsplit(base).path.rstrip("/").endswith("/openai/v1"):
        # Azure's newer address speaks OpenAI's own protocol and takes no version.
        client = OpenAI(api_key=secret or token, base_url=base, timeout=endpoint.timeout, max_retries=0)
        return converse(client, endpoint, patience)
    azure = AzureOpenAI(
        azure_endpoint=base.partition("/openai/deployments/")[0],  # the portal shows the whole address
        api_version=endpoint.api_version,
        api_key=secret,
        azure_ad_token_provider=token,
        timeout=endpoint.timeout,
        max_retries=0,
    )
    return converse(azure, endpoint, patience)


def entra_token() -> Callable[[], str]:
    """A function that gives a fresh Entra ID token; raises UsageError if azure-identity is not installed."""
    try:
        identity: Any = import_module("azure.identity")
        core: Any = import_module("azure.core.exceptions")
    except ImportError:
        raise UsageError(
            "no key for Azure OpenAI, and azure-identity is not installed to sign in with Entra ID",
            "Set API_KEY or AZURE_OPENAI_API_KEY, or run: pip install 'testgen[azure]'",
        ) from None
    logging.getLogger("azure").addHandler(logging.NullHandler())  # else its long story goes to stderr
    token: Callable[[], str] = identity.get_bearer_token_provider(identity.DefaultAzureCredential(), SCOPE)

    def fresh() -> str:
        try:
            return token()
        except core.ClientAuthenticationError as error:
            cause = str(error).partition("\n")[0]
        raise ProviderError(
            f"cannot sign in with Entra ID: {cause}", "Run `az login`, or set AZURE_OPENAI_API_KEY."
        )

    return fresh
