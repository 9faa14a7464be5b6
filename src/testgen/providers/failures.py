"""What went wrong, in one clear line each, from the openai SDK's exceptions (liteLLM's derive from them)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

import httpx
import openai

from testgen.domain import Finish, Reply, Usage
from testgen.errors import ProviderError
from testgen.providers.endpoint import Endpoint
from testgen.providers.retry import Failure, Kind

LONGEST_QUOTE = 300

_LATER = "Try again later."
_ADDRESS = "Check --api-base (an address often ends in /v1) and --model."


@dataclass(frozen=True, slots=True)
class _Line:
    """How a kind of failure is told; {where}, {model} and {said} (the endpoint's own words) may be used."""

    cause: str
    remedy: str
    kind: Kind = Kind.FINAL
    begun: bool = False


_OUT_OF_QUOTA = _Line(
    "the quota of the account at {where} is used up", "Add credit there, or use another key."
)
_TOO_LONG = _Line(
    "the prompt is longer than {model} can read: {said}",
    "Give --context-window TOKENS for a shorter prompt, or choose a model that reads more.",
)
_BUSY = _Line("{where} limits the rate of requests: {said}", _LATER, Kind.BUSY)
_SERVER = _Line("{where} failed: {said}", _LATER, Kind.HICCUP)
_REFUSED = _Line("{where} refused the request: {said}", "Check the options that go to the model.")
_BY_STATUS = {
    401: _Line(
        "{where} refused the key (401), or got none",
        "Check the key; `testgen doctor` says where it was found.",
    ),
    402: _OUT_OF_QUOTA,
    403: _Line(
        "the key may not use {model} at {where} (403): {said}", "Choose another --model, or use another key."
    ),
    404: _Line("{where} has no model {model} (404): {said}", _ADDRESS),
    408: _SERVER,
    413: _TOO_LONG,
    429: _BUSY,
}
_BY_CODE = {
    "insufficient_quota": _OUT_OF_QUOTA,
    "context_length_exceeded": _TOO_LONG,
    "rate_limit_exceeded": _BUSY,
    "server_error": _SERVER,
}
_CUT = _Line("the connection to {where} ended in the middle of the answer", _LATER, Kind.HICCUP, begun=True)
_STRANGE = _Line("what {where} answered is no model's reply", _ADDRESS)
_UNREACHABLE = _Line("cannot reach {where}: {said}", "Check --api-base and the network.", Kind.HICCUP)

_UNABLE = _Line(
    "liteLLM cannot ask {model}: {said}",
    "https://docs.litellm.ai/docs/providers says what the model needs.",
)
# LiteLLM reports what it lacks (a key, a package) as a failed connection, with a trace in the message.
_TRACE = "Traceback (most recent call last)"

_CODE = re.compile("|".join(_BY_CODE))
_FILTERED = re.compile("content_filter|content_policy|ContentPolicy")
# OpenAI means it; Gemini says the same of a limit by the minute, with the delay after which to ask again.
_NO_QUOTA = re.compile("exceeded your current quota(?!.*retry)", re.DOTALL)
_DELAY = re.compile(r'"retryDelay":\s*"([\d.]+)s"')
_PREFIXES = re.compile(r"^(?:[\w.]*(?:Error|Exception)(?:: | - )|Error code: \d+ - )+")
_QUOTED = re.compile(r"""["']message["']:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def failure(error: Exception, endpoint: Endpoint) -> Failure:
    """What an exception of the SDK, or of HTTP below it, means."""
    match error:
        case openai.APITimeoutError() | httpx.TimeoutException():
            return timed_out(endpoint)
        case openai.APIConnectionError() if _TRACE in str(error):
            return _tell(_UNABLE, endpoint, str(error).partition(_TRACE)[0])
        case openai.APIConnectionError():
            return _tell(_UNREACHABLE, endpoint, str(error.__cause__ or error))
        case openai.APIError():
            told = _tell(_line(error), endpoint, str(error), _wait(error))
            return replace(told, begun=not status(error))  # without a status it came in the middle
        case httpx.HTTPError():
            return cut(endpoint)
        case _:
            return strange(endpoint)


def reported(code: str, message: str, endpoint: Endpoint) -> Failure:
    """What an error means that arrives in the middle of an answer."""
    return replace(_tell(_BY_CODE.get(code, _REFUSED), endpoint, message), begun=True)


def lost(error: openai.APIConnectionError, endpoint: Endpoint) -> Failure:
    """What a failed connection means once the answer has begun (SDKs before 3 raise HTTP's own error)."""
    return timed_out(endpoint) if isinstance(error, openai.APITimeoutError) else cut(endpoint)


def cut(endpoint: Endpoint) -> Failure:
    """The answer ended before its end."""
    return _tell(_CUT, endpoint)


def strange(endpoint: Endpoint) -> Failure:
    """Something answered that does not speak the protocol."""
    return _tell(_STRANGE, endpoint)


def timed_out(endpoint: Endpoint) -> Failure:
    """The endpoint was silent for too long."""
    line = _Line(
        f"no answer from {{where}} within {endpoint.timeout:g} s",
        "Raise --request-timeout.",
        Kind.HICCUP,
        begun=True,
    )
    return _tell(line, endpoint)


def filtered(error: Exception) -> Reply | None:
    """A refused reply if a content filter stopped the prompt: that is an answer about this prompt only."""
    if status(error) == 400 and _FILTERED.search(f"{getattr(error, 'code', '')} {error}"):
        return Reply("", Usage(calls=1), Finish.REFUSED)
    return None


def status(error: Exception) -> int:
    """The HTTP status, 0 without one."""
    return getattr(error, "status_code", 0)


def _line(error: openai.APIError) -> _Line:
    text = f"{error.code} {error.type} {error}"
    code = _CODE.search(text)
    if code:
        return _BY_CODE[code[0]]
    if status(error) == 429 and _NO_QUOTA.search(text):
        return _OUT_OF_QUOTA
    return _BY_STATUS.get(status(error), _SERVER if status(error) >= 500 else _REFUSED)


def _tell(line: _Line, endpoint: Endpoint, said: str = "", wait: float | None = None) -> Failure:
    where = endpoint.address or endpoint.model
    cause = line.cause.format(where=where, model=endpoint.model, said=_short(said))
    return Failure(line.kind, ProviderError(cause, line.remedy), wait, line.begun)


def _short(text: str) -> str:
    """The message itself, without class names and JSON around it, on one line."""
    quoted = _QUOTED.search(text)
    message = (quoted[1] or quoted[2]) if quoted else _PREFIXES.sub("", text)
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE] + "..."


def _wait(error: openai.APIError) -> float | None:
    delay = _DELAY.search(str(error))
    if delay:
        return float(delay[1])
    response = getattr(error, "response", None)
    return retry_after(getattr(error, "litellm_response_headers", None) or getattr(response, "headers", {}))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the headers tell: in ms, in seconds, or a date; None if they do not."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if re.fullmatch(r"\d+(\.\d+)?", headers.get(name, "")):
            return float(headers[name]) * unit
    try:
        until, now = (parsedate_to_datetime(headers[name]) for name in ("retry-after", "date"))
    except (KeyError, ValueError):
        return None
    return max(0.0, (until - now).total_seconds())
