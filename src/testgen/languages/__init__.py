"""What differs from language to language: one module each, one Protocol, one literal dict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from testgen.domain import Candidate, Line
from testgen.languages.python import PYTHON


@dataclass(frozen=True, slots=True)
class Unit:
    """A definition of the source file: its qualified name and the lines from decorator to end."""

    name: str
    first_line: Line
    last_line: Line


@dataclass(frozen=True, slots=True)
class Parsed:
    """One thing found in a reply: a candidate, and why it cannot be a test ("" when it can)."""

    candidate: Candidate
    objection: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """A test file with candidates in it; `names` are their node ids in it, in the candidates' order."""

    content: bytes
    names: tuple[str, ...]


class Merger(Protocol):
    """One test file, parsed once, into which candidates are put as often as one likes."""

    def merge(self, candidates: Sequence[Candidate]) -> Merged:
        """The test file with the candidates where a person would have put them, the rest untouched."""
        ...


class Language(Protocol):
    """A language's syntax: pure functions from text to values."""

    def units(self, source: str) -> tuple[Unit, ...]:
        """Functions, methods and classes of a source file, outermost first."""
        ...

    def parse(self, reply: str) -> tuple[Parsed, ...]:
        """Every test in a model's reply, in its order, each with what it needs to stand alone."""
        ...

    def merger(self, old: bytes | None) -> Merger:
        """A merger for a test file's content (None: there is none yet); UsageError if it cannot be parsed."""
        ...


LANGUAGES: dict[str, Language] = {"python": PYTHON}
