"""What differs from language to language: one module each, one Protocol, one literal dict."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from testgen.domain import Candidate, Failure, Line, Reach
from testgen.languages.go import GO
from testgen.languages.java import JAVA
from testgen.languages.javascript import JAVASCRIPT, TSX, TYPESCRIPT
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
    """A test file with candidates in it; `names` are what the runner calls them, in the candidates' order.

    For pytest that is the node id without the file. How it may differ in a report, see `Language.is_case`.
    """

    content: bytes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """That a call with these arguments gives this value, both as source text; `line` is where it is said."""

    call: str
    value: str
    line: Line = field(default=0, compare=False)

    def contradicts(self, other: Claim) -> bool:
        """Whether both cannot be true."""
        return self.call == other.call and self.value != other.value


class Merger(Protocol):
    """One test file, parsed once, into which candidates are put as often as one likes."""

    def merge(self, candidates: Sequence[Candidate]) -> Merged:
        """The test file with the candidates where a person would have put them, the rest untouched."""
        ...


class Proof(Protocol):
    """What a language knows of tests as evidence: pure functions."""

    def examples(self, source: str) -> tuple[Claim, ...]:
        """What the documentation in a source file says that calls give."""
        ...

    def claims(self, candidate: Candidate) -> tuple[Claim, ...]:
        """What a test asserts that calls give."""
        ...

    def one_case(self, candidate: Candidate, number: int) -> Candidate:
        """A parametrised test with only that one of its cases, which count from 0; others as they are."""
        ...

    def smaller(self, candidate: Candidate) -> Iterator[Candidate]:
        """The test without one of its statements, the last one first."""
        ...

    def expected_to_fail(self, candidate: Candidate, reason: str, *, runs: bool) -> Candidate:
        """The test marked so that it counts as green as long as it fails; `runs` is whether it is tried."""
        ...


@dataclass(frozen=True, slots=True)
class Family:
    """Tests that differ in literals only and can become one: their names, the new one's, its cases' ids."""

    members: tuple[str, ...]
    name: str
    ids: tuple[str, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """The names of the new test's cases, in the order of the members."""
        return tuple(f"{self.name}[{one}]" for one in self.ids)


class Reduction(Protocol):
    """How a test file gets smaller: pure functions, which raise UsageError if it cannot be parsed.

    Tests are named as the runner calls them, without the file.
    """

    def codes(self, content: bytes) -> dict[str, str]:
        """The text of each test by its name, in the order of the file."""
        ...

    def separable(self, content: bytes) -> frozenset[str]:
        """The tests that can be taken out, as far as the text tells."""
        ...

    def without(self, content: bytes, names: Collection[str]) -> bytes:
        """The file without some separable tests and what only they used, all else as it was to the byte."""
        ...

    def families(self, content: bytes, names: Collection[str]) -> tuple[Family, ...]:
        """Near-duplicates among the tests named, that can become one parametrised test each."""
        ...

    def folded(self, content: bytes, family: Family) -> bytes:
        """The file with such near-duplicates as one test."""
        ...


class Language(Protocol):
    """A language's syntax and habits: pure functions from text to values, but for `test_file`, which looks.

    `name` is what fences call it; what the model is told about it stands in prompts/language-NAME.md.j2.
    `suffixes` are those of its files, such as ".py".
    """

    @property
    def name(self) -> str:
        """Its name in lower case."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """How its files end, dot included."""
        ...

    @property
    def understood(self) -> bool:
        """Whether `context` reads more than text in a source: forks, imports, calls, an outline."""
        ...

    def test_file(self, root: Path, source: Path) -> Path:
        """The file where a person would look for the tests of a source in a project; it need not exist."""
        ...

    def blank(self, source: str, test_file: Path) -> bytes:
        """What a test file for a source begins with that is still to be made; b"" where nothing is needed."""
        ...

    def units(self, source: str) -> tuple[Unit, ...]:
        """Functions, methods and classes of a source file, outermost first."""
        ...

    def spans(self, source: str) -> tuple[range, ...]:
        """The lines of every statement that stands on several; coverage counts it as its first."""
        ...

    def idle(self, source: str, version: str, missing: Reach) -> Reach:
        """The part of what is missing that no test here is meant to reach; `version` is the interpreter's."""
        ...

    def parse(self, reply: str) -> tuple[Parsed, ...]:
        """Every test in a model's reply, in its order, each with what it needs to stand alone."""
        ...

    def merger(self, old: bytes) -> Merger:
        """A merger for a test file's content; UsageError if it cannot be parsed."""
        ...

    def is_case(self, reported: str, name: str) -> bool:
        """Whether a test that the runner reports is the one of that name, or one case of it."""
        ...

    def asserts(self, failure: Failure) -> bool:
        """Whether it is a test's own assertion that failed, by what a runner says of it."""
        ...

    @property
    def proof(self) -> Proof | None:
        """What it takes for a failing test to be evidence of a bug; None where there is no such thing yet."""
        ...

    @property
    def reduction(self) -> Reduction | None:
        """How a test file gets smaller; None where that is not known yet."""
        ...


LANGUAGES: dict[str, Language] = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": TYPESCRIPT,
    "tsx": TSX,
    "go": GO,
    "java": JAVA,
}


def merger_for(language: Language, source: str, test_file: Path, old: bytes | None) -> Merger:
    """A merger for a test file, None if it is still to be made; UsageError if it cannot be parsed."""
    return language.merger(old if old and old.strip() else language.blank(source, test_file))


def language_of(path: Path) -> Language | None:
    """The language that a file is written in; None if there is no module for it."""
    return next((one for one in LANGUAGES.values() if path.suffix in one.suffixes), None)
