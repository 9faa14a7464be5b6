from __future__ import annotations

import gc
import json
import socket
import traceback

import pytest
from openai import Stream

from endpoint import (
    FILTERED,
    FORBIDDEN,
    NO_MODEL,
    NO_QUOTA,
    SERVER_ERROR,
    WRONG_KEY,
    Cut,
    Fail,
    Hang,
    Page,
    Say,
    Tokens,
    Upset,
    rate_limited,
    unsupported,
)
from testgen.domain import Finish, Message
from testgen.errors import ProviderError
from testgen.providers import openai_api
from testgen.providers.endpoint import resolve
from testgen.providers.keys import Key, Secret
from testgen.providers.retry import Patience
from testgen.settings import Settings

KEY = "sk-very-secret-0123456789"
TALK = (Message("system", "you write tests"), Message("user", "test this"))


@pytest.fixture(params=["chat", "responses"])
def api(request):
    return request.param


@pytest.fixture
def connect(endpoint, api):
    """A provider at the scripted endpoint, with the seconds it slept."""
    opened = []

    def open_(max_wait=60.0, **options):
        slept = []
        settings = Settings(**{"api_base": endpoint.url, "api": api, "request_timeout": 5, **options})
        key = Key(Secret(KEY), "here")
        provider = openai_api.connect(resolve(settings, {}), key, Patience(max_wait, slept.append))
        opened.append(provider)
        provider.slept = slept
        return provider

    yield open_
    for provider in opened:
        provider.close()


def test_an_answer(endpoint, connect, api):
    endpoint.will(Say("def test_a():\n    assert 1 + 1 == 2\n", tokens=Tokens(1000, 400, 50, 20)))
    reply = connect(temperature=0.2, reasoning_effort="low").complete(TALK)
    assert reply.text == "def test_a():\n    assert 1 + 1 == 2\n"
    assert (reply.finish, reply.model) == (Finish.STOP, "gpt-4o")
    usage = reply.usage
    assert (usage.calls, usage.prompt_tokens, usage.cached_tokens) == (1, 1000, 400)
    assert (usage.completion_tokens, usage.reasoning_tokens) == (50, 20)
    assert usage.cost == pytest.approx(600 * 2.5e-6 + 400 * 1.25e-6 + 50 * 1e-5)
    [request] = endpoint.requests
    assert request.path == {"chat": "/v1/chat/completions", "responses": "/v1/responses"}[api]
    assert (request.key, request.prompt) == (KEY, "you write tests\ntest this")
    assert (request.body["stream"], request.body["temperature"]) == (True, 0.2)


def test_nothing_is_left_open(endpoint, connect):
    """A stream closed by the garbage collector takes the connection pool's lock, perhaps from its holder."""
    endpoint.will(Say("one"), Upset("bad prompt", "invalid_prompt"), Cut(), Page("data: {broken\n\n"))
    provider = connect()
    provider.complete(TALK)
    for _ in range(2):
        with pytest.raises(ProviderError):
            provider.complete(TALK)
    streams = [thing for thing in gc.get_objects() if isinstance(thing, Stream)]
    assert all(stream.response.is_closed for stream in streams)


def test_only_what_was_chosen_is_sent(endpoint, connect, api):
    endpoint.will(Say("x"), Say("x"))
    connect().complete(TALK)
    connect(reasoning_effort="low").complete(TALK)
    plain, thinking = (set(request.body) for request in endpoint.requests)
    assert (
        plain
        == {
            "chat": {"model", "messages", "stream", "stream_options", "max_tokens"},
            "responses": {"model", "input", "stream", "store", "max_output_tokens"},
        }[api]
    )
    assert thinking - plain == {"chat": {"reasoning_effort"}, "responses": {"reasoning"}}[api]


