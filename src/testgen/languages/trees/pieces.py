"""A file of tests as pieces, and what a language has to say about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

from testgen.languages.marks import Comment
from testgen.languages.trees.document import Document
from testgen.languages.trees.nodes import Edit, found, line_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
SEPARATOR = " > "  # between the names of groups inside each other


class Kind(Enum):
    """What a piece is for."""

    IMPORT = "import"
    HELPER = "helper"  # taken along by the tests that name it
    SETUP = "setup"  # works for every test around it without being named
    TEST = "test"
    GROUP = "group"  # holds tests: a `describe`, a class
    OTHER = "other"  # belongs to its file alone


@dataclass(frozen=True)
class Piece:
    """A statement or member with the comments right above it: bytes `start` to `end` of its file.

    `binds` are the names it defines where it stands, `reads` finds those that it may rely on, for a group on
    the outside of what is in it. A group has a `body`: the offsets behind its opening and before its closing
    brace.
    """

    kind: Kind
    node: Node
    start: int
    end: int
    name: str = ""
    binds: frozenset[str] = frozenset()
    reads: Callable[[Node], frozenset[str]] = lambda _: frozenset()
    body: tuple[int, int] = (0, 0)
    inner: tuple[Piece, ...] = ()

    @cached_property
    def uses(self) -> frozenset[str]:
        """The names that it may rely on."""
        return self.reads(self.node)

    def tests(self, path: tuple[Piece, ...] = ()) -> Iterator[tuple[tuple[Piece, ...], Piece]]:
        """Every test at or in this piece, each with the groups around it, outermost first."""
        if self.kind is Kind.TEST:
            yield path, self
        for piece in self.inner:
            yield from piece.tests((*path, self))


class Dialect(Protocol):
    """A language as the shared code needs it. `starts` matches lines that may begin a statement of a file,
    `hint` whatever names a test, in its first group."""

    @property
    def starts(self) -> re.Pattern[str]: ...  # noqa: D102

    @property
    def hint(self) -> re.Pattern[str]: ...  # noqa: D102

    def __hash__(self) -> int: ...

    def document(self, text: bytes) -> Document:
        """A text to be read and edited."""
        ...

    def definition(self, node: Node) -> str:
        """The name of a function, method or class that a node defines; "" for any other node."""
        ...

    def pieces(self, document: Document) -> tuple[Piece, ...]:
        """What the file consists of, in its order."""
        ...

    def imports(self, piece: Piece, names: Collection[str]) -> tuple[str, ...]:
        """An import as statements of one name each, those that bind none of the names left out."""
        ...

    def import_edits(self, document: Document, wanted: Sequence[str]) -> tuple[Edit, ...]:
        """What adds the imports that the file lacks; each wanted one is a statement."""
        ...

    def has_import(self, document: Document, wanted: str) -> bool:
        """Whether a file imports that already, under the same name."""
        ...

    def home(self, groups: Sequence[Piece], wanted: Piece, *, outermost: bool) -> Piece | None:
        """The group of a file that a group of a candidate is."""
        ...

    def dressed(self, document: Document, home: Piece, wanted: Piece) -> tuple[Edit, ...]:
        """What the outside of a file's group lacks of that of a candidate's."""
        ...

    def renamed(self, document: Document, old: str, new: str) -> Document:
        """A text with a name changed wherever it is meant."""
        ...

    def retitled(self, document: Document, test: Piece, number: int) -> Document:
        """A text with another name for its one test, made with a number."""
        ...

    def reported(self, document: Document, groups: Sequence[str], name: str) -> str:
        """What the runner calls a test of that name in these groups."""
        ...

    def objection(self, document: Document) -> str:
        """What speaks against the one test of a text, "" for nothing."""
        ...


def comments_in(document: Document) -> Iterator[Comment]:
    """The comments of a document that end on their line, in their order."""
    for node in found(document.root, COMMENTS):
        line = document.text[document.line_start(node.start_byte) : node.start_byte]
        if node.start_point[0] == node.end_point[0]:
            yield Comment(line_of(node), len(line.decode()), text_of(node))


@lru_cache(maxsize=200)
def pieces_of(dialect: Dialect, document: Document) -> tuple[Piece, ...]:
    """The pieces of a document, found once."""
    return dialect.pieces(document)


def bounds(document: Document, node: Node, floor: int) -> tuple[int, int]:
    """From the first comment right above a node, behind `floor`, to the end of a comment behind it."""
    start, end = node, node
    above = node.prev_sibling
    while above and _is_comment(above) and above.start_byte >= floor and _adjoins(document, above, start):
        start, above = above, above.prev_sibling
    behind = node.next_sibling
    while behind and (behind.type == ";" or _is_comment(behind)) and _same_line(end, behind):
        end, behind = behind, behind.next_sibling
    return start.start_byte, end.end_byte


def _is_comment(node: Node) -> bool:
    return node.type in COMMENTS


def _adjoins(document: Document, above: Node, below: Node) -> bool:
    alone = not document.text[document.line_start(above.start_byte) : above.start_byte].strip()
    return alone and below.start_point[0] - above.end_point[0] <= 1


def _same_line(before: Node, after: Node) -> bool:
    return before.end_point[0] == after.start_point[0]
