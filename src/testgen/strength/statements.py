"""Operators that change statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from testgen.strength.edits import FUNCTIONS, Edit, Operator, body_of

ANOTHER_ERROR = "RuntimeError"
OTHER_ERRORS = {ANOTHER_ERROR: "LookupError", "NotImplementedError": "LookupError"}  # no kin of theirs


def return_value(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """None for what is returned or yielded."""
    if isinstance(node, ast.Return) and node.value and not _is_trivial(node.value):
        yield Edit(node, ast.Return(ast.Constant(None)))
    elif isinstance(node, ast.Yield) and node.value and not _is_trivial(node.value):
        yield Edit(node, ast.Yield(ast.Constant(None)))


def _is_trivial(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, bool))


def removed_statement(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """Nothing for a statement that is there for its effect."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign() | ast.Raise() | ast.Delete():
            yield Edit(node, ast.Pass())
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]) | ast.Break() | ast.Continue():
            yield Edit(node, ast.Pass())


def exception_type(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """Another exception raised, another one caught."""
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name() | ast.Attribute() as named)):
            yield Edit(named, _other_error(named))
        case ast.Raise(exc=ast.Name(id=name) as named) if name[:1].isupper():
            yield Edit(named, _other_error(named))
        case ast.ExceptHandler(type=ast.expr() as named):
            yield Edit(named, _other_error(named))


def _other_error(named: ast.expr) -> ast.expr:
    name = named.id if isinstance(named, ast.Name) else ""
    return ast.Name(OTHER_ERRORS.get(name, ANOTHER_ERROR), ast.Load())


def removed_body(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """A function that does nothing."""
    if isinstance(node, FUNCTIONS) and (body := body_of(node)):
        yield Edit(body[0], ast.Pass(), body[-1])


def accumulation(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """A value that takes the place of the one it was to be added to."""
    if isinstance(node, ast.AugAssign):
        yield Edit(node, ast.Assign([node.target], node.value))


def empty_loop(node: ast.AST, _parent: ast.AST) -> Iterator[Edit]:
    """A loop over nothing."""
    if isinstance(node, ast.For):
        yield Edit(node.iter, ast.List([], ast.Load()))


STATEMENTS: Mapping[str, Operator] = {
    "return value": Operator(
        return_value,
        {
            "def f(): return a": ("def f(): return None",),
            "def f(): yield a": ("def f(): yield None",),
            "def f(): return": (),
            "def f(): return False": (),
        },
    ),
    "removed statement": Operator(
        removed_statement,
        {
            "f(a)": ("pass",),
            "a += 1": ("pass",),
            "a.b = c": ("pass",),
            "raise a": ("pass",),
            "for a in b: continue": ("for a in b: pass",),
            "a = b": (),
            "import a": (),
        },
    ),
    "exception type": Operator(
        exception_type,
        {
            "raise ValueError('a')": ("raise RuntimeError('a')",),
            "raise RuntimeError": ("raise LookupError",),
            "try: f()\nexcept OSError: pass": ("try: f()\nexcept RuntimeError: pass",),
            "raise error": (),
            "raise": (),
        },
    ),
    "removed body": Operator(
        removed_body,
        {
            "def f():\n    a()\n    return b": ("def f():\n    pass",),
            "def f():\n    'what it does'\n    return b": ("def f():\n    'what it does'\n    pass",),
            "def f():\n    'what it does'": (),
        },
    ),
    "accumulation": Operator(
        accumulation, {"a += 1": ("a = 1",), "a.b |= c": ("a.b = c",), "a = a + 1": (), "a: int = 1": ()}
    ),
    "empty loop": Operator(
        empty_loop,
        {
            "for a in b: f(a)": ("for a in []: f(a)",),
            "for a, b in c.items():\n    f(a)\nelse:\n    g()": (
                "for a, b in []:\n    f(a)\nelse:\n    g()",
            ),
            "while a: f(a)": (),
            "[a for a in b]": (),
        },
    ),
}