@pytest.mark.parametrize(
    ("step", "text", "finish"),
    [
        (Say(""), "", Finish.STOP),
        (Say("half of", finish="length"), "half of", Finish.LENGTH),
        (Say("", finish="content_filter"), "", Finish.REFUSED),
        (Say(refusal="I cannot help with that."), "I cannot help with that.", Finish.REFUSED),
        (FILTERED, "", Finish.REFUSED),
        (Say("", finish="tool_calls", tool="shell"), "", Finish.STOP),
        (Say("x", finish="tool_calls", tool="shell"), "x", Finish.STOP),
        (Say("ünïcode ✓ \U0001f40d"), "ünïcode ✓ \U0001f40d", Finish.STOP),
    ],
)
def test_ends_that_are_answers(endpoint, connect, step, text, finish):
    endpoint.will(step)
    reply = connect().complete(TALK)
    assert (reply.text, reply.finish) == (text, finish)
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("step", "words", "tries"),
    [
        (WRONG_KEY, "refused the key", 1),
        (NO_MODEL, "has no model gpt-4o", 1),
        (FORBIDDEN, "may not use gpt-4o", 1),
        (NO_QUOTA, "quota of the account .* is used up", 1),
        (Fail(402, "Insufficient Balance"), "quota of the account .* is used up", 1),
        (
            Fail(400, "This model's maximum is 8192 tokens", "context_length_exceeded"),
            "longer than gpt-4o",
            1,
        ),
        (Fail(400, "no such thing"), "refused the request: no such thing", 1),
        (rate_limited(), "limits the rate", 5),
        (rate_limited(after=0.25), "limits the rate", 5),
        (SERVER_ERROR, "failed: The server had an error", 3),
        (Fail(503, "Overloaded"), "failed: Overloaded", 3),
        (Cut(), "ended in the middle", 3),
        (Cut(silently=True), "ended in the middle", 3),
        (Upset(), "failed: the server had an error", 3),
        (Upset("slow down", "rate_limit_exceeded"), "limits the rate", 5),
        (Upset("bad prompt", "invalid_prompt"), "refused the request: bad prompt", 1),
        (Page(), "no model's reply", 1),
        (Page("data: {broken\n\n"), "no model's reply", 1),
    ],
)
def test_failures_are_told_and_asked_again_as_often_as_makes_sense(endpoint, connect, step, words, tries):
    endpoint.always(step)
    with pytest.raises(ProviderError, match=words) as caught:
        connect().complete(TALK)
    assert caught.value.remedy
    assert "\n" not in caught.value.cause
    assert len(endpoint.requests) == tries
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(caught.value.args)
    assert KEY not in shown


def test_a_hiccup_is_forgotten(endpoint, connect):
    endpoint.will(SERVER_ERROR, Cut(), Say("at last"))
    provider = connect()
    assert provider.complete(TALK).text == "at last"
    assert provider.slept == [1, 2]


@pytest.mark.parametrize(
    ("step", "slept"), [(rate_limited(after=7), 7), (rate_limited(after=1500, header="retry-after-ms"), 1.5)]
)
def test_a_rate_limit_is_waited_for_as_told(endpoint, connect, step, slept):
    endpoint.will(step, Say("now"))
    provider = connect()
    assert provider.complete(TALK).text == "now"
    assert provider.slept == [slept]


def test_a_rate_limit_is_not_waited_for_too_long(endpoint, connect):
    endpoint.will(rate_limited(after=90))
    with pytest.raises(ProviderError, match="asks to wait 90 s, and the limit is 30 s"):
        connect(max_wait=30).complete(TALK)
    assert len(endpoint.requests) == 1


def test_silence_is_a_time_out(endpoint, connect):
    endpoint.always(Hang())
    with pytest.raises(ProviderError, match=r"within 0\.1 s") as caught:
        connect(request_timeout=0.1).complete(TALK)
    assert "--request-timeout" in caught.value.remedy
    assert len(endpoint.requests) == 3


def test_a_refused_connection(connect):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        provider = connect(api_base=address)
        with pytest.raises(ProviderError, match=rf"cannot reach {address}: .*refused"):
            provider.complete(TALK)
    assert provider.slept == [1, 2]


def test_a_refused_temperature_is_left_out_from_then_on(endpoint, connect):
    endpoint.will(unsupported("temperature"), Say("one"), Say("two"))
    provider = connect(temperature=0)
    assert [provider.complete(TALK).text for _ in range(2)] == ["one", "two"]
    assert ["temperature" in request.body for request in endpoint.requests] == [True, False, False]
    assert provider.slept == []


LIMITS = {"chat": ["max_tokens", "max_completion_tokens"], "responses": ["max_output_tokens"]}


def limits(endpoint):
    """What each request called the limit of the reply, and the limit."""
    return [
        {name: number for name, number in request.body.items() if name.startswith("max_")}
        for request in endpoint.requests
    ]


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ({}, 16_000),
        ({"max_output_tokens": 90_000}, 90_000),
        ({"model": "gpt-4"}, 2_048),
        ({"model": "no-such-model"}, 16_000),
        ({"model": "no-such-model", "context_window": 8_000}, 2_000),
        ({"model": "gpt-4", "context_window": 100_000}, 4_096),
    ],
)
def test_a_reply_has_a_limit(endpoint, connect, api, options, tokens):
    endpoint.will(Say("fine"))
    connect(**options).complete(TALK)
    assert limits(endpoint) == [{LIMITS[api][0]: tokens}]


