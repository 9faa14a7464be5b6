from __future__ import annotations

import sys
import textwrap

import pytest

from endpoint import NO_MODEL, WRONG_KEY, Say
from testgen.domain import Message
from testgen.errors import ProviderError, UsageError
from testgen.providers import azure_api
from testgen.providers.endpoint import AZURE_VERSION, resolve
from testgen.providers.keys import Key, Secret
from testgen.providers.retry import Patience
from testgen.settings import Settings

KEY = Key(Secret("azure-secret-0123456789"), "here")
TALK = (Message("user", "test this"),)

IDENTITY = """
    class DefaultAzureCredential: ...
    def get_bearer_token_provider(credential, scope):
        assert isinstance(credential, DefaultAzureCredential)
        assert scope == "https://cognitiveservices.azure.com/.default"
        return token
"""
CORE = "class ClientAuthenticationError(Exception): ..."


def connect(base, key=KEY, **options):
    settings = Settings(**{"model": "azure/prod", "api_base": base, **options})
    return azure_api.connect(resolve(settings, {}), key, Patience(0))


@pytest.fixture
def identity(tmp_path, monkeypatch):
    """Install a stand-in for azure-identity whose token function has the given body."""

    def install(body):
        for package, code in {
            "azure": "",
            "azure/identity": textwrap.dedent(IDENTITY),
            "azure/core": "",
            "azure/core/exceptions": CORE,
        }.items():
            (tmp_path / package).mkdir()
            (tmp_path / package / "__init__.py").write_text(code)
        with (tmp_path / "azure/identity/__init__.py").open("a") as file:
            file.write(
                f"from azure.core.exceptions import ClientAuthenticationError\ndef token():\n    {body}\n"
            )
        monkeypatch.syspath_prepend(tmp_path)

    yield install
    for name in [name for name in sys.modules if name.split(".")[0] == "azure"]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("base", "options", "path", "query"),
    [
        ("", {}, "/openai/deployments/prod/chat/completions", {"api-version": AZURE_VERSION}),
        (
            "/",
            {"api_version": "2030-01-01"},
            "/openai/deployments/prod/chat/completions",
            {"api-version": "2030-01-01"},
        ),
        (
            "/openai/deployments/prod/chat/completions?api-version=2024-10-21",
            {},
            "/openai/deployments/prod/chat/completions",
            {"api-version": AZURE_VERSION},
        ),
        ("", {"api": "responses"}, "/openai/responses", {"api-version": AZURE_VERSION}),
        ("/openai/v1/", {}, "/openai/v1/chat/completions", {}),
        ("/openai/v1", {"api": "responses"}, "/openai/v1/responses", {}),
    ],
)
def test_where_a_deployment_is_asked(endpoint, base, options, path, query):
    endpoint.will(Say("def test_a(): ..."))
    assert connect(endpoint.root + base, **options).complete(TALK).text == "def test_a(): ..."
    [request] = endpoint.requests
    assert (request.path, request.query, request.body["model"]) == (path, query, "prod")
    assert request.key == KEY.secret.reveal()


def test_the_price_is_that_of_the_model_behind_the_deployment(endpoint):
    endpoint.will(Say("x"))
    reply = connect(endpoint.root, model="azure/gpt-4o").complete(TALK)
    assert reply.usage.cost == pytest.approx(100 * 2.5e-6 + 20 * 1e-5)


@pytest.mark.parametrize(("step", "words"), [(WRONG_KEY, "refused the key"), (NO_MODEL, "has no model prod")])
def test_failures_are_told_once(endpoint, step, words):
    endpoint.always(step)
    with pytest.raises(ProviderError, match=words):
        connect(endpoint.root).complete(TALK)
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("base", ["", "/openai/v1"])
def test_entra_id_signs_in_without_a_key(endpoint, identity, base):
    identity("return 'entra-token'")
    endpoint.will(Say("hello"))
    assert connect(endpoint.root + base, key=None).complete(TALK).text == "hello"
    assert endpoint.requests[0].headers["authorization"] == "Bearer entra-token"


def test_a_failed_sign_in_is_told(endpoint, identity):
    identity("raise ClientAuthenticationError('no credential found\\nlong story')")
    with pytest.raises(ProviderError, match=r"cannot sign in with Entra ID: no credential found$") as caught:
        connect(endpoint.root, key=None).complete(TALK)
    assert "az login" in caught.value.remedy
    assert endpoint.requests == []


def test_without_azure_identity_the_remedy_is_exact(endpoint, monkeypatch):
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(UsageError, match="azure-identity is not installed") as caught:
        connect(endpoint.root, key=None)
    assert "pip install 'testgen[azure]'" in caught.value.remedy
