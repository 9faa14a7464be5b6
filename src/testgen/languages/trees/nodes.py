"""Syntax trees of tree-sitter: parsing, walking, and edits by byte offset."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Tree


@dataclass(frozen=True)
class Grammar:
    """A grammar out of a package that carries it; it is loaded when something is parsed."""

    load: Callable[[], object]

    @cached_property
    def _language(self) -> Language:
        from tree_sitter import Language

        return Language(self.load())

    def parse(self, text: bytes) -> Tree:
        """The syntax tree of any text; what does not fit the grammar stands in ERROR nodes."""
        from tree_sitter import Parser

        return Parser(self._language).parse(text)


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes from `start` to `end` of a text, and what takes their place."""

    start: int
    end: int
    new: bytes


def edited(text: bytes, edits: Iterable[Edit]) -> bytes:
    """The text after all the edits; those at one offset follow each other in the order given."""
    parts: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda one: one.start):
        parts += [text[position : edit.start], edit.new]
        position = max(position, edit.end)
    return b"".join([*parts, text[position:]])


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(reversed(one.children))


def found(node: Node, kinds: Collection[str]) -> Iterator[Node]:
    """The nodes of some kinds at or below a node."""
    return (one for one in walk(node) if one.type in kinds)


def first(node: Node | None, kinds: Collection[str]) -> Node | None:
    """The first node of some kinds at or below a node."""
    return next(found(node, kinds), None) if node else None


def text_of(node: Node | None) -> str:
    """What stands there; "" where nothing does."""
    return node.text.decode("utf-8", "replace") if node and node.text else ""


def field(node: Node, name: str) -> Node | None:
    """A child by the name that the grammar gives it."""
    return node.child_by_field_name(name)


def line_of(node: Node) -> int:
    """The line on which it begins, counted from 1."""
    return node.start_point[0] + 1


def error_line(tree: Tree) -> int | None:
    """The first line that does not fit the grammar, counted from 1; None if all do."""
    if not tree.root_node.has_error:
        return None
    wrong = (node for node in walk(tree.root_node) if node.is_error or node.is_missing)
    return next(map(line_of, wrong), 1)


_STATEMENT = re.compile(r"\w+_(statement|declaration|spec)$")
_BLOCKS = frozenset({"block", "statement_block", "class_body", "switch_block", "switch_body"})


def spans(root: Node) -> Iterator[range]:
    """The lines, counted from 1, of every statement that stands on several, up to the first block in it."""
    for node in walk(root):
        if _STATEMENT.match(node.type):
            block = first(node, _BLOCKS)
            last = line_of(block) if block else node.end_point[0] + 1
            if last > line_of(node):
                yield range(line_of(node), last + 1)
