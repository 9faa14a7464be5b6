"""Tests in a model's reply, whatever it looks like. Nothing in a reply raises: the worst is no tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testgen.domain import Candidate
from testgen.languages import Parsed
from testgen.languages.fences import blocks, readable
from testgen.languages.listed import listed
from testgen.languages.trees.nodes import error_line
from testgen.languages.trees.pieces import Dialect
from testgen.languages.trees.salvage import Salvaged, fits, salvage
from testgen.languages.trees.splitting import assembled, split


def parse(dialect: Dialect, reply: str) -> tuple[Parsed, ...]:
    """Every test of a reply in its order, then those that do not fit, each with the objection to it."""
    text = readable(reply)
    return _tests(dialect, blocks(text)) or _tests(dialect, (text,))


def _tests(dialect: Dialect, texts: Sequence[str]) -> tuple[Parsed, ...]:
    parts = [salvage(dialect, code) for text in texts for code in _modules(dialect, text)]
    found = split(dialect, [part.text for part in parts])
    return (*(Parsed(one, _objection(dialect, one)) for one in found), *_broken(parts))


def _modules(dialect: Dialect, text: str) -> Sequence[str]:
    """A block is a module, or a list with a module for each entry."""
    if text.lstrip()[:1] in {"[", "{"} or not fits(dialect, text):
        return listed(text, dialect.hint) or (text,)
    return (text,)


def _objection(dialect: Dialect, candidate: Candidate) -> str:
    document = assembled(dialect, candidate)
    line = error_line(document.tree)
    return f"does not compile: syntax error (line {line})" if line else dialect.objection(document)


def _broken(parts: Sequence[Salvaged]) -> Iterator[Parsed]:
    for broken in dict.fromkeys(one for part in parts for one in part.broken):
        yield Parsed(Candidate(broken.name, broken.text), f"does not compile: {broken.problem}")
