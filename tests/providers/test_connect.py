from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from endpoint import Hang, Say, rate_limited
from testgen.domain import Message
from testgen.errors import ProviderError, UsageError
from testgen.providers import PROVIDERS, connect
from testgen.providers.checks import explain
from testgen.settings import OPTIONS, Settings

TALK = (Message("user", "test this"),)


def modules_after(code, *arguments):
    """The modules a fresh interpreter has loaded after the code."""
    end = "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code + end, *arguments], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def test_every_provider_can_be_chosen():
    [option] = [option for option in OPTIONS if option.name == "provider"]
    assert set(option.declared.choices) == {"auto", *PROVIDERS}


def test_a_recording_is_played_back_without_key_or_network(endpoint, tmp_path):
    endpoint.will(Say("hello"))
    live = connect(Settings(api_base=endpoint.url, record=tmp_path / "new"), {})
    said = live.complete(TALK)
    live.close()
    replay = connect(Settings(replay=tmp_path / "new"), {})
    assert replay.name == "replay"
    assert replay.complete(TALK) == said
    assert len(endpoint.requests) == 1


def test_the_dotenv_of_the_root_holds_the_key(endpoint, tmp_path):
    endpoint.will(Say("hello"))
    (tmp_path / ".env").write_text("API_KEY=from-the-file\n")
    connect(Settings(api_base=endpoint.url), {}, tmp_path).complete(TALK)
    assert endpoint.requests[0].key == "from-the-file"


def test_a_proxy_that_is_none_is_the_user_s_to_mend(monkeypatch, tmp_path):
    settings = Settings(api_base="http://example.invalid/v1")
    environ = {"API_KEY": "a-key", "ALL_PROXY": "htp://me:long-password@127.0.0.1:9"}
    monkeypatch.setenv("ALL_PROXY", environ["ALL_PROXY"])
    with pytest.raises(UsageError, match="no connection can be set up") as error:
        connect(settings, environ, tmp_path)
    assert "ALL_PROXY" in error.value.remedy
    assert "long-password" not in error.value.cause
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    connect(settings, environ, tmp_path).close()


def test_an_address_is_shown_without_its_password(tmp_path):
    base = "http://me:a-long-password@127.0.0.1:9/v1"
    with pytest.raises(ProviderError) as error:
        connect(Settings(api_base=base, max_wait=0), {"API_KEY": "a-key"}, tmp_path).complete(TALK)
    assert "http://127.0.0.1:9/v1" in error.value.cause
    assert "password" not in error.value.cause
    assert not any("password" in check.detail for check in explain(Settings(api_base=base), {}, tmp_path))


def test_the_address_comes_from_the_given_environment_only(endpoint, monkeypatch, tmp_path):
    endpoint.will(Say("hello"))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    environ = {"OPENAI_BASE_URL": endpoint.url, "API_KEY": "a-key"}
    assert connect(Settings(), environ, tmp_path).complete(TALK).text == "hello"


def test_a_caller_sees_the_waits(endpoint):
    endpoint.will(rate_limited(after=3), Say("hello"))
    slept = []
    connect(Settings(api_base=endpoint.url), {}, sleep=slept.append).complete(TALK)
    assert slept == [3]


def test_no_key(tmp_path):
    with pytest.raises(ProviderError, match="no key"):
        connect(Settings(), {}, tmp_path)


def test_an_interrupt_ends_the_wait_for_an_answer_at_once(endpoint):
    endpoint.will(Hang())
    code = """
import sys
from testgen.domain import Message
from testgen.providers import connect
from testgen.settings import Settings
connect(Settings(api_base=sys.argv[1]), {}).complete([Message("user", "hi")])
"""
    asking = subprocess.Popen([sys.executable, "-c", code, endpoint.url], stderr=subprocess.DEVNULL)
    while not endpoint.requests and asking.poll() is None:
        time.sleep(0.01)
    asking.send_signal(signal.SIGINT)
    assert asking.wait(15) == -signal.SIGINT  # half of what the endpoint would have it wait


def test_importing_the_room_imports_no_sdk():
    loaded = modules_after("import testgen.providers, testgen.providers.checks")
    assert "testgen.providers.keys" in loaded
    assert not loaded & {"openai", "litellm", "httpx", "dotenv"}


def test_the_openai_way_never_imports_litellm(endpoint):
    endpoint.will(Say("hello"), Say("hello"))
    code = """
import sys
from testgen.domain import Message
from testgen.providers import connect
from testgen.settings import Settings
for api in ("chat", "responses"):
    assert connect(Settings(api_base=sys.argv[1], api=api), {}).complete([Message("user", "hi")]).usage.cost
"""
    loaded = modules_after(code, endpoint.url)
    assert "openai" in loaded
    assert "litellm" not in loaded
