from __future__ import annotations

import pytest

from endpoint import SERVER_ERROR, Fail, Say
from testgen.domain import Message, Usage
from testgen.errors import ProviderError
from testgen.files import OwnFolder
from testgen.providers import connect
from testgen.settings import Settings
from testgen.store import Store

KEY = "sk-very-secret-0123456789"
TALK = (Message("system", "you write tests"), Message("user", "test this"))


@pytest.fixture
def ask(endpoint, tmp_path):
    """Ask as a run of its own does."""

    def ask_(messages=TALK, **options):
        store = Store(OwnFolder(tmp_path))
        settings = Settings(**{"api_base": endpoint.url} | options)
        provider = connect(settings, {"API_KEY": KEY}, tmp_path, lambda _: None, store)
        reply = provider.complete(messages)
        provider.close()
        return reply

    return ask_


def test_the_same_question_is_asked_once(endpoint, ask):
    endpoint.will(Say("def test_a(): ..."), SERVER_ERROR)
    first, second = ask(), ask()
    assert first.usage.calls == 1
    assert (second.text, second.usage) == (first.text, Usage(remembered=1))
    assert second.usage.cost == 0
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"model": "gpt-4o-mini"},
        {"temperature": 0.5},
        {"reasoning_effort": "low"},
        {"max_output_tokens": 99},
        {"messages": (Message("user", "test that"),)},
        {"messages": (Message("user", "you write tests"), Message("user", "test this"))},
        {"fresh": True},
    ],
)
def test_another_question_is_another(endpoint, ask, other):
    endpoint.will(Say("one"), Say("two"))
    assert [ask().text, ask(**other).text] == ["one", "two"]


@pytest.mark.parametrize(
    ("one", "two", "asked"),
    [
        ("<Cart object at 0x7f00aa11>", "<Cart object at 0x7f00bb22>", 1),
        ("MASK = 0x7f00aa11", "MASK = 0x7f00bb22", 2),
    ],
)
def test_where_an_object_lies_in_memory_changes_nothing(endpoint, ask, one, two, asked):
    endpoint.always(Say("fine"))
    for text in (one, two):
        ask((Message("user", text),))
    assert len(endpoint.requests) == asked


def test_what_was_asked_anew_is_remembered_instead(endpoint, ask):
    endpoint.will(Say("one"), Say("two"))
    assert [ask().text, ask(fresh=True).text, ask().text] == ["one", "two", "two"]


@pytest.mark.parametrize("nothing", [Say(""), Say(refusal="I cannot help with that.")])
def test_an_answer_that_is_none_is_not_remembered(endpoint, ask, nothing):
    endpoint.will(nothing, Say("now I can"))
    ask()
    assert ask().text == "now I can"


def test_a_failure_is_not_remembered(endpoint, ask):
    endpoint.will(Fail(400, "no"), Say("fine"))
    with pytest.raises(ProviderError):
        ask()
    assert ask().text == "fine"


def test_no_secret_is_kept(endpoint, ask, tmp_path):
    endpoint.will(Say(f"the key is {KEY}"))
    ask((Message("user", f"a test for {KEY}"),))
    assert ask((Message("user", f"a test for {KEY}"),)).text == "the key is [secret]"
    kept = [path.read_bytes() for path in (tmp_path / ".testgen").iterdir()]
    assert any(b"[secret]" in data for data in kept)
    assert not any(KEY.encode() in data for data in kept)


def test_what_is_remembered_needs_no_budget(endpoint, ask):
    endpoint.will(Say("fine"))
    ask(max_output_tokens=50)
    assert ask(max_output_tokens=50, max_tokens=0).text == "fine"


def test_a_recording_has_what_was_remembered(endpoint, ask, tmp_path):
    endpoint.will(Say("fine"))
    ask()
    ask(record=tmp_path / "recording")
    assert "fine" in (tmp_path / "recording" / "0001.md").read_text()
