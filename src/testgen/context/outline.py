"""A definition as short text: whole where it is small, else what it takes to use it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from textwrap import dedent

from testgen.context.modules import Definition
from testgen.languages.lines import split_lines
from testgen.languages.python.names import FUNCTIONS, Function, is_docstring
from testgen.languages.python.reading import definition_line
from testgen.languages.python.source import pieces_of

LONGEST_WHOLE = 25  # lines of a definition that is shown as it stands
SMALL = 5  # lines of a body that are shown also where a definition is outlined
LONGEST_PART = 12  # lines of a docstring, a value or a constructor in an outline

_VALUES = (ast.Assign, ast.AnnAssign)
_CONSTRUCTORS = ("__init__", "__post_init__")
_LEFT_OUT = ast.Constant(...)


@dataclass(frozen=True, slots=True)
class Form:
    """A way to show a definition: the text, and the syntax that is left in it."""

    text: str
    nodes: tuple[ast.stmt, ...]


def forms(definition: Definition) -> Iterator[Form]:
    """The ways to show a definition, the fullest first: as it stands if that is short, outlined, bare."""
    nodes = definition.nodes
    if sum(map(_length, nodes)) <= LONGEST_WHOLE:
        lines = split_lines(definition.module.text)
        yield Form("\n".join(_as_it_stands(node, lines) for node in nodes), nodes)
    for documented in (True, False):
        outlined = tuple(_outline(node, documented) for node in nodes)
        try:
            text = "\n".join(map(ast.unparse, outlined))
        except RecursionError:  # a value nested deeper than any person would write it
            return
        yield Form(text, outlined)


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - definition_line(node) + 1


def _as_it_stands(node: ast.stmt, lines: list[str]) -> str:
    """The lines of a statement, the comment right above it included."""
    (piece,) = pieces_of([node], lines)
    return dedent("".join(lines[piece.first - 1 : piece.last])).rstrip()


def _outline(node: ast.stmt, documented: bool) -> ast.stmt:
    """A function without its body; a class with its attributes and its methods without theirs."""
    if isinstance(node, FUNCTIONS):
        return _with_body(node, _docstring(node, LONGEST_PART if documented else 0), [])
    if isinstance(node, ast.ClassDef):
        members = [_member(child, documented) for child in node.body if _is_member(child)]
        return _with_body(node, _docstring(node, LONGEST_PART if documented else 0), members)
    if isinstance(node, _VALUES) and _length(node) > LONGEST_PART:
        bare = copy(node)
        bare.value = _LEFT_OUT
        return bare
    return node


def _is_member(node: ast.stmt) -> bool:
    return isinstance(node, (*_VALUES, *FUNCTIONS, ast.ClassDef))


def _member(node: ast.stmt, documented: bool) -> ast.stmt:
    if not isinstance(node, FUNCTIONS):
        return _outline(node, documented)
    if node.name in _CONSTRUCTORS and _length(node) <= LONGEST_PART:
        return node
    return _with_body(node, _docstring(node, 1 if documented else 0), _small(node) if documented else [])


def _small(node: Function) -> list[ast.stmt]:
    """The statements of a body so short that leaving it out would hide more than it saves."""
    body = [child for child in node.body if not is_docstring(child)]
    return body if sum(map(_length, body)) <= SMALL else []


def _with_body(node: Function | ast.ClassDef, docstring: list[ast.stmt], rest: list[ast.stmt]) -> ast.stmt:
    bare = copy(node)
    bare.body = [*docstring, *(rest or [ast.Expr(_LEFT_OUT)])]
    return bare


def _docstring(node: Function | ast.ClassDef, most: int) -> list[ast.stmt]:
    """The docstring as a statement, its first lines if it is long; none if there is none."""
    lines = (ast.get_docstring(node, clean=False) or "").split("\n")
    text = "\n".join(lines if len(lines) <= most else lines[:most])
    return [ast.Expr(ast.Constant(text))] if text else []
