"""Python text as statements that know which lines belong to them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from testgen.domain import Line
from testgen.languages.lines import dedent, split_lines
from testgen.languages.python.indenting import indentation
from testgen.languages.python.reading import definition_line, string_lines, tree_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement with the lines that belong to it: comments right above, decorators, comments at its end."""

    node: ast.stmt
    first: Line
    last: Line


def pieces_of(body: Sequence[ast.stmt], lines: Sequence[str]) -> tuple[Piece, ...]:
    """The statements of one body in their order."""
    pieces: list[Piece] = []
    for node in body:
        floor = pieces[-1].last if pieces else 0
        pieces.append(Piece(node, _first_line(node, lines, floor), _last_line(node, lines)))
    return tuple(pieces)


def _first_line(node: ast.stmt, lines: Sequence[str], floor: Line) -> Line:
    first = definition_line(node)
    while first - 1 > floor and _comment_column(lines[first - 2]) == node.col_offset:
        first -= 1
    return first


def _last_line(node: ast.stmt, lines: Sequence[str]) -> Line:
    last = node.end_lineno or node.lineno
    for number in range(last + 1, len(lines) + 1):
        column = _comment_column(lines[number - 1])
        if column is not None and column > node.col_offset:
            last = number
        elif lines[number - 1].strip():
            break
    return last


def _comment_column(line: str) -> int | None:
    text = line.lstrip()
    return len(line) - len(text) if text.startswith("#") else None


@dataclass(frozen=True)
class Source:
    """Python text that is known to parse."""

    text: str = ""

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; raises NotPythonError."""
        return tree_of(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends."""
        return split_lines(self.text)

    @cached_property
    def string_lines(self) -> frozenset[Line]:
        """Numbers of the lines that begin inside a string."""
        return string_lines(self.text)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The module-level statements."""
        return pieces_of(self.tree.body, self.lines)

    def lines_of(self, piece: Piece) -> str:
        """A piece's lines, moved to the left margin."""
        prefix = indentation(self.lines[piece.first - 1])
        numbers = range(piece.first, piece.last + 1)
        inside = frozenset(number - piece.first + 1 for number in numbers if number in self.string_lines)
        return dedent("".join(self.lines[piece.first - 1 : piece.last]), prefix, inside).rstrip()