def test_the_limit_of_a_reply_has_several_names_and_may_be_missing(endpoint, connect, api):
    names = LIMITS[api]
    endpoint.will(*map(unsupported, names), Say("fine"), Say("fine"))
    provider = connect()
    assert [provider.complete(TALK).text for _ in range(2)] == ["fine", "fine"]
    assert limits(endpoint) == [{name: 16_000} for name in names] + [{}, {}]


@pytest.mark.parametrize("api", ["chat"])
def test_only_the_name_that_was_sent_counts_as_refused(endpoint, connect):
    both = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    endpoint.will(Fail(400, both, param="max_tokens"), Say("fine"))
    connect(max_output_tokens=50).complete(TALK)
    assert limits(endpoint) == [{"max_tokens": 50}, {"max_completion_tokens": 50}]


@pytest.mark.parametrize("firm", [{"max_output_tokens": 50}, {"max_cost": 1.0}, {"max_tokens": 10**6}])
def test_a_limit_that_something_depends_on_is_not_dropped(endpoint, connect, api, firm):
    names = LIMITS[api]
    endpoint.will(*map(unsupported, names))
    with pytest.raises(ProviderError, match=names[-1]):
        connect(**firm).complete(TALK)
    assert [list(limit) for limit in limits(endpoint)] == [[name] for name in names]


def test_streaming_refused(endpoint, connect):
    endpoint.will(unsupported("stream"), Say("whole", tokens=Tokens(7)))
    reply = connect().complete(TALK)
    assert (reply.text, reply.usage.prompt_tokens) == ("whole", 7)
    assert not endpoint.requests[1].body.get("stream")
    assert "stream_options" not in endpoint.requests[1].body


def test_the_system_role_refused(endpoint, connect):
    endpoint.will(Fail(400, "Unsupported value: 'messages[0].role' does not support 'system'"), Say("fine"))
    assert connect().complete(TALK).text == "fine"
    body = endpoint.requests[1].body
    assert body.get("messages", body.get("input")) == [
        {"role": "user", "content": "you write tests\n\ntest this"}
    ]


def test_a_parameter_refused_for_ever_ends(endpoint, connect):
    endpoint.always(unsupported("temperature"))
    with pytest.raises(ProviderError, match="refused the request"):
        connect(temperature=0).complete(TALK)
    assert len(endpoint.requests) == 2


def test_a_reasoning_effort_that_was_asked_for_is_not_dropped(endpoint, connect):
    endpoint.always(unsupported("reasoning_effort"))
    with pytest.raises(ProviderError, match="reasoning_effort"):
        connect(reasoning_effort="low").complete(TALK)


def test_an_answer_without_usage_costs_an_unknown_amount(endpoint, connect):
    endpoint.will(Say("x", tokens=None))
    assert connect().complete(TALK).usage.cost is None


@pytest.mark.parametrize(
    ("api", "bare"),
    [
        ("chat", {"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}], "usage": {}}),
        ("chat", {"choices": [{"delta": None, "finish_reason": "stop"}], "usage": {"prompt_tokens": None}}),
        (
            "responses",
            {"type": "response.completed", "response": {"output": [], "usage": {}}},
        ),
    ],
)
def test_an_endpoint_that_leaves_things_out(endpoint, connect, bare):
    endpoint.will(Page(f"data: {json.dumps(bare)}\n\n"))
    reply = connect().complete(TALK)
    assert (reply.finish, reply.model, reply.usage.calls) == (Finish.STOP, "gpt-4o", 1)


def test_an_unknown_model_costs_an_unknown_amount(endpoint, connect):
    endpoint.will(Say("x"))
    usage = connect(model="my-own").complete(TALK).usage
    assert (usage.prompt_tokens, usage.cost) == (100, None)


@pytest.mark.parametrize("api", ["chat"])
def test_stream_options_refused(endpoint, connect):
    endpoint.will(unsupported("stream_options"), Say("fine"))
    reply = connect().complete(TALK)
    assert (reply.text, reply.usage.cost) == ("fine", None)
    assert endpoint.requests[1].body["stream"] is True
