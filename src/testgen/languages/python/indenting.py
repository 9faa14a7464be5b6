"""Moving code between indentations without changing the value of a string."""

from __future__ import annotations

import ast

from testgen.languages.lines import split_lines
from testgen.languages.python.reading import string_lines, tree_of


def indent(text: str, prefix: str, unit: str) -> str:
    """Parsable code moved behind the prefix, its own indentation rewritten in the file's unit."""
    own, inside = unit_of(tree_of(text), text), string_lines(text)
    return "".join(
        line if number in inside or not line.strip() else prefix + _reindent(line, own, unit)
        for number, line in enumerate(split_lines(text), 1)
    )


def unit_of(tree: ast.Module, text: str) -> str:
    """What one level of indentation is in the text: that of its first block, else four blanks."""
    lines = split_lines(text)
    for node in tree.body:
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and body[0].lineno > node.lineno:
            return indentation(lines[body[0].lineno - 1])
    return "    "


def indentation(line: str) -> str:
    """The blanks a line begins with; a form feed is none of them."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def _reindent(line: str, own: str, unit: str) -> str:
    level, rest = 0, line
    while rest.startswith(own):
        level, rest = level + 1, rest[len(own) :]
    return unit * level + rest
