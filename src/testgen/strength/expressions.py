"""Operators that change expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from testgen.strength.edits import Edit, Operator

OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
BOUNDARIES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Div,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
TEXTS = (ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp)  # no arithmetic is done on them
CONDITIONAL = (ast.If, ast.While, ast.IfExp, ast.Assert)
HANDED_ON = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)  # others have their operator
REFUSING = (  # None as an argument of theirs is mostly an error that any test notices
    *("abs", "all", "any", "dict", "enumerate", "float", "frozenset", "int", "isinstance", "issubclass"),
    *("iter", "len", "list", "map", "max", "min", "next", "open", "ord", "range", "reversed", "round"),
    *("set", "sorted", "sum", "super", "tuple", "zip"),
)


def comparison(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """Each comparison into its opposite."""
    yield from _compared(node, OPPOSITES)


def boundary(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """With or without the bound itself."""
    yield from _compared(node, BOUNDARIES)


def _compared(node: ast.AST, others: Mapping[type[ast.cmpop], type[ast.cmpop]]) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        for index, operation in enumerate(node.ops):
            if other := others.get(type(operation)):
                ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                yield Edit(node, ast.Compare(node.left, ops, node.comparators))


def arithmetic(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """Another operation on the same operands; a minus sign goes."""
    if isinstance(node, ast.BinOp) and not (_is_text(node.left) or _is_text(node.right)):
        yield Edit(node, ast.BinOp(node.left, ARITHMETIC.get(type(node.op), ast.Mult)(), node.right))
    elif isinstance(node, ast.AugAssign) and not _is_text(node.value):
        yield Edit(node, ast.AugAssign(node.target, ARITHMETIC.get(type(node.op), ast.Mult)(), node.value))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert):
        yield Edit(node, node.operand)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, TEXTS) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def boolean(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """And for or, true for false, and without `not`."""
    if isinstance(node, ast.BoolOp):
        yield Edit(node, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield Edit(node, ast.Constant(not node.value))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Edit(node, node.operand)


def negated(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """A condition into its opposite, unless another operator does the same."""
    if isinstance(node, CONDITIONAL):
        yield from _negated(node.test)
    elif isinstance(node, ast.comprehension):
        for condition in node.ifs:
            yield from _negated(condition)


def _negated(test: ast.expr) -> Iterator[Edit]:
    compared = isinstance(test, ast.Compare) and len(test.ops) == 1
    inverted = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    if not (compared or inverted or (isinstance(test, ast.Constant))):
        yield Edit(test, ast.UnaryOp(ast.Not(), test))


def constant(node: ast.AST, parent: ast.AST) -> Iterator[Edit]:
    """Another number, a longer text."""
    if isinstance(node, ast.Constant) and not _is_bound(node, parent):
        if isinstance(node.value, int | float | complex) and not isinstance(node.value, bool):
            yield Edit(node, ast.Constant(node.value + 1))
        elif isinstance(node.value, str):
            yield Edit(node, ast.Constant(f"{node.value}XX"))
        elif isinstance(node.value, bytes):
            yield Edit(node, ast.Constant(node.value + b"XX"))


def off_by_one(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """Each end of a slice or a range by one further."""
    for end in _bounds(node):
        yield Edit(end, _further(end))


def _bounds(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Slice):
        return [end for end in (node.lower, node.upper) if end]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        return [end for end in node.args[:2] if not isinstance(end, ast.Starred)]
    return []


def _is_bound(node: ast.expr, parent: ast.AST) -> bool:
    return node in _bounds(parent)


def _further(end: ast.expr) -> ast.expr:
    match end:
        case ast.Constant(value=int(number)):
            return ast.Constant(number + 1)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return ast.UnaryOp(ast.USub(), ast.Constant(number + 1))
    return ast.BinOp(end, ast.Add(), ast.Constant(1))


def argument(node: ast.AST, parent: ast.AST) -> Iterator[Edit]:
    """None for what is handed on to a function, and nothing for what is handed on by name."""
    if not isinstance(node, ast.Call) or isinstance(parent, ast.Raise):
        return
    if not (isinstance(node.func, ast.Name) and node.func.id in REFUSING):
        for value in node.args:
            if isinstance(value, HANDED_ON):
                yield Edit(value, ast.Constant(None))
    for keyword in node.keywords:
        if keyword.arg and isinstance(keyword.value, HANDED_ON):
            others = [other for other in node.keywords if other is not keyword]
            yield Edit(node, ast.Call(node.func, node.args, others))


EXPRESSIONS: Mapping[str, Operator] = {
    "comparison": Operator(
        comparison,
        {
            "a == b": ("a != b",),
            "a < b <= c": ("a >= b <= c", "a < b > c"),
            "a is not None": ("a is None",),
            "a in b": ("a not in b",),
            "a + b": (),
        },
    ),
    "boundary": Operator(boundary, {"a < b": ("a <= b",), "a >= b": ("a > b",), "a == b": (), "a in b": ()}),
    "arithmetic": Operator(
        arithmetic,
        {
            "a + b": ("a - b",),
            "a * b": ("a / b",),
            "a // b": ("a / b",),
            "a & b": ("a | b",),
            "a += 1": ("a -= 1",),
            "-a": ("a",),
            "a + 'text'": (),
            "'%s' % a": (),
            "a += [1]": (),
        },
    ),
    "boolean": Operator(
        boolean, {"a and b and c": ("a or b or c",), "True": ("False",), "not a": ("a",), "1": ()}
    ),
    "negated condition": Operator(
        negated,
        {
            "b if a else c": ("b if not a else c",),
            "while a and b: pass": ("while not (a and b): pass",),
            "[a for a in b if a]": ("[a for a in b if not a]",),
            "if a == b: pass": (),
            "if not a: pass": (),
            "while True: pass": (),
        },
    ),
    "constant": Operator(
        constant,
        {"f(1)": ("f(2)",), "'a'": ("'aXX'",), "1.5": ("2.5",), "True": (), "None": (), "a[1:]": ()},
    ),
    "off by one": Operator(
        off_by_one,
        {
            "a[1:]": ("a[2:]",),
            "a[b:-1]": ("a[b + 1:-1]", "a[b:-2]"),
            "range(a)": ("range(a + 1)",),
            "range(0, a, 2)": ("range(1, a, 2)", "range(0, a + 1, 2)"),
            "a[1]": (),
        },
    ),
    "argument": Operator(
        argument,
        {
            "f(a, b.c)": ("f(None, b.c)", "f(a, None)"),
            "f(g(a), *b, key=c)": ("f(None, *b, key=c)", "f(g(a), *b)", "f(g(None), *b, key=c)"),
            "sorted(a, key=b)": ("sorted(a)",),
            "f(1, a + b, key=2, **c)": (),
            "len(a)": (),
            "set(a)": (),
            "raise Error(a)": (),
        },
    ),
}
