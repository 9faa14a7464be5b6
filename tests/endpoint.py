"""A scripted OpenAI-compatible endpoint on loopback: real HTTP, real streams, made-up answers.

    with ScriptedEndpoint(Say("hello"), rate_limited(after=0.01), Say("again")) as endpoint:
        OpenAI(base_url=endpoint.url, api_key="k")...
        endpoint.requests[0].key == "k"

It speaks Chat Completions and the Responses API, streamed or not, also under Azure's deployment paths. Each
request takes one step of the script; when there is none left it is told so with a status that nobody retries.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, TypeAlias
from urllib.parse import parse_qsl, urlsplit

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Tokens:
    """What an answer says it used; `cached` is part of `prompt`, `reasoning` part of `completion`."""

    prompt: int = 100
    cached: int = 0
    completion: int = 20
    reasoning: int = 0


@dataclass(frozen=True)
class Say:
    """Answer with a text, or with what a function makes of the prompt.

    `finish` is Chat Completions' word: stop, length, content_filter or tool_calls. `tool` is a function that
    the model calls although nobody has offered it.
    """

    text: str | Callable[[str], str] = ""
    finish: str = "stop"
    refusal: str = ""
    tokens: Tokens | None = Tokens()
    tool: str = ""


@dataclass(frozen=True)
class Fail:
    """Answer with an error status and OpenAI's error body."""

    status: int
    message: str = "something went wrong"
    code: str | None = None
    param: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Cut:
    """Send the beginning of a stream and end the connection; `silently` as if that were the end."""

    text: str = "def test_"
    silently: bool = False


@dataclass(frozen=True)
class Upset:
    """Begin a stream and report an error in the middle of it."""

    message: str = "the server had an error"
    code: str = "server_error"


@dataclass(frozen=True)
class Hang:
    """Say nothing for so many seconds, then end the connection."""

    seconds: float = 30.0


@dataclass(frozen=True)
class Page:
    """Answer as a web server that is no model endpoint does."""

    body: str = "<html><body>Welcome</body></html>"


Step: TypeAlias = Say | Fail | Cut | Upset | Hang | Page

WRONG_KEY = Fail(401, "Incorrect API key provided: sk-wrong.", "invalid_api_key")
NO_MODEL = Fail(404, "The model `gpt-none` does not exist", "model_not_found")
FORBIDDEN = Fail(403, "Project does not have access to model", "model_not_found")
NO_QUOTA = Fail(429, "You exceeded your current quota", "insufficient_quota")
SERVER_ERROR = Fail(500, "The server had an error", "server_error")
FILTERED = Fail(400, "The prompt triggered the content policy", "content_filter")
SCRIPT_ENDED = Fail(400, "the script has no step left", "script_ended")


def rate_limited(after: float | None = None, header: str = "retry-after") -> Fail:
    """A 429; `after` is what the header says, None for no header."""
    headers = () if after is None else ((header, f"{after:g}"),)
    return Fail(429, "Rate limit reached for requests", "rate_limit_exceeded", headers=headers)


def unsupported(parameter: str) -> Fail:
    """What OpenAI says to a parameter that the model does not take."""
    return Fail(
        400,
        f"Unsupported parameter: '{parameter}' is not supported with this model.",
        "unsupported_parameter",
        parameter,
    )


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Json

    @property
    def key(self) -> str:
        """The API key, however it was sent."""
        return self.headers.get("api-key") or self.headers.get("authorization", "").removeprefix("Bearer ")

    @property
    def prompt(self) -> str:
        """The text of every message, in order."""
        turns = self.body.get("messages") or self.body.get("input") or ()
        return "\n".join(_text_of(turn["content"]) for turn in turns)


def _text_of(content: str | list[Json]) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


