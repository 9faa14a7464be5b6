"""The literals in the body of a test, in their order, and copies of it with something in their place."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import TypeAlias, TypeGuard

from testgen.languages.python.names import Function

Fill: TypeAlias = Callable[[ast.expr, int], ast.expr]
"""What stands instead of a literal, given its place among those of the body."""


def literals(node: Function) -> list[ast.expr]:
    """Those for which a name could stand."""
    return [literal for statement in node.body for literal in _literals_in(statement)]


def filled(node: Function, fill: Fill) -> Function:
    """A copy of a test with each of them replaced."""
    filler = _Filler(fill)
    return altered(node, body=[filler.visit(copy.deepcopy(statement)) for statement in node.body])


def altered(node: Function, **fields: object) -> Function:
    """A copy of a test with some fields of its node changed."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


class _Filler(ast.NodeTransformer):
    """Puts something in the place of each literal for which a name could stand."""

    def __init__(self, fill: Fill) -> None:
        self.fill = fill
        self.place = -1

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace a literal; go on below what is none, unless a name would mean something else there."""
        if _is_literal(node):
            self.place += 1
            return self.fill(node, self.place)
        return node if _is_closed(node) else self.generic_visit(node)


def _is_literal(node: ast.AST) -> TypeGuard[ast.expr]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
        return isinstance(node, ast.Constant) and type(node.value) in {int, float, complex}
    return isinstance(node, ast.Constant) and node.value is not Ellipsis


def _is_closed(node: ast.AST) -> bool:
    """Whether a literal in a node is part of its syntax: in f-strings, patterns and docstrings."""
    bare = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return bare or isinstance(node, ast.JoinedStr | ast.pattern) or type(node).__name__ == "TemplateStr"


def _literals_in(node: ast.AST) -> Iterator[ast.expr]:
    if _is_literal(node):
        yield node
    elif not _is_closed(node):
        for child in ast.iter_child_nodes(node):
            yield from _literals_in(child)
