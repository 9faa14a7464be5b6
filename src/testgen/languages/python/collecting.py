"""The tests of a block, each as text of its own, with the class it stands in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from testgen.languages.python.indenting import indentation
from testgen.languages.python.names import is_test_class, is_test_function
from testgen.languages.python.source import Piece, pieces_of
from testgen.languages.python.statements import Block


@dataclass(frozen=True, slots=True)
class FoundTest:
    """A test's dedented text; `owner` is the dotted path of its class, `header` that class without tests."""

    name: str
    code: str
    owner: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class _Nest:
    """A test class (the last of `classes`) in the classes around it; `outermost` is the first one's piece."""

    outermost: Piece
    classes: tuple[ast.ClassDef, ...]


def tests_in(block: Block) -> Iterator[FoundTest]:
    """Test functions and the methods of test classes, in the order of the text."""
    for piece in block.own_pieces:
        if is_test_function(piece.node):
            yield FoundTest(piece.node.name, block.text_of(piece))
        elif is_test_class(piece.node, block.test_classes):
            yield from _methods(block, _Nest(piece, (piece.node,)))


def header_of(block: Block, piece: Piece, node: ast.ClassDef) -> str:
    """A module-level test class without its tests."""
    return _header(block, _Nest(piece, (node,)))


def _methods(block: Block, nest: _Nest) -> Iterator[FoundTest]:
    path, header = ".".join(node.name for node in nest.classes), _header(block, nest)
    for piece in pieces_of(nest.classes[-1].body, block.lines):
        if is_test_function(piece.node):
            yield FoundTest(piece.node.name, block.lines_of(piece), path, header)
        elif is_test_class(piece.node):
            yield from _methods(block, _Nest(nest.outermost, (*nest.classes, piece.node)))


def _header(block: Block, nest: _Nest) -> str:
    first, last = nest.outermost.first, nest.outermost.last
    lines = dict(enumerate(block.lines[first - 1 : last], first))
    for node in nest.classes:
        _drop_tests(block, node, nest, lines)
    return "".join(lines[number] for number in sorted(lines)).rstrip()


def _drop_tests(block: Block, node: ast.ClassDef, nest: _Nest, lines: dict[int, str]) -> None:
    """Take a class's tests out of the lines, and its nested test classes that are not of the nest."""
    members = pieces_of(node.body, block.lines)
    dropped = [
        member
        for member in members
        if is_test_function(member.node) or (is_test_class(member.node) and member.node not in nest.classes)
    ]
    for member in dropped:
        for number in range(member.first, _next_text(block, member.last)):
            lines.pop(number, None)
    if dropped and len(dropped) == len(members):
        first = dropped[0].first
        lines[first] = f"{indentation(block.lines[first - 1])}pass\n"


def _next_text(block: Block, number: int) -> int:
    number += 1
    while number <= len(block.lines) and not block.lines[number - 1].strip():
        number += 1
    return number
