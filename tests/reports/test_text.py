from __future__ import annotations

import io

import pytest

from testgen.reports.text import encodable, one_line, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("één → 1 × 🙂", "één → 1 × 🙂"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[H\x1b[?25lgone", "gone"),
        ("\x9b31mred\x9b0m", "red"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;unended\nnext line", "\nnext line"),
        ("\x1bPdevice\x1b\\text \x1b_program\x9ctext", "text text"),
        ("\x1b(B\x1b=\x1bcreset", "reset"),
        ("lone \x1b", "lone "),
        ("over\x08\x08\rwritten\x00\x7f\x85", "overwritten"),
        ("dos\r\nlines\r\n", "dos\nlines\n"),
        ("\x1b\x1b[31m[31mtwice", "[31mtwice"),
        ("half \ud800 and turned \u202egnp.exe", "half � and turned �gnp.exe"),
    ],
)
def test_plain_drops_what_drives_a_terminal_and_nothing_else(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [("a\n  b\tc ", 0, "a b c"), ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("\x1b[1m", 3, "")],
)
def test_one_line(text: str, most: int, shown: str) -> None:
    assert one_line(text, most) == shown


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "12→15 █▓░ 3 × é"),
        ("latin-1", "12->15 #+- 3 x é"),
        ("ascii", "12->15 #+- 3 x \\xe9"),
    ],
)
def test_encodable_falls_back_where_the_stream_cannot_show_it(encoding: str, shown: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert encodable("12→15 █▓░ 3 × é", stream) == shown
