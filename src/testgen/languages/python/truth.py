"""What a condition is worth whatever the code under test does."""

from __future__ import annotations

import ast

from testgen.languages.python.names import last_name

_SAME = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_UNREAL = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)


def always_true(node: ast.expr) -> bool:
    """Whether a condition holds in any case, or compares constants, which tests nothing either way."""
    match node:
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(map(always_true, values)) or _has_opposites(values)
        case ast.BoolOp(values=values):
            return all(map(always_true, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return always_false(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _is_true_comparison(left, op, right)
    return _is_filled(node)


def always_false(node: ast.expr) -> bool:
    """Whether a condition never holds."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return any(map(always_false, values)) or _has_opposites(values)
        case ast.BoolOp(values=values):
            return all(map(always_false, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return always_true(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _is_false_comparison(left, op, right)
    return _is_empty(node)


def never_loops(iterated: ast.expr) -> bool:
    """Whether a loop over this has no turn."""
    match iterated:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=0)]):
            return True
        case _:
            return always_false(iterated)


def is_same(left: ast.expr, right: ast.expr) -> bool:
    """Whether two sides are the same expression; calls may give another value the second time."""
    return ast.dump(left) == ast.dump(right) and not any(isinstance(p, _UNREAL) for p in ast.walk(left))


def _has_opposites(values: list[ast.expr]) -> bool:
    denied = [v.operand for v in values if isinstance(v, ast.UnaryOp) and isinstance(v.op, ast.Not)]
    return any(is_same(one, other) for one in denied for other in values)


def _is_filled(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Tuple(elts=[_, *_]):
            return True
    return False


def _is_empty(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return not value
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]) | ast.Name(id="TYPE_CHECKING"):
            return True
    return False


def _is_false_comparison(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
    match left, op, right:
        case ast.Constant(value=one), ast.Eq(), ast.Constant(value=other):
            return bool(one != other)
        case _, ast.NotEq() | ast.IsNot(), _:
            return is_same(left, right)
    return False


def _is_true_comparison(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return True
    is_length = isinstance(left, ast.Call) and last_name(left) == "len"
    at_least_zero = isinstance(op, ast.GtE) and isinstance(right, ast.Constant) and right.value == 0
    return (is_length and at_least_zero) or (isinstance(op, _SAME) and is_same(left, right))
