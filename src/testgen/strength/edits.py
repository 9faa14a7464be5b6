"""What an operator is: what can be changed in one node of a syntax tree, with examples, which are its tests.

An operator gets a node and its parent and gives the edits it makes there: a node (or a run of statements) and
what takes its place. It is pure and never changes the tree.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: from the beginning of `first` to the end of `last` stands `new` instead."""

    first: ast.expr | ast.stmt
    new: ast.expr | ast.stmt
    last: ast.expr | ast.stmt | None = None


Change: TypeAlias = Callable[[ast.AST, ast.AST], Iterator[Edit]]


@dataclass(frozen=True, slots=True)
class Operator:
    """What it does to a node, and examples: a source and all that it makes of it."""

    change: Change
    examples: Mapping[str, tuple[str, ...]]


def body_of(function: Function) -> list[ast.stmt]:
    """What a function does: its statements but for a docstring."""
    return function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