@dataclass
class ScriptedEndpoint:
    """The server; a context manager. Steps may be added while it runs."""

    steps: Iterator[Step]
    requests: list[Request] = field(default_factory=list)

    def __init__(self, *steps: Step) -> None:
        self.steps = iter(steps)
        self.requests = []
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def will(self, *steps: Step) -> Self:
        """Add steps to the script."""
        self.steps = itertools.chain(self.steps, steps)
        return self

    def always(self, step: Step) -> Self:
        """Take this step whenever the script has no other left."""
        self.steps = itertools.chain(self.steps, itertools.repeat(step))
        return self

    def take(self, request: Request) -> Step:
        """Note the request and give the next step."""
        with self._lock:
            self.requests.append(request)
            return next(self.steps, SCRIPT_ENDED)

    @property
    def root(self) -> str:
        """The address without a path, as Azure's clients want it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """What goes into --api-base."""
        return f"{self.root}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, script: ScriptedEndpoint) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for the acknowledgement of its headers
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the test's output clean."""

    def do_GET(self) -> None:
        self._send(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    def do_POST(self) -> None:
        request = self._request()
        if not request.path.endswith(("/chat/completions", "/responses")):
            return self._send(404, {"error": {"message": f"no such path: {request.path}"}})
        dialect = _RESPONSES if request.path.endswith("/responses") else _CHAT
        return self._play(self.server.script.take(request), request, dialect)

    def _request(self) -> Request:
        url = urlsplit(self.path)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(url.path, dict(parse_qsl(url.query)), headers, body)

    def _play(self, step: Step, request: Request, dialect: _Dialect) -> None:
        match step:
            case Say():
                self._say(step, request, dialect)
            case Fail():
                error = {"message": step.message, "type": step.code, "code": step.code, "param": step.param}
                self._send(step.status, {"error": error}, step.headers)
            case Cut():
                self._stream(dialect.beginning(step.text), ended=False, chunked=not step.silently)
            case Upset():
                self._stream(dialect.upset(step))
            case Hang():
                self.server.script.stopped.wait(step.seconds)
                self.close_connection = True
            case Page():
                self._send_bytes(200, step.body.encode(), "text/html")

    def _say(self, step: Say, request: Request, dialect: _Dialect) -> None:
        text = step.text if isinstance(step.text, str) else step.text(request.prompt)
        answer = _Answer(
            text, step.refusal, step.finish, step.tokens, request.body.get("model", "deployment"), step.tool
        )
        if request.body.get("stream"):
            self._stream(dialect.events(answer, request.body))
        else:
            self._send(200, dialect.whole(answer))

    def _send(self, status: int, body: Json, headers: Iterable[tuple[str, str]] = ()) -> None:
        self._send_bytes(status, json.dumps(body).encode(), "application/json", headers)

    def _send_bytes(
        self, status: int, data: bytes, kind: str, headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.send_response(status)
        for name, value in (("content-type", kind), ("content-length", str(len(data))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, events: Iterable[str], *, ended: bool = True, chunked: bool = True) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked") if chunked else self.send_header(
            "connection", "close"
        )
        self.end_headers()
        for event in events:
            data = event.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)
        if ended:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = not ended


@dataclass(frozen=True)
class _Answer:
    text: str
    refusal: str
    finish: str
    tokens: Tokens | None
    model: str
    tool: str = ""

    @property
    def pieces(self) -> list[str]:
        """The text as a model streams it, a few characters at a time."""
        return [self.text[start : start + 16] for start in range(0, len(self.text), 16)]


@dataclass(frozen=True)
class _Dialect:
    """One way to put the same answer: whole, as a stream, and the beginning of a stream."""

    whole: Callable[[_Answer], Json]
    events: Callable[[_Answer, Json], Iterator[str]]
    beginning: Callable[[str], Iterator[str]]
    upset: Callable[[Upset], Iterator[str]]


def _data(payload: Json) -> str:
    return f"data: {json.dumps(payload)}\n\n"


# Chat Completions


def _chat_usage(tokens: Tokens | None) -> Json | None:
    return tokens and {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.completion,
        "total_tokens": tokens.prompt + tokens.completion,
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning},
    }


def _chat_whole(answer: _Answer) -> Json:
    message: Json = {"role": "assistant", "content": answer.text or None, "refusal": answer.refusal or None}
    if answer.tool:
        message["tool_calls"] = [_chat_tool_call(answer.tool)]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": answer.model,
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish, "logprobs": None}],
        "usage": _chat_usage(answer.tokens),
    }


def _chat_tool_call(tool: str) -> Json:
    function = {"name": tool, "arguments": '{"command": "curl example.com"}'}
    return {"index": 0, "id": "call_1", "type": "function", "function": function}


def _chat_chunk(delta: Json, finish: str | None = None, model: str = "scripted") -> Json:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}],
    }


