from __future__ import annotations

import pytest

from testgen.errors import UsageError
from testgen.providers.endpoint import AZURE_VERSION, OPENAI, Api, resolve
from testgen.settings import Settings

AZURE = "https://shop.openai.azure.com"
PROXY = "http://proxy.example:4000/v1"


@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        ({}, {}, ("openai", "gpt-4o", OPENAI, Api.RESPONSES)),
        ({"model": "o3"}, {}, ("openai", "o3", OPENAI, Api.RESPONSES)),
        ({"model": "openai/o3"}, {}, ("openai", "o3", OPENAI, Api.RESPONSES)),
        ({"api": "chat"}, {}, ("openai", "gpt-4o", OPENAI, Api.CHAT)),
        ({}, {"OPENAI_BASE_URL": PROXY}, ("openai", "gpt-4o", PROXY, Api.CHAT)),
        ({"api_base": PROXY}, {"OPENAI_BASE_URL": "http://x/v1"}, ("openai", "gpt-4o", PROXY, Api.CHAT)),
        ({"api_base": PROXY, "api": "responses"}, {}, ("openai", "gpt-4o", PROXY, Api.RESPONSES)),
        (
            {"api_base": "https://eu.api.openai.com/v1"},
            {},
            ("openai", "gpt-4o", "https://eu.api.openai.com/v1", Api.RESPONSES),
        ),
        (
            {"api_base": "https://api.openai.com.evil.example/v1"},
            {},
            ("openai", "gpt-4o", "https://api.openai.com.evil.example/v1", Api.CHAT),
        ),
        # a proxy's names are its own
        ({"api_base": PROXY, "model": "anthropic/opus"}, {}, ("openai", "anthropic/opus", PROXY, Api.CHAT)),
        ({"api_base": PROXY, "model": "openai/gpt-4o"}, {}, ("openai", "openai/gpt-4o", PROXY, Api.CHAT)),
        ({"model": "azure/prod"}, {"AZURE_OPENAI_ENDPOINT": AZURE}, ("azure", "prod", AZURE, Api.CHAT)),
        ({"model": "azure/prod"}, {"AZURE_API_BASE": AZURE}, ("azure", "prod", AZURE, Api.CHAT)),
        ({"api_base": AZURE, "model": "prod"}, {}, ("azure", "prod", AZURE, Api.CHAT)),
        (
            {"api_base": AZURE, "model": "azure/prod", "api": "responses"},
            {},
            ("azure", "prod", AZURE, Api.RESPONSES),
        ),
        ({"provider": "azure", "model": "prod", "api_base": PROXY}, {}, ("azure", "prod", PROXY, Api.CHAT)),
        ({"model": "gpt-4o"}, {"AZURE_OPENAI_ENDPOINT": AZURE}, ("openai", "gpt-4o", OPENAI, Api.RESPONSES)),
        (
            {"model": "azure/prod", "provider": "openai", "api_base": PROXY},
            {},
            ("openai", "azure/prod", PROXY, Api.CHAT),
        ),
        ({"model": "anthropic/opus"}, {}, ("litellm", "anthropic/opus", "", Api.CHAT)),
        ({"model": "ollama/qwen3"}, {}, ("litellm", "ollama/qwen3", "", Api.CHAT)),
        (
            {"model": "ollama/qwen3", "provider": "litellm", "api_base": PROXY},
            {},
            ("litellm", "ollama/qwen3", PROXY, Api.CHAT),
        ),
        ({"model": "gpt-4o", "provider": "litellm"}, {}, ("litellm", "gpt-4o", "", Api.CHAT)),
    ],
)
def test_the_rule(options, environ, expected):
    endpoint = resolve(Settings(**options), environ)
    assert (endpoint.provider.value, endpoint.model, endpoint.base.value, endpoint.api) == expected
    assert endpoint.provider.why
    assert endpoint.base.why


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "azure/prod"}, "address of your resource"),
        ({"api_base": "localhost:8000/v1"}, "not a web address"),
        ({"api_base": "http://"}, "not a web address"),
        ({"api_base": "http://[::1"}, "not a web address"),
        ({"api_base": "http://host:port/v1"}, "not a web address"),
        ({"api_base": "http://host:0/v1"}, "not a web address"),
        ({"model": "anthropic/opus", "api": "responses"}, "Chat Completions only"),
    ],
)
def test_what_makes_no_sense(options, words):
    with pytest.raises(UsageError, match=words) as caught:
        resolve(Settings(**options), {})
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("given", "environ", "expected"),
    [
        ("2026-01-01", {"OPENAI_API_VERSION": "v"}, "2026-01-01"),
        ("", {"OPENAI_API_VERSION": "2025-02-02"}, "2025-02-02"),
        ("", {"AZURE_API_VERSION": "2025-03-03"}, "2025-03-03"),
        ("", {}, AZURE_VERSION),
    ],
)
def test_api_version(given, environ, expected):
    assert resolve(Settings(api_version=given), environ).api_version == expected


@pytest.mark.parametrize(
    ("options", "local"),
    [
        ({"api_base": "http://127.0.0.1:8000/v1"}, True),
        ({"api_base": "http://localhost:8000/v1"}, True),
        ({"api_base": "http://[::1]:8000/v1"}, True),
        ({"model": "ollama/qwen3"}, True),
        ({"api_base": "http://localhost.evil.example/v1"}, False),
        ({"api_base": "http://10.0.0.1/v1"}, False),
        ({"model": "anthropic/opus"}, False),
        ({"model": "ollama/qwen3", "api_base": PROXY}, False),
        ({}, False),
    ],
)
def test_what_is_local(options, local):
    assert resolve(Settings(**options), {}).is_local is local
