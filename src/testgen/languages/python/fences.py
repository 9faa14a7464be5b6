"""From a reply to the blocks of code in it: thinking dropped, fences of every kind read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from testgen.languages.python.indenting import dedent
from testgen.languages.python.reading import ends_in_string

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


def blocks(text: str) -> tuple[str, ...]:
    """The contents of the fenced blocks; the last one may lack its closing fence."""
    return tuple(islice(_blocks(text.split("\n")), _MOST_BLOCKS))


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    index = 0
    while index < len(lines):
        opening = _OPENING.fullmatch(lines[index])
        index += 1
        if opening:
            end = _end(lines, index, opening[2])
            yield dedent("\n".join(lines[index:end]) + "\n", opening[1])
            index = end + 1


def _end(lines: Sequence[str], start: int, fence: str) -> int:
    """Where a block ends: at its first closing fence that does not stand in a string."""
    for end in islice(_closings(lines, start, fence), _CLOSINGS_TRIED):
        if not ends_in_string("\n".join(lines[start:end])):
            return end
    return len(lines)


def _closings(lines: Sequence[str], start: int, fence: str) -> Iterator[int]:
    for index in range(start, len(lines)):
        line = lines[index].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            yield index
