"""Where a change says nothing about the tests: nobody would expect one to notice."""

from __future__ import annotations

import ast

LOGGERS = ("log", "logger", "logging")
LEVELS = ("debug", "info", "warning", "warn", "error", "exception", "critical", "log")
EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
TYPES = ("annotation", "returns", "type_params", "type_comment")  # fields of syntax trees
TYPE_MAKERS = ("TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "cast")

ANNOTATION = "annotations"
DOCSTRING = "docstrings"
LOGGING = "logging"
MESSAGE = "messages of exceptions and warnings"
TYPE_CHECKING = "code for type checkers only"
EXPORTS = "names in __all__"
UNREACHABLE = "unreachable code"


def reason(field: str, node: ast.AST, parent: ast.AST) -> str:
    """Why changes in a node, which stands in a field of its parent, are not tried; "" if they are."""
    checks = (
        (ANNOTATION, field in TYPES or _makes_type(node)),
        (DOCSTRING, isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)),
        (LOGGING, _makes_logger(node) or (isinstance(node, ast.Expr) and _logs(node.value))),
        (TYPE_CHECKING, isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING"),
        (UNREACHABLE, isinstance(node, ast.stmt) and _is_behind_an_exit(node, getattr(parent, field, None))),
        (EXPORTS, isinstance(node, ast.Assign) and "__all__" in map(_last_name, node.targets)),
        (MESSAGE, _is_message(field, node, parent)),
    )
    return next((reason for reason, holds in checks if holds), "")


def _is_behind_an_exit(node: ast.stmt, block: object) -> bool:
    return isinstance(block, list) and any(isinstance(before, EXITS) for before in block[: block.index(node)])


def _makes_type(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _last_name(node.func) in TYPE_MAKERS


def _makes_logger(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _last_name(node.func) == "getLogger"


def _logs(node: ast.expr) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return node.func.attr in LEVELS and _last_name(node.func.value).lower().strip("_") in LOGGERS


def _is_message(field: str, node: ast.AST, parent: ast.AST) -> bool:
    """A text that is given to an exception or a warning as it is made, or to an assertion."""
    if isinstance(parent, ast.Assert):
        return field == "msg"
    return field == "args" and isinstance(parent, ast.Call) and _complains(parent.func) and _is_text(node)


def _is_text(node: ast.AST) -> bool:
    """Whether an expression is a text, be it put together."""
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()):
            return True
        case ast.BinOp(op=ast.Mod() | ast.Add(), left=text) | ast.Call(func=ast.Attribute(text, "format")):
            return _is_text(text)
    return False


def _complains(function: ast.expr) -> bool:
    name = _last_name(function)
    return name == "warn" or name.endswith(("Error", "Exception", "Warning"))


def _last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`, "" of what is no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
