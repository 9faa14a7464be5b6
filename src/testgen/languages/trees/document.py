"""A file as bytes, with its line ends and its indentation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from testgen.languages.trees.nodes import Edit, Grammar, edited, found

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_INDENTED = re.compile(rb"^([ \t]+)(?!\*)[^\s]", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A text in a language; `strings` are the kinds of nodes whose further lines must not be moved."""

    text: bytes
    grammar: Grammar
    strings: Collection[str]
    usual_unit: str

    @cached_property
    def tree(self) -> Tree:
        """The syntax tree."""
        return self.grammar.parse(self.text)

    @property
    def root(self) -> Node:
        """The whole file."""
        return self.tree.root_node

    @cached_property
    def newline(self) -> bytes:
        """How lines end in this file."""
        return b"\r\n" if b"\r\n" in self.text else b"\n"

    @cached_property
    def fixed_lines(self) -> frozenset[int]:
        """Indices of the lines that begin inside a string; their leading blanks belong to its value."""
        spans = ((node.start_point[0], node.end_point[0]) for node in found(self.root, self.strings))
        return frozenset(line for start, end in spans for line in range(start + 1, end + 1))

    @cached_property
    def unit(self) -> str:
        """One level of indentation: that of the first indented line."""
        code = (one for one in _INDENTED.finditer(self.text) if not self._in_string(one.start()))
        return next((one[1].decode() for one in code), self.usual_unit)

    def _in_string(self, offset: int) -> bool:
        node = self.root.descendant_for_byte_range(offset, offset)
        while node and node.type not in self.strings:
            node = node.parent
        return node is not None

    def margin(self, offset: int) -> str:
        """The blanks with which the line of an offset begins."""
        line = self.text[self.line_start(offset) :]
        return line[: len(line) - len(line.lstrip(b" \t"))].decode()

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.text.rfind(b"\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, before its line end."""
        end = self.text.find(b"\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[:end].endswith(b"\r") and end > offset else end

    def part(self, start: int, end: int) -> str:
        """The lines from one offset to another, moved to the left margin, with plain line ends."""
        margin, number = self.margin(start), self.text.count(b"\n", 0, start)
        lines = self.text[start:end].decode().replace("\r\n", "\n").split("\n")
        moved = (
            line if index and number + index in self.fixed_lines else line.removeprefix(margin)
            for index, line in enumerate(lines)
        )
        return "\n".join(moved).rstrip()

    def another(self, text: str) -> Document:
        """A text of its own in the same language."""
        return replace(self, text=text.encode())

    def with_edits(self, edits: Iterable[Edit]) -> Document:
        """The document after edits, whose line ends become those of this file."""
        own = (replace(one, new=one.new.replace(b"\n", self.newline)) for one in edits)
        return replace(self, text=edited(self.text, own))

    def fitting(self, text: str, margin: str) -> str:
        """A text from elsewhere at a margin of this file, its indentation in this file's unit."""
        there = self.another(text)
        return "\n".join(
            line
            if index in there.fixed_lines or not line.strip()
            else margin + _reindented(line, there.unit, self.unit)
            for index, line in enumerate(text.split("\n"))
        )


def _reindented(line: str, old: str, new: str) -> str:
    level, rest = 0, line
    while rest.startswith(old):
        level, rest = level + 1, rest[len(old) :]
    return new * level + rest
