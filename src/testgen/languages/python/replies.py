"""Tests in a model's reply, whatever it looks like. Nothing in a reply raises: the worst is no tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from testgen.domain import Candidate
from testgen.languages import Parsed
from testgen.languages.fences import blocks, readable
from testgen.languages.listed import listed
from testgen.languages.python.checks import objection
from testgen.languages.python.reading import ends_in_string, is_python
from testgen.languages.python.salvage import Broken, Salvaged, salvage
from testgen.languages.python.splitting import split

_TEST = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def[ \t]+test|class[ \t]+\w)", re.MULTILINE)


def parse(reply: str) -> tuple[Parsed, ...]:
    """Every test of a reply in its order, then those that do not compile, each with the objection to it."""
    text = readable(reply)
    return _tests(blocks(text, ends_in_string)) or _tests((text,))


def _tests(texts: Sequence[str]) -> tuple[Parsed, ...]:
    parts = [salvage(code) for text in texts for code in _modules(text)]
    found = (Parsed(candidate, objection(candidate)) for candidate in split([part.text for part in parts]))
    return (*found, *_broken(parts))


def _modules(text: str) -> Sequence[str]:
    """A block is a module, or a list with a module for each entry."""
    if text.lstrip()[:1] in {"[", "{"} or not is_python(text):
        return listed(text, _TEST) or (text,)
    return (text,)


def _broken(parts: Sequence[Salvaged]) -> Iterator[Parsed]:
    for broken in dict.fromkeys(broken for part in parts for broken in part.broken):
        yield Parsed(_candidate(broken), f"does not compile: {broken.problem}")


def _candidate(broken: Broken) -> Candidate:
    return Candidate(name=broken.name, code=broken.text, owner=broken.owner)
