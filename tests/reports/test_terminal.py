from __future__ import annotations

import io
import os
import pty
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import pytest

from testgen.domain import Ending, Outcome, Result, Stop, TestResult, Usage
from testgen.events import Answered, Asking, Event, Judged, Measured, Noted, Stage
from testgen.reports import terminal
from testgen.reports.text import plain

SUMMARY = """
src/shop/cart.py  tests in tests/test_cart.py

  lines     ████████████████▓▓▓▓▓▓░░░░░░░░  56.0 % → 76.0 %  19 of 25  +5
  branches  ██████▓▓▓▓▓▓░░░░░░░░░░░░░░░░░░  20.0 % → 40.0 %  4 of 10  +2

Kept 2 of 9 candidates
  test_total_takes_the_discount_off  lines 22-25; branch 23→24
  test_add_refuses_fewer_than_one    line 17; branch 16→17

Refused 7
  parse      1  test_cart  it asserts nothing
  alone      2  AssertionError: assert Decimal('0.00') == 1
                test_total_of_nothing, test_total_is_one
  repeat     1  test_receipt_order  fails with PYTHONHASHSEED=7
  gain       1  test_add_again  reaches nothing that other tests do not
  company    1  test_patches_decimal  test_add fails after it
  needed     1  test_add_zero  others reach all that it does

Still missing  lines 11, 28-30, 33-34; branches 10→11, 23→25, 28→29, 28→30, 33→34, 33→exit

2 rounds with gpt-4o in 41.3 s; stopped: all iterations were used
5,630 tokens (2,048 cached, 44.7 % of the prompts) in 2 calls, $0.0199 \
($0.0100 a kept test, $0.0040 a line reached)
note: branches were measured without dynamic contexts

Written to tests/test_cart.py.
→ Read what was added: git diff -- tests/test_cart.py
→ Ask more often for what is missing: a higher --max-iterations.
"""
BRIEF = (
    "src/shop/cart.py: kept 2 of 9 candidates, lines 56.0 % → 76.0 %, branches 20.0 % → 40.0 %, "
    "$0.0199. Written to tests/test_cart.py.\n"
)
USUAL = """\
measuring the existing tests
before: lines 56.0 % (14 of 25), branches 20.0 % (2 of 10), by 2 existing tests in tests/test_cart.py
round 1: asking for Cart.total, Cart.add, Cart.cheapest and 1 more
round 1: 6 candidates in the reply; so far 2,740 tokens, $0.0117
  kept    test_total_takes_the_discount_off  +4 lines +1 branch
  alone   test_total_of_nothing  AssertionError: assert Decimal('0.00') == 1
note: the key is close to its limit
"""
FAILURE = """\
  alone   test_total_of_nothing  AssertionError: assert Decimal('0.00') == 1
          >       assert cart.total() == 1
          E       AssertionError: assert Decimal('0.00') == 1

          tests/test_cart.py:12: AssertionError
"""


EXISTING = tuple(
    TestResult(name, Outcome.PASSED, 0.1, None, "tests/test_cart.py") for name in ("test_add", "test_all")
)


def events(result: Result) -> tuple[Event, ...]:
    return (
        Stage("measuring the existing tests"),
        Measured(result.before, EXISTING),
        Asking(1, ("Cart.total", "Cart.add", "Cart.cheapest", "Cart.receipt")),
        Answered(1, 6, result.rounds[0].usage),
        Judged(result.verdicts[0]),
        Judged(result.verdicts[1]),
        Noted("the key is close\nto its limit"),
    )


def shown(happened: tuple[Event, ...], *, quiet: bool = False, verbose: bool = False) -> str:
    stream = io.StringIO()
    with terminal.progress(stream, quiet=quiet, verbose=verbose, environ={}) as emit:
        for event in happened:
            emit(event)
    return stream.getvalue()


def summed_up(result: Result, base: Path, *, quiet: bool = False, **environ: str) -> str:
    stream = io.StringIO()
    terminal.summary(result, stream, quiet=quiet, environ=environ, base=base)
    return stream.getvalue()


def test_the_summary(result: Result, base: Path) -> None:
    assert summed_up(result, base) == SUMMARY


def test_the_quiet_summary_is_one_line(result: Result, base: Path) -> None:
    assert summed_up(result, base, quiet=True) == BRIEF


def test_where_nothing_was_gained_one_figure_says_it(result: Result, base: Path) -> None:
    told = summed_up(replace(result, after=result.before), base)
    assert "░  56.0 %  14 of 25\n" in told
    assert "→ 56.0 %" not in told


def test_a_test_that_comes_back_is_named_once(result: Result, base: Path) -> None:
    told = summed_up(replace(result, rounds=(*result.rounds, *result.rounds)), base)
    assert "\n  parse      2  it asserts nothing\n                test_cart\n" in told


def test_several_reasons_at_a_gate_name_their_tests(result: Result, base: Path) -> None:
    alone = result.verdicts[1]
    others = [
        replace(alone, reason=f"reason {number}", name=f"test_{place}")
        for place, number in enumerate((1, 2, 2, 3, 4, 4, 5, 2), 1)
    ]
    many = replace(result, rounds=(replace(result.rounds[0], verdicts=tuple(others)),))
    assert (
        "  alone      8  does not pass alone\n"
        "                test_2, test_3 and 1 more  reason 2\n"
        "                test_5, test_6  reason 4\n"
        "                test_1  reason 1\n"
        "                test_4  reason 3\n"
        "                1 more for other reasons\n"
    ) in summed_up(many, base)


