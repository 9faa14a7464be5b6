from __future__ import annotations

import pytest

from endpoint import WRONG_KEY, Say
from testgen.providers import connect
from testgen.providers.checks import explain, ping
from testgen.settings import Settings

KEY = "sk-very-secret-0123456789"


def told(checks):
    return {check.name: (check.ok, check.detail) for check in checks}


def test_openai(tmp_path):
    checks = told(explain(Settings(), {"OPENAI_API_KEY": KEY}, tmp_path))
    assert checks["provider"] == (
        True,
        "openai: gpt-4o is a name of OpenAI's: no other provider's prefix, no --api-base",
    )
    assert checks["endpoint"] == (
        True,
        "https://api.openai.com/v1 (OpenAI itself), Responses API, model gpt-4o",
    )
    assert checks["key"] == (True, "from OPENAI_API_KEY in the environment")


@pytest.mark.parametrize(
    ("options", "environ", "name", "words"),
    [
        ({"api_base": "http://localhost:1/v1"}, {}, "key", "none needed on this machine"),
        ({"model": "anthropic/opus"}, {}, "key", "none in API_KEY, ANTHROPIC_API_KEY: liteLLM looks"),
        ({"model": "azure/prod", "api_base": "https://x.openai.azure.com"}, {}, "key", "Entra ID"),
        (
            {"model": "azure/prod", "api_base": "https://x.openai.azure.com"},
            {},
            "endpoint",
            "API version 2025-",
        ),
        (
            {},
            {"OPENAI_BASE_URL": "http://x/v1", "API_KEY": KEY},
            "endpoint",
            "http://x/v1 (from OPENAI_BASE_URL)",
        ),
    ],
)
def test_other_ways(tmp_path, options, environ, name, words):
    ok, detail = told(explain(Settings(**options), environ, tmp_path))[name]
    assert ok
    assert words in detail


@pytest.mark.parametrize(
    ("options", "name"),
    [({}, "key"), ({"model": "azure/prod"}, "endpoint"), ({"api_base": "nonsense"}, "endpoint")],
)
def test_what_is_wrong_has_a_remedy(tmp_path, options, name):
    [check] = [check for check in explain(Settings(**options), {}, tmp_path) if not check.ok]
    assert check.name == name
    assert check.remedy


def test_a_replay_needs_nothing(tmp_path):
    [check] = explain(Settings(replay=tmp_path), {}, tmp_path)
    assert check.ok


def test_the_key_itself_is_never_told(tmp_path):
    assert KEY not in repr(explain(Settings(), {"API_KEY": KEY}, tmp_path))


@pytest.mark.parametrize(
    ("step", "ok", "words"),
    [
        (Say("ready"), True, "gpt-4o answered in 2.0 s"),
        (Say(""), False, "answered with nothing"),
        (WRONG_KEY, False, "refused the key"),
    ],
)
def test_ping(endpoint, step, ok, words):
    endpoint.will(step)
    times = iter((1.0, 3.0))
    check = ping(connect(Settings(api_base=endpoint.url), {}), lambda: next(times))
    assert check.ok is ok
    assert words in check.detail
    assert bool(check.remedy) is not ok
