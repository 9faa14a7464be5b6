"""The part of a block of code that compiles, and the tests in it that do not."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from testgen.languages.lines import flush_left, split_lines
from testgen.languages.python.reading import NotPythonError, checked_tree_of, is_python

_MOST_SWALLOWED = 8  # definitions that one string may hold
_MOST_BROKEN = 100  # a reply with more broken statements is no code
_DEEPEST = 32  # columns; a class body that begins behind them is not searched

_START = re.compile(
    r"[ \t]*(?:@|(?:def|async|class|import|from|with|for|while|if)\b|try\s*:"
    r"|[A-Za-z_][\w.\[\]\"', ]*(?::[^=]*)?=[^=])"
)
_DEFINES = re.compile(r"[ \t]*(?:def|async|class)\b")
_CONTINUES = re.compile(r"[ \t]*(?:[)\]}#@]|(?:else|elif|except|finally|case)\b)")
_TEST = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)", re.MULTILINE)
_CLASS = re.compile(r"[ \t]*class[ \t]+(\w+)")


@dataclass(frozen=True, slots=True)
class Broken:
    """A test that does not compile, the class it stands in ("" for none), and what is wrong with it."""

    name: str
    owner: str
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Code that compiles, and the tests that had to be left out of it."""

    text: str
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True)
class _Body:
    """Lines with statements at one column; `head` is what must stand before a statement to make it valid."""

    lines: Sequence[str]
    column: int = 0
    head: str = ""
    owner: str = ""


def salvage(text: str) -> Salvaged:
    """Keep every statement that compiles by itself, in its order; of a broken class, its good members."""
    text = flush_left(text)
    return Salvaged(text) if is_python(text) else _salvage(_Body(split_lines(text)))


def _salvage(body: _Body) -> Salvaged:
    starts = _starts(body)
    parts: list[Salvaged] = []
    failures = position = 0
    while position < len(starts) - 1 and failures < _MOST_BROKEN:
        start, stop = starts[position], _valid_stop(body, starts, position)
        if stop is None:
            failures, stop = failures + 1, starts[position + 1]
            parts.append(_salvage_statement(body, start, stop))
        else:
            parts.append(Salvaged("".join(body.lines[start:stop])))
        position = bisect_left(starts, stop)
    return Salvaged("".join(part.text for part in parts), tuple(b for part in parts for b in part.broken))


def _starts(body: _Body) -> tuple[int, ...]:
    """Indices of the lines on which a statement seems to begin, and the number of lines."""
    starts: list[int] = []
    decorated = False
    for index, line in enumerate(body.lines):
        if _column(line) == body.column and _START.match(line):
            if not decorated:
                starts.append(index)
            decorated = line.lstrip().startswith("@")
    return (*starts, len(body.lines))


def _valid_stop(body: _Body, starts: Sequence[int], position: int) -> int | None:
    """Where the statement that begins at starts[position] ends, if any end makes it compile."""
    start = starts[position]
    for last, stop in islice(pairwise(starts[position:]), _MOST_SWALLOWED):
        for end in (_dedent(body, last, stop), stop):
            if is_python(body.head + "".join(body.lines[start:end])):
                return end
    return None


def _dedent(body: _Body, start: int, stop: int) -> int:
    """The first line after a statement that cannot belong to it, such as prose; else `stop`."""
    for index in range(start + 1, stop):
        line = body.lines[index]
        outside = line.strip() and _column(line) <= body.column
        if outside and not (_CONTINUES.match(line) or _DEFINES.match(line)):
            return index
    return stop


def _salvage_statement(body: _Body, start: int, stop: int) -> Salvaged:
    inner = _class_body(body, start, stop)
    if inner:
        kept = _salvage(inner)
        head = inner.head.removeprefix(body.head)
        return replace(kept, text=head + kept.text if kept.text else "")
    text = "".join(body.lines[start : _dedent(body, start, stop)])
    name = _TEST.search(text)
    return Salvaged(
        "", (Broken(name[1], body.owner, text.rstrip(), _problem(body.head, text)),) if name else ()
    )


def _class_body(body: _Body, start: int, stop: int) -> _Body | None:
    """What stands in a class whose own first lines are in order; None for anything else."""
    lines = body.lines[start:stop]
    opening = next((index for index, line in enumerate(lines) if _CLASS.match(line)), None)
    if opening is None or not all(_CONTINUES.match(line) for line in _flush(lines[:opening], body.column)):
        return None
    first = next((i for i in range(opening + 1, len(lines)) if _column(lines[i]) > body.column), len(lines))
    head = body.head + "".join(lines[:first])
    column = _column(lines[first]) if first < len(lines) else 0
    if not body.column < column <= _DEEPEST or not is_python(f"{head}{' ' * column}pass\n"):
        return None
    name = _CLASS.match(lines[opening])
    owner = ".".join(filter(None, [body.owner, name[1] if name else ""]))
    return _Body(lines[first:], column, head, owner)


def _flush(lines: Sequence[str], column: int) -> Iterator[str]:
    return (line for line in lines if _column(line) == column)


def _problem(head: str, text: str) -> str:
    try:
        checked_tree_of(head + text)
    except NotPythonError as error:
        line = error.line - len(split_lines(head))
        return f"{error.problem} (line {line})"
    return "incomplete"


def _column(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else -1
