from __future__ import annotations

import os
import subprocess
import sys
import traceback

import pytest

from endpoint import (
    FILTERED,
    FORBIDDEN,
    NO_MODEL,
    NO_QUOTA,
    SERVER_ERROR,
    WRONG_KEY,
    Cut,
    Hang,
    Say,
    Tokens,
    rate_limited,
    unsupported,
)
from testgen.domain import Finish, Message
from testgen.errors import ProviderError
from testgen.providers import litellm_api
from testgen.providers.endpoint import resolve
from testgen.providers.keys import Key, Secret
from testgen.providers.retry import Patience
from testgen.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:litellm")

KEY = "sk-very-secret-0123456789"
TALK = (Message("system", "you write tests"), Message("user", "test this"))


@pytest.fixture(params=["hosted_vllm/qwen", "openai/qwen"])
def connect(endpoint, request):
    """A provider that reaches the scripted endpoint through liteLLM, with the seconds it slept."""

    def open_(**options):
        slept = []
        wishes = {
            "provider": "litellm",
            "model": request.param,
            "api_base": endpoint.url,
            "request_timeout": 5,
        }
        resolved = resolve(Settings(**(wishes | options)), {})
        provider = litellm_api.connect(resolved, Key(Secret(KEY), "here"), Patience(60, slept.append))
        provider.slept = slept
        return provider

    return open_


def test_an_answer(endpoint, connect):
    endpoint.will(Say("def test_a(): ...", tokens=Tokens(1000, 400, 50, 20)))
    reply = connect(temperature=0.2).complete(TALK)
    assert (reply.text, reply.finish) == ("def test_a(): ...", Finish.STOP)
    usage = reply.usage
    assert (usage.prompt_tokens, usage.cached_tokens) == (1000, 400)
    assert (usage.completion_tokens, usage.reasoning_tokens) == (50, 20)
    [request] = endpoint.requests
    assert (request.key, request.body["model"], request.body["temperature"]) == (KEY, "qwen", 0.2)
    assert request.prompt == "you write tests\ntest this"


@pytest.mark.parametrize(
    ("step", "text", "finish"),
    [
        (Say(""), "", Finish.STOP),
        (Say("half of", finish="length"), "half of", Finish.LENGTH),
        (Say("", finish="content_filter"), "", Finish.REFUSED),
        (FILTERED, "", Finish.REFUSED),
    ],
)
def test_ends_that_are_answers(endpoint, connect, step, text, finish):
    endpoint.will(step)
    reply = connect().complete(TALK)
    assert (reply.text, reply.finish) == (text, finish)


@pytest.mark.parametrize(
    ("step", "words", "tries"),
    [
        (WRONG_KEY, "refused the key", 1),
        (NO_MODEL, r"has no model \S+/qwen \(404\): The model `gpt-none` does not exist$", 1),
        (FORBIDDEN, r"may not use \S+/qwen", 1),
        (NO_QUOTA, "quota of the account .* is used up", 1),
        (rate_limited(), "limits the rate of requests: Rate limit reached for requests$", 5),
        (SERVER_ERROR, "failed: The server had an error$", 3),
        (Cut(), "cannot reach|failed|ended in the middle", 3),
    ],
)
def test_failures_are_told_and_asked_again_as_often_as_makes_sense(endpoint, connect, step, words, tries):
    endpoint.always(step)
    with pytest.raises(ProviderError, match=words) as caught:
        connect().complete(TALK)
    assert caught.value.remedy
    assert len(endpoint.requests) == tries
    assert KEY not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)


def test_a_rate_limit_is_waited_for_as_told(endpoint, connect):
    endpoint.will(rate_limited(after=7), Say("now"))
    provider = connect()
    assert provider.complete(TALK).text == "now"
    assert provider.slept == [7]


def test_silence_is_a_time_out(endpoint, connect):
    endpoint.always(Hang())
    with pytest.raises(ProviderError, match=r"within 0\.1 s"):
        connect(request_timeout=0.1).complete(TALK)
    assert len(endpoint.requests) == 3


def test_a_refused_temperature_is_left_out_from_then_on(endpoint, connect):
    endpoint.will(unsupported("temperature"), Say("one"), Say("two"))
    provider = connect(temperature=0)
    assert [provider.complete(TALK).text for _ in range(2)] == ["one", "two"]
    assert ["temperature" in request.body for request in endpoint.requests] == [True, False, False]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("anthropic/claude-sonnet-4-5", r"refused the key \(401\), or got none$"),
        ("gemini/gemini-2.5-pro", r"liteLLM cannot ask gemini/gemini-2\.5-pro: Missing Gemini API key"),
        ("no-such-provider/x", r"refused the request: LLM Provider NOT provided"),
    ],
)
def test_what_litellm_itself_refuses(capfd, model, words):
    endpoint = resolve(Settings(model=model), {})
    with pytest.raises(ProviderError, match=words) as caught:
        litellm_api.connect(endpoint, None, Patience(0)).complete(TALK)
    assert "Traceback" not in caught.value.cause
    assert "".join(capfd.readouterr()) == ""


def test_litellm_is_quiet_and_leaves_the_dotenv_alone(endpoint, tmp_path):
    """In a fresh process: nothing printed, no `.env` loaded, nothing reported, no other host asked."""
    (tmp_path / ".env").write_text("LEAKED=yes\n")
    endpoint.will(Say("hello"))
    code = f"""
import os, socket, sys
real = socket.getaddrinfo
def loopback_only(host, *rest, **more):
    assert host == "127.0.0.1", host
    return real(host, *rest, **more)
socket.getaddrinfo = loopback_only
from testgen.domain import Message
from testgen.providers import connect
from testgen.settings import Settings
settings = Settings(provider="litellm", model="hosted_vllm/qwen", api_base={endpoint.url!r})
assert connect(settings, {{}}).complete([Message("user", "hi")]).text == "hello"
assert "LEAKED" not in os.environ
import litellm
assert litellm.telemetry is False
assert not litellm.callbacks + litellm.success_callback + litellm.failure_callback
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "LANGFUSE_PUBLIC_KEY": "x", "LANGFUSE_SECRET_KEY": "y"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
