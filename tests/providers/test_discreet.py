from __future__ import annotations

import traceback

import pytest

from endpoint import Fail, Say
from testgen.domain import Message
from testgen.errors import ProviderError
from testgen.providers import connect
from testgen.settings import Settings

KEY = "sk-very-secret-0123456789"
TOKEN = "ghp_other-secret-0123456789"
ENVIRON = {"API_KEY": KEY, "GITHUB_TOKEN": TOKEN}


def test_a_secret_reaches_neither_the_model_nor_the_run_nor_the_recording(endpoint, tmp_path):
    endpoint.will(Say(lambda prompt: f"{prompt}, {KEY} and {TOKEN}"))
    provider = connect(Settings(api_base=endpoint.url, record=tmp_path / "new"), ENVIRON, tmp_path)
    reply = provider.complete([Message("user", f"a test for {KEY}")])
    assert reply.text == "a test for [secret], [secret] and [secret]"
    assert endpoint.requests[0].prompt == "a test for [secret]"
    assert endpoint.requests[0].key == KEY
    recorded = (tmp_path / "new" / "0001.md").read_text()
    assert "a test for [secret]" in recorded
    assert KEY not in recorded
    assert TOKEN not in recorded


def test_an_endpoint_that_quotes_the_key_is_not_quoted(endpoint):
    endpoint.will(Fail(400, f"your key {KEY} looks odd"))
    provider = connect(Settings(api_base=endpoint.url), ENVIRON)
    with pytest.raises(ProviderError, match=r"your key \[secret\] looks odd") as caught:
        provider.complete([Message("user", "hi")])
    error = caught.value
    shown = "".join(traceback.format_exception(error)) + repr(error) + str(error) + repr(error.args)
    assert KEY not in shown
    assert error.__cause__ is None
    assert error.__context__ is None
