"""The key: where it is found, and what keeps it from being shown."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from testgen.errors import ProviderError
from testgen.providers.endpoint import Endpoint

COMMAND_SECONDS = 60
SHORTEST_SECRET = 8
LONGER_THAN_WORDS = 16
MASK = "[secret]"

_VARIABLES = {"openai": ("OPENAI_API_KEY",), "azure": ("AZURE_OPENAI_API_KEY", "AZURE_API_KEY")}
_SECRET_WORD = re.compile(
    r"(^|_)(API)?(KEY|TOKEN)(_|\d|$)|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|WEBHOOK"
    r"|_PWD$|(^|_)(PASS|PAT|JWT|DSN)(_|$)",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"\w+://([^/?#\s:@]*:[^/?#\s@]+)@")  # the user and the password of an address
_PROVIDER_PREFIX = re.compile(
    "(OPENAI|AZURE|ANTHROPIC|GEMINI|GROQ|MISTRAL|COHERE|DEEPSEEK|OPENROUTER|XAI|HF|HUGGINGFACE|LITELLM|OLLAMA)_",
    re.IGNORECASE,
)
_HEADER_SAFE = re.compile(r"[!-~]+")


class Secret:
    """A text that shows a mask when printed, formatted or logged; `reveal` gives the text itself."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one who must send it."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the place it was found in, as a person would name it."""

    secret: Secret
    origin: str


def find_key(endpoint: Endpoint, command: str, environ: Mapping[str, str], dotenv: Path) -> Key | None:
    """The key for the endpoint: from the command if one is given, then the environment, then the `.env` file.

    In both, API_KEY comes before the provider's own variables. The command is first because who gives an
    option means it. None where the key may be missing: on this machine, at Azure (Entra ID takes its place)
    and for liteLLM, which looks for itself. Raises ProviderError if it is missing elsewhere or is none.
    """
    key = _from_command(command, environ) if command else _from_variables(endpoint, environ, dotenv)
    if key:
        return _checked(key)
    if endpoint.is_local or endpoint.provider.value != "openai":
        return None
    raise ProviderError(
        f"no key for {endpoint.address}",
        "Set API_KEY (or OPENAI_API_KEY) in the environment or in .env, or give --api-key-command.",
    )


def key_variables(endpoint: Endpoint) -> tuple[str, ...]:
    """The variables that may hold the key, best first; liteLLM's are named after the model's prefix."""
    prefix, slash, _ = endpoint.model.partition("/")
    named = (f"{prefix.upper()}_API_KEY",) if slash else ()
    return ("API_KEY", *_VARIABLES.get(endpoint.provider.value, named))


def _from_variables(endpoint: Endpoint, environ: Mapping[str, str], dotenv: Path) -> Key | None:
    names = key_variables(endpoint)
    return _first(names, environ, "the environment") or _first(names, _dotenv_values(dotenv), str(dotenv))


def _first(names: Iterable[str], values: Mapping[str, str], place: str) -> Key | None:
    found = ((name, values.get(name, "").strip()) for name in names)
    return next((Key(Secret(value), f"{name} in {place}") for name, value in found if value), None)


def _dotenv_values(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    from dotenv import dotenv_values

    try:
        values = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ProviderError(
            f"cannot read {path}: {type(error).__name__}", "Make it a readable UTF-8 file."
        ) from None
    return {name: value for name, value in values.items() if value}


def _from_command(command: str, environ: Mapping[str, str]) -> Key:
    remedy = "Run it by hand: it must print the key and nothing else, and ask for nothing."
    try:
        done = subprocess.run(
            shlex.split(command), env=environ, capture_output=True, check=True, timeout=COMMAND_SECONDS
        )
    except (ValueError, OSError) as error:
        raise ProviderError(f"--api-key-command cannot be run: {error}", remedy) from None
    except subprocess.CalledProcessError as error:
        raise ProviderError(f"--api-key-command ended with exit code {error.returncode}", remedy) from None
    except subprocess.TimeoutExpired:
        raise ProviderError(f"--api-key-command took more than {COMMAND_SECONDS} s", remedy) from None
    text = done.stdout.decode("utf-8", "replace").strip()
    if not text:
        raise ProviderError("--api-key-command printed nothing", remedy)
    return Key(Secret(text), "--api-key-command")


def _checked(key: Key) -> Key:
    if _HEADER_SAFE.fullmatch(key.secret.reveal()):
        return key
    # An HTTP library would refuse it with a message that quotes it.
    raise ProviderError(
        f"what {key.origin} gives is no key: it has a blank, a line break or a character beyond ASCII",
        "Copy the key anew, without anything around it.",
    )


def is_secret_name(name: str) -> bool:
    """Whether an environment variable is kept from the tests: it names a secret, or sets up a provider."""
    return bool(_SECRET_WORD.search(name) or _PROVIDER_PREFIX.match(name))


def is_secret(name: str, value: str) -> bool:
    """The same with a look at the value: the address of a proxy or a database may hold a password."""
    return is_secret_name(name) or bool(passwords_in(value))


def passwords_in(text: str) -> tuple[Secret, ...]:
    """What stands before the @ of addresses in a text, and passwords by themselves if they are long."""
    found = _IN_ADDRESS.findall(text)
    alone = (password for one in found if len(password := one.partition(":")[2]) >= LONGER_THAN_WORDS)
    return tuple(map(Secret, (*found, *alone)))


def secrets_in(environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """The values of all variables that name a secret, and the passwords of addresses in others.

    A short password could be a word of the source ("postgres"), and masked there it would spoil the prompt:
    only an API key is taken at any length.
    """
    named = ((name, value) for name, value in environ.items() if _SECRET_WORD.search(name))
    values = (value for name, value in named if "API_KEY" in name or len(value) >= LONGER_THAN_WORDS)
    return (*map(Secret, values), *passwords_in("\n".join(environ.values())))


def secrets_around(root: Path, environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """The same of the environment and of the project's `.env`, as far as that can be read."""
    with suppress(ProviderError):
        return (*secrets_in(environ), *secrets_in(_dotenv_values(root / ".env")))
    return secrets_in(environ)


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """The text with every secret masked; what is too short to be one (8 characters) is left, as in "none"."""
    values = {secret.reveal() for secret in secrets}
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= SHORTEST_SECRET:
            text = text.replace(value, MASK)
    return text
