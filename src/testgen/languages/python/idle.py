"""Lines that no test here is meant to reach: what is abstract, for type checkers, for other platforms."""

from __future__ import annotations

import ast
import operator
import os
import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from testgen.domain import Line, Reach
from testgen.languages.python.names import FUNCTIONS, Function, dotted, is_docstring, last_name
from testgen.languages.python.reading import tree_of

_ABSTRACT = frozenset({"abstractmethod", "abstractproperty", "overload"})
_RELATIONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, values: value in values,
    ast.NotIn: lambda value, values: value not in values,
}


@dataclass(frozen=True, slots=True)
class Idle:
    """Lines that are not meant to run, and `forks` whose condition is always true."""

    lines: frozenset[Line] = frozenset()
    forks: frozenset[Line] = frozenset()

    def within(self, missing: Reach) -> Reach:
        """The part of what is missing that is idle."""
        begin, into = self.lines | self.forks, self.lines
        branches = (arc for arc in missing.branches if arc[0] in begin or arc[1] in into)
        return Reach(missing.lines & self.lines, frozenset(branches))


def idle(text: str, version: str) -> Idle:
    """What is idle in a source that is known to parse, run by this Python on this machine.

    Conditions are understood as type checkers do: of `TYPE_CHECKING`, `sys.platform`, `os.name`,
    `platform.system()` and `sys.version_info`.
    """
    nodes = list(ast.walk(tree_of(text)))
    facts = _facts(version)
    forks = {node: _truth(node.test, facts) for node in nodes if isinstance(node, ast.If)}
    never = [
        *(part for node, truth in forks.items() if truth is False for part in node.body),
        *(part for node, truth in forks.items() if truth for part in node.orelse),
        *(part for node in nodes if isinstance(node, FUNCTIONS) and _is_abstract(node) for part in node.body),
    ]
    lines = frozenset(line for part in never for line in _span(part))
    return Idle(lines, frozenset(node.lineno for node, truth in forks.items() if truth))


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_abstract(function: Function) -> bool:
    """Whether it is marked so, and does nothing that calling it through `super()` could be for."""
    marked = any(last_name(mark) in _ABSTRACT for mark in function.decorator_list)
    return marked and all(map(_does_nothing, function.body))


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        return node.exc is not None and last_name(node.exc) == "NotImplementedError"
    bare = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_docstring(node) or isinstance(node, ast.Pass) or bare


def _facts(version: str) -> dict[str, Any]:
    """What is known of names in conditions."""
    numbers = tuple(int(part) for part in version.split(".") if part.isdecimal())
    return {
        "sys.platform": sys.platform,
        "os.name": os.name,
        "platform.system": platform.system(),
        "sys.version_info": numbers,
        "sys.version_info.major": numbers[:1] and numbers[0],
        "TYPE_CHECKING": False,
        "typing.TYPE_CHECKING": False,
    }


def _truth(test: ast.expr, facts: Mapping[str, Any]) -> bool | None:
    """Whether a condition always holds, or never; None if that is not known."""
    match test:
        case ast.UnaryOp(ast.Not(), operand):
            inside = _truth(operand, facts)
            return None if inside is None else not inside
        case ast.BoolOp(op, values):
            decides = isinstance(op, ast.Or)
            truths = [_truth(value, facts) for value in values]
            return decides if decides in truths else None if None in truths else not decides
        case ast.Name() | ast.Attribute():
            known = facts.get(dotted(test))
            return known if isinstance(known, bool) else None
        case ast.Call(ast.Attribute(text, "startswith"), [ast.Constant(str(start))]):
            known = facts.get(dotted(text))
            return known.startswith(start) if isinstance(known, str) else None
        case ast.Compare(left, [relation], [right]):
            return _compared(left, relation, right, facts)
    return None


def _compared(left: ast.expr, relation: ast.cmpop, right: ast.expr, facts: Mapping[str, Any]) -> bool | None:
    holds = _RELATIONS.get(type(relation))
    try:
        known = _value(left, facts)
        return None if known is None or holds is None else holds(known, ast.literal_eval(right))
    except (ValueError, TypeError, IndexError):
        return None


def _value(node: ast.expr, facts: Mapping[str, Any]) -> object:
    """What stands on the left of a comparison; None if it is not known."""
    if isinstance(node, ast.Subscript):
        whole, part = facts.get(dotted(node.value)), _part(node.slice)
        return whole[part] if isinstance(whole, tuple) and part is not None else None
    return facts.get(dotted(node))


def _part(node: ast.expr) -> int | slice | None:
    match node:
        case ast.Constant(int(index)):
            return index
        case ast.Slice(None, ast.Constant(int(end)), None):
            return slice(end)
    return None
