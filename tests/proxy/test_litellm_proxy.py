"""A real liteLLM proxy process between the openai SDK and the scripted endpoint.

It installs more than everything else together, so it has its own environment: `make test-proxy`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from endpoint import NO_QUOTA, Say, ScriptedEndpoint, Tokens, rate_limited
from testgen.domain import Finish, Message
from testgen.errors import ProviderError
from testgen.providers import connect
from testgen.settings import Settings

PROXY = Path(os.environ.get("LITELLM_PROXY", Path(__file__).parents[2] / ".venv-proxy" / "bin" / "litellm"))
MASTER = "sk-master-key-0123456789"
TALK = (Message("system", "you write tests"), Message("user", "test this"))

pytestmark = [
    pytest.mark.proxy,
    pytest.mark.skipif(not PROXY.exists(), reason=f"no liteLLM proxy at {PROXY}: run `make test-proxy`"),
]


@pytest.fixture(scope="module")
def upstream():
    with ScriptedEndpoint() as server:
        yield server


@pytest.fixture(scope="module")
def proxy(upstream, tmp_path_factory):
    """The proxy's address; it serves the model `team/writer` from the scripted endpoint."""
    folder = tmp_path_factory.mktemp("proxy")
    parameters = {
        "model": "openai/scripted",
        "api_base": upstream.url,
        "api_key": "upstream-key",
        "max_retries": 0,
    }
    config = {
        "model_list": [{"model_name": "team/writer", "litellm_params": parameters}],
        "general_settings": {"master_key": MASTER},
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
    }
    (folder / "config.yaml").write_text(json.dumps(config))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [PROXY, "--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/health/liveliness", process, folder / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url, process, log, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"the proxy did not start:\n{log.read_text()[-2000:]}")


def ask(proxy, key=MASTER, **options):
    slept = []
    settings = Settings(**{"model": "team/writer", "api_base": proxy, **options})
    provider = connect(settings, {"API_KEY": key}, sleep=slept.append)
    try:
        return provider.complete(TALK), slept
    finally:
        provider.close()


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_an_answer(proxy, upstream, api):
    before = len(upstream.requests)
    upstream.will(Say("def test_a(): ...", tokens=Tokens(30, 0, 7)))
    reply, _ = ask(proxy, api=api)
    assert (reply.text, reply.finish) == ("def test_a(): ...", Finish.STOP)
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (30, 7)
    [request] = upstream.requests[before:]
    assert (request.prompt, request.key) == ("you write tests\ntest this", "upstream-key")


def test_a_cut_answer(proxy, upstream):
    upstream.will(Say("half of", finish="length"))
    reply, _ = ask(proxy)
    assert (reply.text, reply.finish) == ("half of", Finish.LENGTH)


def test_a_rate_limit_is_waited_for(proxy, upstream):
    upstream.will(rate_limited(after=7), Say("now"))
    reply, slept = ask(proxy)
    assert reply.text == "now"
    assert len(slept) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"key": "sk-not-the-master-key"}, "refused"),
        ({"model": "team/unknown"}, "team/unknown"),
    ],
)
def test_what_the_proxy_itself_refuses(proxy, options, words):
    with pytest.raises(ProviderError, match=words) as caught:
        ask(proxy, **options)
    assert "sk-not-the-master-key" not in str(caught.value)


def test_quota_used_up_behind_the_proxy(proxy, upstream):
    upstream.will(NO_QUOTA)
    with pytest.raises(ProviderError, match="quota"):
        ask(proxy)
