"""Where a question goes: the one rule that turns options and variables into an endpoint, with its reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from urllib.parse import urlsplit

from testgen.errors import UsageError
from testgen.providers.pricing import LOCAL_PREFIXES, Listed, listed
from testgen.settings import Price, Settings

OPENAI = "https://api.openai.com/v1"
# The last dated version: it has the Responses API and what reasoning models need.
AZURE_VERSION = "2025-04-01-preview"

_AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_BASE_VARIABLES = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "azure": ("AZURE_OPENAI_ENDPOINT", "AZURE_API_BASE"),
}
_VERSION_VARIABLES = ("OPENAI_API_VERSION", "AZURE_API_VERSION")
MOST_OUTPUT = 16_000  # tokens; no sensible reply is longer
SHARE_OF_OUTPUT = 4  # a small window is divided: this part of it for the reply, the rest for the prompt


class Api(Enum):
    """Which of OpenAI's two APIs is spoken."""

    RESPONSES = "responses"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value and the reason for it."""

    value: str
    why: str


@dataclass(frozen=True, slots=True)
class OutputLimit:
    """How many tokens a reply may have. An endpoint that refuses a `firm` limit is not asked without one."""

    tokens: int
    firm: bool


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Everything about a question but its text and the key.

    `provider` is a key of `PROVIDERS`; `model` the name the endpoint knows; `base` an address, "" where
    liteLLM knows it; `timeout` the seconds without a sign of life after which an answer is given up.
    `window` is the tokens of a prompt with its reply; it and the `price` are None where they are not known.
    """

    provider: Choice
    model: str
    base: Choice
    api: Api
    api_version: str
    temperature: float | None
    reasoning_effort: str
    timeout: float
    output: OutputLimit
    window: int | None
    price: Price | None

    @property
    def room(self) -> int | None:
        """Tokens that a prompt may have; None if that is not known."""
        return self.window and max(1, self.window - self.output.tokens)

    @property
    def address(self) -> str:
        """The base as it may be shown: without a user and a password in it."""
        return re.sub(r"//[^/?#@]*@", "//", self.base.value)

    @property
    def is_openai(self) -> bool:
        """Whether it is OpenAI's own."""
        return _is_openai(self.base.value)

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, where no key is needed."""
        return _is_loopback(self.base.value) or (
            not self.base.value and self.model.startswith(LOCAL_PREFIXES)
        )


def resolve(settings: Settings, environ: Mapping[str, str]) -> Endpoint:
    """Choose provider, address and API.

    - `--provider` is obeyed.
    - `azure/DEPLOYMENT`, or an `--api-base` at Azure: Azure OpenAI.
    - Any other `--api-base` is asked in OpenAI's protocol, with the model's name as it was given: a liteLLM
      proxy, vLLM, Ollama's /v1 and the like.
    - A name without a prefix, or with `openai/`: OpenAI, or wherever OPENAI_BASE_URL points to.
    - Any other prefix is one of liteLLM's.

    Raises UsageError for an address that is missing or none.
    """
    provider = _provider(settings)
    base = _base(provider.value, settings, environ)
    model = _model(settings.model, provider.value, base.value)
    known = listed(f"{provider.value}/{model}", model)
    return Endpoint(
        provider,
        model,
        base,
        _api(settings.api, provider.value, base.value),
        settings.api_version or _first(environ, _VERSION_VARIABLES) or AZURE_VERSION,
        settings.temperature,
        settings.reasoning_effort,
        settings.request_timeout,
        _output(settings, known),
        settings.context_window or known.window,
        settings.price or known.price,
    )


def _provider(settings: Settings) -> Choice:
    prefix, slash, _ = settings.model.partition("/")
    if settings.provider != "auto":
        return Choice(settings.provider, f"--provider says {settings.provider}")
    if slash and prefix == "azure":
        return Choice("azure", "the model's name begins with azure/")
    if _host(settings.api_base).endswith(_AZURE_HOSTS):
        return Choice("azure", "the --api-base is at Azure")
    if settings.api_base:
        return Choice("openai", "an --api-base is asked in OpenAI's protocol")
    if not slash or prefix == "openai":
        return Choice(
            "openai", f"{settings.model} is a name of OpenAI's: no other provider's prefix, no --api-base"
        )
    return Choice("litellm", f"the prefix {prefix}/ is one of liteLLM's")


def _base(provider: str, settings: Settings, environ: Mapping[str, str]) -> Choice:
    variable = next((name for name in _BASE_VARIABLES.get(provider, ()) if environ.get(name)), "")
    if settings.api_base:
        return _address(settings.api_base, "--api-base")
    if variable:
        return _address(environ[variable], variable)
    if provider == "azure":
        raise UsageError(
            "Azure OpenAI needs the address of your resource",
            "Give --api-base https://NAME.openai.azure.com or set AZURE_OPENAI_ENDPOINT.",
        )
    return (
        Choice(OPENAI, "OpenAI itself") if provider == "openai" else Choice("", "liteLLM knows the address")
    )


def _address(url: str, source: str) -> Choice:
    if not _host(url) or urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(
            f"{source} is not a web address: {url}", "Write it with http:// or https:// and a host."
        )
    return Choice(url, f"from {source}")


def _api(wish: str, provider: str, base: str) -> Api:
    if provider == "litellm" and wish == Api.RESPONSES.value:
        raise UsageError(
            "through liteLLM there are Chat Completions only",
            "Leave --api out, or give --provider openai or azure.",
        )
    if wish != "auto":
        return Api(wish)
    return Api.RESPONSES if provider == "openai" and _is_openai(base) else Api.CHAT


def _model(name: str, provider: str, base: str) -> str:
    if provider == "azure":
        return name.removeprefix("azure/")
    return name.removeprefix("openai/") if provider == "openai" and _is_openai(base) else name


def _output(settings: Settings, known: Listed) -> OutputLimit:
    asked_for = (settings.max_output_tokens, settings.max_cost, settings.max_tokens)
    window = settings.context_window or known.window
    bounds = (MOST_OUTPUT, known.longest, window and max(1, window // SHARE_OF_OUTPUT))
    default = min(bound for bound in bounds if bound)
    return OutputLimit(settings.max_output_tokens or default, any(one is not None for one in asked_for))


def _is_openai(base: str) -> bool:
    return f".{_host(base)}".endswith(".api.openai.com")


def _is_loopback(url: str) -> bool:
    host = _host(url)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _host(url: str) -> str:
    """The host's name; "" if the text is no address."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "" if parts.port != 0 else ""
    except ValueError:
        return ""


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environ[name] for name in names if environ.get(name)), "")
