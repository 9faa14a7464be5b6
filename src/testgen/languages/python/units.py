"""The definitions of a source file."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from testgen.errors import UsageError
from testgen.languages import Unit
from testgen.languages.python.reading import NotPythonError, definition_line, tree_of

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def units(source: str) -> tuple[Unit, ...]:
    """Functions, methods and classes, outermost first, in the order of the file.

    Raises UsageError, naming the line, when the source is not Python.
    """
    try:
        tree = tree_of(source)
    except NotPythonError as error:
        raise UsageError(f"the source file is not valid Python: {error}") from error
    return tuple(_definitions(tree, ""))


def _definitions(node: ast.AST, prefix: str) -> Iterator[Unit]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _DEFINITIONS):
            name = prefix + child.name
            yield Unit(name, definition_line(child), child.end_lineno or child.lineno)
            yield from _definitions(child, f"{name}.")
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _definitions(child, prefix)