def test_a_run_that_asked_nothing_says_so(result: Result, base: Path) -> None:
    done = replace(result, before=result.after, rounds=(), new=None, ending=Ending())
    text = summed_up(done, base)
    assert "token" not in text
    assert "Kept" not in text
    assert "+" not in text


def test_an_unknown_price_is_said(result: Result, base: Path) -> None:
    unknown = replace(result, rounds=(replace(result.rounds[0], usage=Usage(1, 10, 0, 5, 0, None)),))
    assert "15 tokens in 1 call, price unknown\n" in summed_up(unknown, base)


def test_colours_only_where_they_are_wanted(result: Result, base: Path) -> None:
    assert "\x1b[" in summed_up(result, base, FORCE_COLOR="1", TERM="xterm")
    assert "\x1b[" not in summed_up(result, base, FORCE_COLOR="1", NO_COLOR="1")


def test_a_narrow_terminal_breaks_lines_between_words(
    result: Result, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream:
        terminal.summary(result, stream, quiet=False, environ={"TERM": "xterm"}, base=base)
        stream.flush()
        read = os.read(master, 65536).decode()
    os.close(master)
    lines = plain(read).splitlines()
    assert max(map(len, lines)) <= 60 < max(map(len, SUMMARY.splitlines()))
    assert " ".join(lines).split() == SUMMARY.split()


def test_a_stream_that_cannot_show_arrows_gets_ascii(result: Result, base: Path) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    terminal.summary(result, stream, quiet=False, environ={}, base=base)
    stream.flush()
    assert b"lines     ################++++++--------  56.0 % -> 76.0 %" in stream.buffer.getvalue()  # type: ignore[attr-defined]


def test_candidates_that_are_given_are_no_reply_and_no_round(result: Result, base: Path) -> None:
    assert shown((Answered(1, 3, Usage()),)) == "3 candidates given\n"
    assert "in the reply" in shown((Answered(1, 3, Usage(remembered=1)),))
    given = summed_up(replace(result, stop=Stop.GIVEN), base)
    assert "\nAll that was given was judged in 41.3 s\n" in given
    assert "round" not in given


def test_progress_as_lines(result: Result) -> None:
    assert shown(events(result)) == USUAL


def test_verbose_progress_tells_the_failure(result: Result) -> None:
    assert FAILURE in shown(events(result), verbose=True)
    assert FAILURE not in shown(events(result))


def test_quiet_progress_tells_only_problems(result: Result) -> None:
    assert shown(events(result), quiet=True) == "note: the key is close to its limit\n"


def test_hostile_text_drives_no_terminal(hostile: Result, base: Path) -> None:
    texts = [
        summed_up(hostile, base),
        summed_up(hostile, base, quiet=True),
        shown(tuple(map(Judged, hostile.verdicts)), verbose=True),
    ]
    assert all(character.isprintable() or character == "\n" for text in texts for character in text)


def test_lines_from_many_threads_stay_whole(result: Result) -> None:
    stream = io.StringIO()
    with terminal.progress(stream, quiet=False, verbose=False, environ={}) as emit:
        work = [lambda: [emit(Judged(result.verdicts[0])) for _ in range(50)] for _ in range(8)]
        threads = [threading.Thread(target=part) for part in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert stream.getvalue().splitlines() == [USUAL.splitlines()[4]] * 400


@contextmanager
def real_terminal() -> Iterator[tuple[TextIO, list[str]]]:
    """A pseudo-terminal to write to, and what was written to it once the block is left."""
    master, slave = pty.openpty()
    seen: list[str] = []
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        reader = threading.Thread(target=lambda: seen.append(_drained(master)))
        reader.start()
        yield stream, seen
    reader.join()
    os.close(master)


def _drained(master: int) -> str:
    content = bytearray()
    try:
        while piece := os.read(master, 4096):
            content += piece
    except OSError:
        pass  # the other end is closed
    return content.decode()


def test_a_terminal_gets_a_live_status(result: Result) -> None:
    with (
        real_terminal() as (stream, seen),
        terminal.progress(stream, quiet=False, verbose=False, environ={"TERM": "xterm"}) as emit,
    ):
        for event in (*events(result), Stage("judging")):
            emit(event)
        stream.flush()
        threading.Event().wait(0.4)
    assert "judging" in seen[0]
    assert "2 judged" in seen[0]
    assert "1 kept" in seen[0]
    assert "2,740 tokens · $0.0117" in seen[0]
    assert seen[0].count("test_total_takes_the_discount_off") == 1
    assert seen[0].rstrip().endswith(("\x1b[?25h", "\x1b[2K"))  # the cursor is back


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_show_gets_lines(result: Result, environ: dict[str, str]) -> None:
    with (
        real_terminal() as (stream, seen),
        terminal.progress(stream, quiet=False, verbose=False, environ=environ) as emit,
    ):
        for event in events(result):
            emit(event)
    assert seen[0].replace("\r\n", "\n") == USUAL


def test_the_cursor_comes_back_after_an_interrupt() -> None:
    with real_terminal() as (stream, seen), pytest.raises(KeyboardInterrupt):  # noqa: SIM117
        with terminal.progress(stream, quiet=False, verbose=False, environ={"TERM": "xterm"}):
            raise KeyboardInterrupt
    assert "\x1b[?25h" in seen[0]
