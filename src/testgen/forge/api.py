"""JSON over HTTP to a forge. The token goes into a header, to the address it is for, and nowhere else."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from itertools import count
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from testgen import __version__
from testgen.errors import ForgeError, UsageError
from testgen.providers.keys import Secret, redact

Json: TypeAlias = dict[str, Any]

SECONDS = 30
PAGE = 100  # the most that both forges give at once
LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a change; `trusted` says that it cannot be a stranger's."""

    id: int
    text: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class Api:
    """A forge's API: `base` is its address, `header` with `token` what a request is allowed by.

    `permission` says how to give the token its rights, for the message when it lacks them.
    """

    base: str
    header: str
    token: Secret
    permission: str

    def send(self, method: str, path: str, body: Json | None = None) -> Json:
        """Send a body, if there is one, and give the answer; raises ForgeError."""
        answer: Json = self._answer(method, path, body)
        return answer

    def pages(self, path: str, **query: str) -> Iterator[Json]:
        """Everything in a list that comes in pages; raises ForgeError."""
        for page in count(1):
            numbered = urlencode({**query, "per_page": PAGE, "page": page})
            items: list[Json] = self._answer("GET", f"{path}?{numbered}")
            yield from items
            if len(items) < PAGE:
                return

    def _answer(self, method: str, path: str, body: Json | None = None) -> Any:  # noqa: ANN401 (it is JSON)
        request = urllib.request.Request(  # noqa: S310 (only http and https, see `checked`)
            self.base + path,
            None if body is None else json.dumps(body).encode(),
            {
                "Accept": "application/json",
                "Content-Type": "application/json",
                "User-Agent": f"testgen/{__version__}",
            },
            method=method,
        )
        request.add_header(*self._credentials())
        try:
            with _opener().open(request, timeout=SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise self._refused(method, path, error) from None
        except (OSError, HTTPException, ValueError) as error:
            raise ForgeError(f"{self.base} does not answer: {self._safe(str(error))}", "Try again.") from None

    def _credentials(self) -> tuple[str, str]:
        name, _, scheme = self.header.partition(": ")
        return name, f"{scheme} {self.token.reveal()}".strip()

    def _refused(self, method: str, path: str, error: urllib.error.HTTPError) -> ForgeError:
        words = self._safe(" ".join(error.read().decode("utf-8", "replace").split()))
        cause = f"{method} {self.base}{path} was refused with {error.code}: {words[:LONGEST_WORDS]}"
        return ForgeError(cause, self.permission if error.code in (401, 403, 404) else "Try again.")

    def _safe(self, text: str) -> str:
        return redact(text, [self.token])


def _opener() -> urllib.request.OpenerDirector:
    """Opens what stands at an address itself: a redirect, which would lead the token astray, is an error."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def needed(name: str, environ: Mapping[str, str], remedy: str) -> str:
    """A variable of the job; raises UsageError if it is not set."""
    if not environ.get(name):
        raise UsageError(f"{name} is not set", remedy)
    return environ[name]


def checked(url: str, name: str) -> str:
    """An address without a slash at its end; raises UsageError if it is none."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise UsageError(f"{name} is not a web address: {url}", "It is the address of the forge's API.")
    return url.rstrip("/")
