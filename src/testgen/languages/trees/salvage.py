"""The part of a block of code that fits the grammar, and the tests in it that do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from testgen.languages.trees.document import Document
from testgen.languages.trees.nodes import Edit, edited, error_line, walk
from testgen.languages.trees.pieces import Dialect, Kind, Piece

_MOST_SWALLOWED = 8  # statements that one string may hold
_MOST_BROKEN = 50  # a reply with more broken statements is no code
_MOST_CUTS = 40  # lines that are given up at the end of a reply which was cut
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Broken:
    """A test that does not fit the grammar, and what is wrong."""

    name: str
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Code that fits the grammar, and the tests that had to be left out of it."""

    text: str
    broken: tuple[Broken, ...] = ()


def fits(dialect: Dialect, text: str) -> bool:
    """Whether the text is a whole file in the language."""
    return error_line(dialect.document(text.encode()).tree) is None


def salvage(dialect: Dialect, text: str) -> Salvaged:
    """Every statement that fits by itself, in its order; of a broken group, its good members."""
    if fits(dialect, text):
        return Salvaged(text)
    lines = text.split("\n")
    starts = [index for index, line in enumerate(lines) if dialect.starts.match(line)]
    parts = list(_salvaged(dialect, lines, [*starts, len(lines)]))
    return Salvaged("\n".join(part.text for part in parts), tuple(b for part in parts for b in part.broken))


def _salvaged(dialect: Dialect, lines: Sequence[str], starts: Sequence[int]) -> Iterator[Salvaged]:
    position = failures = 0
    while position < len(starts) - 1 and failures < _MOST_BROKEN:
        start = starts[position]
        stop = _valid_stop(dialect, lines, starts[position:])
        if stop is None:
            failures, stop = failures + 1, starts[position + 1]
            yield _mended(dialect, "\n".join(lines[start:stop]))
        else:
            yield Salvaged("\n".join(lines[start:stop]))
        position = next(index for index, one in enumerate(starts) if one >= stop)


def _valid_stop(dialect: Dialect, lines: Sequence[str], starts: Sequence[int]) -> int | None:
    """Where the statement that begins at the first of the starts ends, if any end makes it fit."""
    for _, stop in islice(pairwise(starts), _MOST_SWALLOWED):
        for end in (_prose(lines, starts[0], stop), stop):
            if fits(dialect, "\n".join(lines[starts[0] : end])):
                return end
    return None


def _prose(lines: Sequence[str], start: int, stop: int) -> int:
    """The first line behind a statement that stands at the margin and closes nothing; else `stop`."""
    outside = re.compile(r"[^\s)\]}/*@#]")
    return next((i for i in range(start + 1, stop) if outside.match(lines[i])), stop)


def _mended(dialect: Dialect, text: str) -> Salvaged:
    """A broken statement without its broken members, or closed where the reply was cut."""
    text = text.rstrip()
    document = dialect.document(text.encode())
    bad = [piece for piece in _members(dialect.pieces(document)) if piece.node.has_error]
    rest = edited(document.text, (Edit(piece.start, piece.end, b"") for piece in bad)).decode()
    if bad and fits(dialect, rest):
        return Salvaged(rest, tuple(_broken(document, one) for one in bad if one.kind is Kind.TEST))
    closed = _closed(dialect, text)
    named = dialect.hint.findall(text.removeprefix(closed))[-1:]
    problem = f"syntax error (line {error_line(document.tree)})"
    broken = tuple(Broken(name, text, problem) for name in named)
    return Salvaged(_with_ends(dialect, closed), broken)


def _members(pieces: Sequence[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        if piece.kind is Kind.GROUP:
            yield from _members(piece.inner)
        else:
            yield piece


def _broken(document: Document, piece: Piece) -> Broken:
    text = document.part(piece.start, piece.end)
    wrong = next((n for n in walk(piece.node) if n.is_error or n.is_missing), piece.node)
    line = wrong.start_point[0] - piece.node.start_point[0] + 1
    return Broken(piece.name, text, f"syntax error (line {line})")


def _closed(dialect: Dialect, text: str) -> str:
    """As many lines from the beginning as make a statement once it is closed; "" if none do."""
    lines = text.split("\n")
    for end in range(len(lines) - 1, max(0, len(lines) - _MOST_CUTS), -1):
        head = "\n".join(lines[:end])
        if lines[end - 1].strip().startswith(("}", ")")) and fits(dialect, _with_ends(dialect, head)):
            return head
    return ""


def _with_ends(dialect: Dialect, text: str) -> str:
    """The text with all that is open in it closed."""
    opened: list[str] = []
    for node in walk(dialect.document(text.encode()).root):
        if node.type in _CLOSING and not node.children:
            opened.append(node.type)
        elif opened and node.type == _CLOSING[opened[-1]] and not node.is_missing:
            opened.pop()
    return text + ("\n" + "".join(_CLOSING[one] for one in reversed(opened)) if opened else "")
