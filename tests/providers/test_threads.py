"""The whole chain of providers, asked by several threads at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest

from endpoint import Say, Tokens, rate_limited
from testgen.domain import Message, Reply, Usage
from testgen.errors import BudgetError, ProviderError
from testgen.files import OwnFolder
from testgen.providers import connect
from testgen.providers.dialogue import Answer, Dialogue, Extra
from testgen.providers.endpoint import resolve
from testgen.providers.replay import Recording, Replay
from testgen.providers.retry import Failure, Kind, Patience
from testgen.settings import Settings
from testgen.store import Store

MANY = 12
TALKS = [(Message("system", "you test"), Message("user", f"question {number}")) for number in range(MANY)]


def echo(prompt):
    return "answer to " + prompt.rpartition("\n")[2]


def all_at_once(provider, talks=TALKS):
    with ThreadPoolExecutor(len(talks)) as threads:
        return list(threads.map(provider.complete, talks))


@pytest.mark.parametrize("more", [{}, {"max_time": 60.0}, {"provider": "litellm", "model": "openai/gpt-4o"}])
def test_every_thread_gets_its_own_answer(endpoint, tmp_path, more):
    endpoint.always(Say(echo))
    store = Store(OwnFolder(tmp_path))
    settings = Settings(**{"api_base": endpoint.url, "record": tmp_path / "record"} | more)
    said = [reply.text for reply in all_at_once(connect(settings, {"API_KEY": "k"}, tmp_path, memory=store))]
    assert said == [f"answer to question {number}" for number in range(MANY)]
    assert len(list((tmp_path / "record").iterdir())) == MANY
    assert store.trouble == ""
    again = connect(Settings(replay=tmp_path / "record"), {})
    assert [reply.text for reply in all_at_once(again)] == said


def test_what_one_thread_learns_of_the_endpoint_is_no_failure_of_another(endpoint):
    """Two are refused for the same thing at once; each asks again without it."""
    both = threading.Barrier(2)
    refusal = httpx.Response(400, request=httpx.Request("POST", endpoint.url))

    def ask(_, without):
        if Extra.TEMPERATURE not in without:
            both.wait(timeout=10)
            raise openai.BadRequestError("no temperature, please", response=refusal, body=None)
        return Answer("fine", "", "stop", Usage(1), "m")

    target = resolve(Settings(api_base=endpoint.url, temperature=0.5), {})
    dialogue = Dialogue(target, Patience(0), ask, lambda: None)
    assert [reply.text for reply in all_at_once(dialogue, TALKS[:2])] == ["fine", "fine"]


def test_a_limit_is_kept_with_several_under_way(endpoint):
    """Each may take 50 tokens more than its prompt; two fit at a time, and none is asked beyond the limit."""
    endpoint.always(Say(echo, tokens=Tokens(50, 0, 10)))
    settings = Settings(api_base=endpoint.url, max_tokens=400, max_output_tokens=50)
    provider = connect(settings, {"API_KEY": "k"})

    def ask(talk):
        try:
            return provider.complete(talk).usage
        except BudgetError:
            return None

    with ThreadPoolExecutor(MANY) as threads:
        spent = [usage for usage in threads.map(ask, TALKS) if usage]
    total = sum(usage.prompt_tokens + usage.completion_tokens for usage in spent)
    assert 300 <= total <= 400
    assert len(spent) == len(endpoint.requests)


def test_while_one_waits_for_a_rate_limit_nobody_asks():
    waiting, go_on = threading.Event(), threading.Event()
    asked = []

    def sleep(_):
        waiting.set()
        assert go_on.wait(10)

    patience = Patience(60, sleep)
    busy = iter([Failure(Kind.BUSY, ProviderError("busy"), 5), Reply("first", Usage())])
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(patience.ask, (), lambda: next(busy))
        assert waiting.wait(10)
        second = threads.submit(patience.ask, (), lambda: asked.append(1) or Reply("second", Usage()))
        time.sleep(0.1)
        assert asked == []
        go_on.set()
        assert (first.result().text, second.result().text) == ("first", "second")


def test_two_that_are_limited_at_once_wait_only_once():
    slept, clock, both = [], {"now": 0.0}, threading.Barrier(2)

    def sleep(seconds):
        slept.append(seconds)
        time.sleep(0.1)  # the other one comes meanwhile
        clock["now"] += seconds

    def ask(patience):
        answers = iter([Failure(Kind.BUSY, ProviderError("busy"), 5), Reply("fine", Usage())])

        def attempt():
            answer = next(answers)
            if isinstance(answer, Failure):
                both.wait(timeout=10)
            return answer

        return patience.ask((), attempt)

    patience = Patience(60, sleep, clock=lambda: clock["now"])
    with ThreadPoolExecutor(2) as threads:
        assert [one.text for one in threads.map(ask, [patience] * 2)] == ["fine", "fine"]
    assert sorted(slept) == [0.0, 5]


def test_a_real_rate_limit_is_waited_for_by_all(endpoint):
    endpoint.will(*[rate_limited(after=0.05)] * 3).always(Say(echo))
    provider = connect(Settings(api_base=endpoint.url), {"API_KEY": "k"})
    assert len(all_at_once(provider)) == MANY


def test_files_of_a_recording_are_numbered_as_the_questions_were_asked(tmp_path):
    first_asked = threading.Event()

    class Slow:
        name = model = "slow"

        def complete(self, messages):
            first_asked.set()
            time.sleep(0.2 if messages == TALKS[0] else 0)
            return Reply(messages[1].text, Usage())

        def close(self):
            pass

    provider = Recording(Slow(), tmp_path / "record")
    with ThreadPoolExecutor(2) as threads:
        threads.submit(provider.complete, TALKS[0])
        first_asked.wait(10)
        threads.submit(provider.complete, TALKS[1])
    replay = Replay(tmp_path / "record")
    anything = (Message("user", "something else"),)
    assert [replay.complete(anything).text for _ in range(2)] == ["question 0", "question 1"]
