from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from endpoint import SERVER_ERROR, Cut, Fail, Hang, Say, Tokens, unsupported
from shop import Shop, fenced
from test_main_job import GOOD, IMPORTS
from testgen.budget import Budget, Limits, Sum, most_tokens
from testgen.domain import Message, Reply, Usage
from testgen.errors import BudgetError, ProviderError, UsageError
from testgen.providers import connect
from testgen.providers.retry import Failure
from testgen.settings import Price, Settings

TALK = (Message("system", "s" * 100), Message("user", "u" * 100))
PROMPT = most_tokens(TALK)
DOLLAR = Price(1_000_000, 1_000_000, 1_000_000, 1_000_000)  # for each token


def asked(endpoint, times=1, **options):
    """Ask so many times; the provider's sleeps are not slept."""
    settings = Settings(api_base=endpoint.url, **{"max_output_tokens": 50} | options)
    provider = connect(settings, {}, sleep=lambda _: None)
    return [provider.complete(TALK) for _ in range(times)]


def test_a_prompt_has_fewer_tokens_than_the_bound_says():
    assert (PROMPT, most_tokens([Message("user", "äöü")])) == (132, 19)


@pytest.mark.parametrize(
    "options", [{"max_tokens": PROMPT + 50}, {"max_cost": PROMPT + 50.0, "price": DOLLAR}]
)
def test_the_last_question_that_fits_is_asked(endpoint, options):
    endpoint.will(Say("fine"))
    assert asked(endpoint, **options)[0].text == "fine"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"max_tokens": PROMPT + 49}, "it could take 182 tokens, and --max-tokens leaves 181"),
        (
            {"max_cost": PROMPT + 49.9, "price": DOLLAR},
            r"it could cost \$182.00, and --max-cost leaves \$181.90",
        ),
        ({"max_tokens": 0}, "leaves 0"),
        ({"max_cost": 0.0, "price": DOLLAR}, r"leaves \$0.00"),
        ({"max_time": 0.0}, "the 0 s of --max-time are over"),
    ],
)
def test_one_that_could_pass_a_limit_is_not(endpoint, options, says):
    endpoint.always(Say("fine"))
    with pytest.raises(BudgetError, match=says) as caught:
        asked(endpoint, **options)
    assert caught.value.remedy
    assert endpoint.requests == []


def test_what_was_really_used_counts(endpoint):
    endpoint.always(Say("fine", tokens=Tokens(10, 0, 5)))
    limit = 2 * 15 + PROMPT + 50
    assert len(asked(endpoint, 3, max_tokens=limit)) == 3
    with pytest.raises(BudgetError):
        asked(endpoint, 4, max_tokens=limit)


@pytest.mark.parametrize(
    ("step", "asked_times"),
    [
        (Cut(), 1),  # it may have to be paid for
        (SERVER_ERROR, 3),
        (Fail(429, "slow down"), 5),
    ],
)
def test_an_attempt_that_failed_counts_in_full_if_a_model_was_at_work(endpoint, step, asked_times):
    endpoint.always(step)
    with pytest.raises(ProviderError):
        asked(endpoint, max_tokens=PROMPT + 60)
    assert len(endpoint.requests) == asked_times


def test_an_answer_without_usage_counts_in_full(endpoint):
    endpoint.will(unsupported("stream_options"), Say("x", tokens=None), Say("x"))
    with pytest.raises(BudgetError):
        asked(endpoint, 2, max_tokens=2 * PROMPT)


def test_a_local_model_costs_nothing(endpoint):
    endpoint.will(Say("fine"))
    assert asked(endpoint, max_cost=0.0, model="ollama/llama3")[0].usage.cost == 0


def test_an_unknown_price_is_not_guessed(endpoint):
    with pytest.raises(UsageError, match="the price of my-own is not known") as caught:
        asked(endpoint, max_cost=1.0, model="my-own")
    assert "--price" in caught.value.remedy
    endpoint.will(Say("fine", tokens=Tokens(1_000_000)))
    [reply] = asked(endpoint, max_cost=500.0, model="my-own", price=Price(2, 8, 2, 8))
    assert reply.usage.cost == pytest.approx(2.00016)


@pytest.mark.parametrize(("really", "third"), [(1, Reply), (PROMPT + 50, Failure)])
def test_questions_at_the_same_time_share_the_budget(really, third):
    """Two are under way and could use it up; whether a third may be asked is known later."""
    budget = Budget(Limits(2 * (PROMPT + 50), None, 50), None)
    under_way, go_on = threading.Semaphore(0), threading.Event()

    def attempt():
        under_way.release()
        go_on.wait(5)
        return Reply("fine", Usage(1, really))

    with ThreadPoolExecutor(3) as threads:
        first = [threads.submit(budget.spend, TALK, attempt) for _ in range(2)]
        for _ in first:
            assert under_way.acquire(timeout=5)
        waits = threads.submit(budget.spend, TALK, attempt)
        assert not under_way.acquire(timeout=0.1)
        assert not waits.done()
        go_on.set()
        assert isinstance(waits.result(), third)


def test_thinking_that_costs_more_is_reckoned_with():
    limits = Limits(None, float(PROMPT + 100), 50)
    budget = Budget(limits, Price(1_000_000, 0, 0, 2_100_000))
    assert isinstance(budget.spend(TALK, lambda: Reply("", Usage())), Failure)
    assert limits.objection(Sum(0, 1.0), Sum(0, 50.0)) == ""


def test_a_reply_is_waited_for_until_the_time_is_over(endpoint):
    endpoint.will(Say("fine"), Hang(20))
    with pytest.raises(BudgetError, match=r"the 0\.4 s of --max-time"):
        asked(endpoint, 2, max_time=0.4)
    assert len(endpoint.requests) == 2


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


def test_a_run_ends_with_its_budget_and_writes_what_was_kept(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD), tokens=Tokens(9_000, 0, 999)))
    limits = ("--max-tokens", "10000", "--max-output-tokens", "500")
    ended = shop.testgen(*limits, "--report", "json:-", endpoint=endpoint)
    assert (ended.code, ended.report["stop"]["code"]) == (0, "budget"), ended.stderr
    assert "--max-tokens leaves 1" in ended.report["notes"][-1]
    assert len(endpoint.requests) == 1
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()


def test_a_run_whose_first_question_costs_too_much_asks_nothing(shop, endpoint):
    ended = shop.testgen("--max-cost", "0.01", endpoint=endpoint)
    assert (ended.code, endpoint.requests) == (4, [])
    assert "--max-cost leaves $0.01" in ended.stderr
    assert "--max-output-tokens" in ended.stderr


def test_a_limit_in_money_needs_a_price(shop, endpoint):
    ended = shop.testgen("--max-cost", "1", "--model", "my-own", endpoint=endpoint)
    assert (ended.code, endpoint.requests) == (2, [])
    assert "--price" in ended.stderr
