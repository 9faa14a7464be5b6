"""Lines of code, whatever language they are in."""

from __future__ import annotations

import re

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def split_lines(text: str) -> list[str]:
    """Lines with their ends, split where Python's own tokenizer splits (not at form feeds)."""
    return _LINE.findall(text)


def dedent(text: str, prefix: str, inside: frozenset[int] = frozenset()) -> str:
    """Take the prefix off every line but those that begin inside a string (numbers from 1)."""
    return "".join(
        line if number in inside else line.removeprefix(prefix)
        for number, line in enumerate(split_lines(text), 1)
    )


def flush_left(text: str) -> str:
    """Take the first line's indentation off all lines; for text that may not parse yet."""
    first = next((line for line in split_lines(text) if line.strip()), "")
    return dedent(text, first[: len(first) - len(first.lstrip())])
