from __future__ import annotations

import pytest

from testgen.domain import Reply, Usage
from testgen.errors import ProviderError
from testgen.providers.retry import Failure, Kind, Patience

REPLY = Reply("done", Usage())


def failed(kind, wait=None):
    return Failure(kind, ProviderError(f"{kind.name} failure", "do something"), wait)


def play(*answers, max_wait=60.0):
    """What came out, and the seconds slept on the way."""
    slept = []
    script = iter(answers)
    try:
        return Patience(max_wait, slept.append).ask((), lambda: next(script)), slept
    except ProviderError as error:
        return error, slept


@pytest.mark.parametrize(
    ("kind", "wait", "failures", "slept"),
    [
        (Kind.HICCUP, None, 1, [1]),
        (Kind.HICCUP, None, 2, [1, 2]),
        (Kind.HICCUP, 5, 2, [5, 5]),
        (Kind.BUSY, None, 4, [1, 2, 4, 8]),
        (Kind.BUSY, 0, 1, [0]),
        (Kind.BUSY, 60, 1, [60]),
    ],
)
def test_asks_again(kind, wait, failures, slept):
    assert play(*[failed(kind, wait)] * failures, REPLY) == (REPLY, slept)


@pytest.mark.parametrize(("kind", "tries"), [(Kind.FINAL, 1), (Kind.HICCUP, 3), (Kind.BUSY, 5)])
def test_gives_up(kind, tries):
    error, slept = play(*[failed(kind)] * tries)
    assert error.cause == f"{kind.name} failure"
    assert len(slept) == tries - 1


def test_a_wait_beyond_the_limit_is_not_waited():
    error, slept = play(failed(Kind.BUSY, 61))
    assert error.cause == "BUSY failure; the endpoint asks to wait 61 s, and the limit is 60 s"
    assert "--max-wait" in error.remedy
    assert slept == []


def test_own_pauses_keep_within_the_limit():
    assert play(*[failed(Kind.BUSY)] * 4, REPLY, max_wait=3) == (REPLY, [1, 2, 3, 3])
