from __future__ import annotations

import pytest

from endpoint import Fail, Say, Tokens
from testgen.domain import Finish, Message
from testgen.providers import connect
from testgen.providers.continuing import GO_ON, joined
from testgen.settings import Settings

TALK = (Message("user", "test this"),)


@pytest.fixture
def ask(endpoint):
    return lambda **options: connect(Settings(api_base=endpoint.url, **options), {}).complete(TALK)


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_cut_reply_is_asked_to_go_on_and_both_are_paid(endpoint, ask, api):
    endpoint.will(
        Say("def test_a", "length", tokens=Tokens(10, 0, 5)), Say("(): ...", tokens=Tokens(20, 8, 7))
    )
    reply = ask(api=api)
    assert (reply.text, reply.finish) == ("def test_a(): ...", Finish.STOP)
    usage = reply.usage
    assert (usage.calls, usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (2, 30, 8, 12)
    body = endpoint.requests[1].body
    turns = [(turn["role"], turn["content"]) for turn in body.get("messages") or body["input"]]
    assert turns == [("user", "test this"), ("assistant", "def test_a"), ("user", GO_ON)]


def test_it_is_asked_once(endpoint, ask):
    endpoint.always(Say("more ", "length"))
    assert (reply := ask()).text == "more more "
    assert (reply.finish, len(endpoint.requests)) == (Finish.LENGTH, 2)


@pytest.mark.parametrize("step", [Say("whole"), Say("", "length"), Say("no", "content_filter")])
def test_others_are_left_as_they_are(endpoint, ask, step):
    endpoint.will(step)
    assert ask().text == step.text
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("options", [{}, {"max_tokens": 150, "max_output_tokens": 60}])
def test_what_came_is_used_if_the_rest_cannot_be_had(endpoint, ask, options):
    endpoint.will(Say("def test_a(): ...\ndef te", "length"), Fail(401, "no"))
    reply = ask(**options)
    assert (reply.text, reply.finish) == ("def test_a(): ...\ndef te", Finish.LENGTH)
    assert len(endpoint.requests) == (1 if options else 2)


@pytest.mark.parametrize(
    ("text", "more", "whole"),
    [
        ("```python\nx = ", "1\n```", "```python\nx = 1\n```"),
        ("```python\nx = 1\n", "```python\ny = 2\n```", "```python\nx = 1\ny = 2\n```"),
        ("```python\nx = 1", "\n```\ny = 2\n```", "```python\nx = 1\ny = 2\n```"),
        ("```python\nx = 1\n```\nThen:\n", "```python\ny = 2\n```", None),
        ("x = 1\n", "```python\ny = 2\n```", None),
    ],
)
def test_a_fence_that_is_open_is_not_opened_again(text, more, whole):
    assert joined(text, more) == (whole or text + more)
