"""The first gate: is it a test that asserts something of its own, and would it do harm?

The rules are the same for all languages; a `Vocabulary` says what their words are in one of them, and carries
examples of what each rule refuses and of near misses. In doubt a rule says nothing: it is the sandbox that
keeps a test from doing harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from testgen.languages.trees.nodes import found, text_of, walk
from testgen.languages.trees.pieces import Kind, Piece

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Call:
    """A call: what is called, blanks left out and imported names written in full; its arguments."""

    path: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """Tests that a rule refuses, and near misses."""

    refused: tuple[str, ...]
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How a language says what the rules are about; the patterns are searched in the paths of calls.

    `calls` finds the calls in a syntax tree, knowing what is imported. `constants` are kinds of nodes without
    anything in them that could change. `skipped` and `asserted` see a test's own text, for what is said
    without a call. `examples` are kept under the objection of the rule they are for.
    """

    calls: Callable[[Sequence[Piece]], Iterator[Call]]
    constants: frozenset[str]
    asserting: re.Pattern[str]
    asserted: re.Pattern[str]
    skipping: re.Pattern[str]
    skipped: re.Pattern[str]
    ending: re.Pattern[str]
    starting: re.Pattern[str]
    connecting: re.Pattern[str]
    deleting: re.Pattern[str]
    examples: dict[str, Examples]


@dataclass(frozen=True)
class Subject:
    """A test with all that belongs to it."""

    pieces: tuple[Piece, ...]
    words: Vocabulary

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call in it."""
        return tuple(self.words.calls(self.pieces))

    @cached_property
    def test(self) -> str:
        """The test's own text."""
        return next((text_of(test.node) for piece in self.pieces for _, test in piece.tests()), "")

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether something is called whose path fits."""
        return any(pattern.search(call.path) for call in self.calls)

    @cached_property
    def assertions(self) -> tuple[Call, ...]:
        """The calls that assert something."""
        return tuple(call for call in self.calls if self.words.asserting.search(call.path))


_ELSEWHERE = re.compile(
    r"""['"`](/(?!tmp/)|~|\.\./)|__dirname|__filename|homedir|cwd\(|Getwd|user\.(home|dir)"""
)


_FOREIGN = re.compile(
    r"""["'`](?:\w+://)?(?!localhost|127\.|0\.0\.0\.0|\[?::)[\w-]+(?:\.[\w-]+)+""",
)


def _connects(subject: Subject) -> bool:
    """Whether it calls on a host by its name; a server of the test's own has none."""
    calls = (call for call in subject.calls if subject.words.connecting.search(call.path))
    return any(_FOREIGN.search(" ".join([call.path, *map(text_of, call.arguments)])) for call in calls)


def _is_constant(words: Vocabulary, node: Node) -> bool:
    leaves = (one for one in walk(node) if not one.children)
    kinds = {one.type for one in leaves if one.is_named}
    return kinds <= words.constants


def _asserts_constants(subject: Subject) -> bool:
    if not subject.assertions or subject.words.asserted.search(subject.test):
        return False
    arguments = [node for call in subject.assertions for node in call.arguments]
    return bool(arguments) and all(_is_constant(subject.words, node) for node in arguments)


def _deletes_elsewhere(subject: Subject) -> bool:
    deletions = (call for call in subject.calls if subject.words.deleting.search(call.path))
    return any(_ELSEWHERE.search(text_of(call.arguments[0])) for call in deletions if call.arguments)


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a test is refused, and when."""

    objection: str
    applies: Callable[[Subject], bool]


RULES = (
    Rule("ends the process that it runs in", lambda one: one.says(one.words.ending)),
    Rule("starts other programs", lambda one: one.says(one.words.starting)),
    Rule("reaches out into the network", _connects),
    Rule("deletes files that it did not make", _deletes_elsewhere),
    Rule(
        "is skipped, or keeps others from being run",
        lambda one: one.says(one.words.skipping) or bool(one.words.skipped.search(one.test)),
    ),
    Rule(
        "asserts nothing",
        lambda one: not one.assertions and not one.words.asserted.search(one.test),
    ),
    Rule("asserts only constants", _asserts_constants),
)


def objection(pieces: tuple[Piece, ...], words: Vocabulary) -> str:
    """Why a test is not worth running; "" when nothing speaks against it."""
    subject = Subject(pieces, words)
    if not subject.test:
        return "is not a test that the runner collects"
    return next((rule.objection for rule in RULES if rule.applies(subject)), "")


def inner_nodes(pieces: Sequence[Piece], kinds: frozenset[str]) -> Iterator[Node]:
    """The nodes of some kinds in the pieces, imports left aside."""
    for piece in pieces:
        if piece.kind is not Kind.IMPORT:
            yield from found(piece.node, kinds)
