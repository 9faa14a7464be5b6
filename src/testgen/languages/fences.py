"""From a reply to the blocks of code in it: thinking dropped, fences of every kind read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from testgen.languages.lines import dedent

MOST_CHARACTERS = 400_000
"""No model answers more; what stands behind is not read."""

_CLOSINGS_TRIED = 8
_MOST_BLOCKS = 500
_TAG = "(think|thinking|thought|reasoning)"
_THINKING = re.compile(rf"^[ \t]*<{_TAG}>.*?(?:</\1>|\Z)", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_THOUGHT = re.compile(rf"\A.*?</{_TAG}>[ \t]*$", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_OPENING = re.compile(r"([ \t]*)(?:(?:[-*+>]|\d+[.)])[ \t]+)?(`{3,}|~{3,})[^`\n]*")


def readable(reply: str) -> str:
    """The reply without what no source file can hold and without the model's thinking."""
    text = reply[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\ufeff", "")
    return _THOUGHT.sub("", _THINKING.sub("", text), count=1)


def blocks(text: str, ends_in_string: Callable[[str], bool] = lambda _: False) -> tuple[str, ...]:
    """The contents of the fenced blocks; the last one may lack its closing fence.

    In a language whose strings may hold a fence, `ends_in_string` tells whether code stops inside one.
    """
    return tuple(islice(_blocks(text.split("\n"), ends_in_string), _MOST_BLOCKS))


def _blocks(lines: Sequence[str], ends_in_string: Callable[[str], bool]) -> Iterator[str]:
    index = 0
    while index < len(lines):
        opening = _OPENING.fullmatch(lines[index])
        index += 1
        if opening:
            closings = islice(_closings(lines, index, opening[2]), _CLOSINGS_TRIED)
            outside = (end for end in closings if not ends_in_string("\n".join(lines[index:end])))
            end = next(outside, len(lines))
            yield dedent("\n".join(lines[index:end]) + "\n", opening[1])
            index = end + 1


def _closings(lines: Sequence[str], start: int, fence: str) -> Iterator[int]:
    for index in range(start, len(lines)):
        line = lines[index].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            yield index