def _chat_events(answer: _Answer, body: Json) -> Iterator[str]:
    yield _data(_chat_chunk({"role": "assistant", "content": ""}, model=answer.model))
    for piece in answer.pieces:
        yield _data(_chat_chunk({"content": piece}, model=answer.model))
    if answer.refusal:
        yield _data(_chat_chunk({"refusal": answer.refusal}, model=answer.model))
    if answer.tool:
        yield _data(_chat_chunk({"content": None, "tool_calls": [_chat_tool_call(answer.tool)]}))
    yield _data(_chat_chunk({}, answer.finish, model=answer.model))
    if (body.get("stream_options") or {}).get("include_usage"):
        usage = _chat_chunk({}, model=answer.model) | {"choices": [], "usage": _chat_usage(answer.tokens)}
        yield _data(usage)
    yield "data: [DONE]\n\n"


def _chat_beginning(text: str) -> Iterator[str]:
    yield _data(_chat_chunk({"role": "assistant", "content": text}))


def _chat_upset(step: Upset) -> Iterator[str]:
    yield from _chat_beginning("def test_")
    yield _data({"error": {"message": step.message, "code": step.code, "type": step.code, "param": None}})


_CHAT = _Dialect(_chat_whole, _chat_events, _chat_beginning, _chat_upset)


# The Responses API

_STATUS = {
    "stop": "completed",
    "tool_calls": "completed",
    "length": "incomplete",
    "content_filter": "incomplete",
}
_REASON = {"length": "max_output_tokens", "content_filter": "content_filter"}


def _response(status: str, output: list[Json], model: str = "scripted", **more: object) -> Json:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": model,
        "output": output,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "tools": [],
        "tool_choice": "auto",
        "usage": None,
        **more,
    }


def _content(answer: _Answer) -> Json:
    if answer.refusal:
        return {"type": "refusal", "refusal": answer.refusal}
    return {"type": "output_text", "text": answer.text, "annotations": []}


def _item(status: str, content: list[Json]) -> Json:
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": status, "content": content}


def _responses_tool_calls(tool: str) -> list[Json]:
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": tool, "status": "completed"}
    return [call | {"arguments": '{"command": "curl example.com"}'}] if tool else []


def _responses_usage(tokens: Tokens | None) -> Json | None:
    return tokens and {
        "input_tokens": tokens.prompt,
        "input_tokens_details": {"cached_tokens": tokens.cached},
        "output_tokens": tokens.completion,
        "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
        "total_tokens": tokens.prompt + tokens.completion,
    }


def _responses_whole(answer: _Answer) -> Json:
    status, reason = _STATUS[answer.finish], _REASON.get(answer.finish)
    return _response(
        status,
        [_item(status, [_content(answer)]), *_responses_tool_calls(answer.tool)],
        answer.model,
        incomplete_details=reason and {"reason": reason},
        usage=_responses_usage(answer.tokens),
    )


def _numbered(events: Iterable[Json]) -> Iterator[str]:
    for number, event in enumerate(events):
        yield f"event: {event['type']}\n{_data(event | {'sequence_number': number})}"


def _responses_opening() -> Iterator[Json]:
    begun = _response("in_progress", [])
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    yield {"type": "response.output_item.added", "output_index": 0, "item": _item("in_progress", [])}


def _responses_delta(kind: str, piece: str) -> Json:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "logprobs": []}
    return {"type": f"response.{kind}.delta", **place, "delta": piece}


def _responses_all(answer: _Answer) -> Iterator[Json]:
    whole, content = _responses_whole(answer), _content(answer)
    place: Json = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    empty = content | ({"refusal": ""} if answer.refusal else {"text": ""})
    yield from _responses_opening()
    yield {"type": "response.content_part.added", **place, "part": empty}
    if answer.refusal:
        yield _responses_delta("refusal", answer.refusal)
        yield {"type": "response.refusal.done", **place, "refusal": answer.refusal}
    else:
        yield from (_responses_delta("output_text", piece) for piece in answer.pieces)
        yield {"type": "response.output_text.done", **place, "text": answer.text, "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": content}
    yield {"type": "response.output_item.done", "output_index": 0, "item": whole["output"][0]}
    yield {"type": f"response.{whole['status']}", "response": whole}


def _responses_events(answer: _Answer, _: Json) -> Iterator[str]:
    return _numbered(_responses_all(answer))


def _responses_beginning(text: str) -> Iterator[str]:
    return _numbered([*_responses_opening(), _responses_delta("output_text", text)])


def _responses_upset(step: Upset) -> Iterator[str]:
    failed = _response("failed", [], error={"code": step.code, "message": step.message})
    return _numbered([*_responses_opening(), {"type": "response.failed", "response": failed}])


_RESPONSES = _Dialect(_responses_whole, _responses_events, _responses_beginning, _responses_upset)
