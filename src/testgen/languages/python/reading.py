"""Python text as a syntax tree; every way in which text is not Python is one exception."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from threading import Lock

from testgen.domain import Line
from testgen.languages.marks import Comment

MAX_DEPTH = 100
"""Deeper trees are refused: a reply may be hostile, and everything behind walks trees recursively."""

_TOO_DEEP = "nested too deeply"
_REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)
_QUIETLY = Lock()  # the warning filters belong to the process
_BETWEEN = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}


class NotPythonError(Exception):
    """The text does not parse or compile; `line` counts from 1, `problem` is the interpreter's message."""

    def __init__(self, line: Line, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


def tree_of(text: str) -> ast.Module:
    """The syntax tree of a whole file; raises NotPythonError."""
    try:
        with _QUIETLY, warnings.catch_warnings(action="ignore"):
            return ast.parse(text)
    except _REFUSALS as error:
        raise _not_python(error) from error


def checked_tree_of(text: str) -> ast.Module:
    """The syntax tree of a stranger's text: it also compiles and is not too deep; raises NotPythonError."""
    tree = tree_of(text)
    if _deeper_than(tree, MAX_DEPTH):
        raise NotPythonError(1, _TOO_DEEP)
    try:
        with _QUIETLY, warnings.catch_warnings(action="ignore"):
            compile(tree, "<reply>", "exec", dont_inherit=True)
    except _REFUSALS as error:
        raise _not_python(error) from error
    return tree


def _not_python(error: Exception) -> NotPythonError:
    if isinstance(error, SyntaxError):
        return NotPythonError(error.lineno or 1, error.msg)
    if isinstance(error, ValueError):  # a NUL, or a character that no source file can hold
        return NotPythonError(1, str(error))
    return NotPythonError(1, _TOO_DEEP)


def is_python(text: str) -> bool:
    """Whether the text is a whole, compilable module."""
    try:
        checked_tree_of(text)
    except NotPythonError:
        return False
    return True


def ends_in_string(text: str) -> bool:
    """Whether the text stops in the middle of a triple-quoted string."""
    try:
        tree_of(text)
    except NotPythonError as error:
        return error.problem.startswith("unterminated triple-quoted")
    return False


def _deeper_than(tree: ast.AST, limit: int) -> bool:
    level = [tree]
    for _ in range(limit):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return bool(level)


def string_lines(text: str) -> frozenset[Line]:
    """Numbers of the lines that begin inside a string; their leading blanks belong to its value."""
    inside: set[Line] = set()
    opened: list[Line] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING":
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
        elif kind in {"FSTRING_START", "TSTRING_START"}:
            opened.append(token.start[0])
        elif kind in {"FSTRING_END", "TSTRING_END"}:
            inside.update(range(opened.pop() + 1, token.end[0] + 1))
    return frozenset(inside)


def comments_in(text: str) -> Iterator[Comment]:
    """The comments of a text that is known to parse, in their order."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return (Comment(*token.start, token.string) for token in tokens if token.type == tokenize.COMMENT)


def logical_lines(text: str) -> Iterator[range]:
    """The lines of each logical line of a text that is known to parse, comments around it left out."""
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            yield range(first, token.end[0] + 1)
            first = 0
        elif token.type not in _BETWEEN:
            first = first or token.start[0]


def definition_line(node: ast.stmt) -> Line:
    """The line on which a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
