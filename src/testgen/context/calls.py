"""How the rest of the project makes the objects under test."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from testgen.context.modules import Library, Module, text_of
from testgen.languages.lines import split_lines
from testgen.languages.places import files_in
from testgen.languages.python.names import dotted, last_name
from testgen.prompting import CallSite, name_of

MOST_CALLS = 6
MOST_OF_ONE = 2  # calls of the same class
MOST_FILES = 200  # that are looked into
LONGEST_CALL = 120  # characters

_TESTS = re.compile(r"(^|/)(tests?/|test_[^/]*$|conftest\.py$|[^/]*_tests?\.py$)")
_NOT_MADE = re.compile(r"(Error|Exception|Warning|Enum|Flag)$")


def calls(library: Library, source: Module, root: Path) -> tuple[CallSite, ...]:
    """Some calls of the source's classes outside it and the tests; exceptions and enums are left out."""
    classes = {name for name, nodes in source.definitions.items() if _is_made(nodes[0])}
    return tuple(islice(_calls(library, source, classes, root), MOST_CALLS)) if classes else ()


def _is_made(node: ast.stmt) -> bool:
    if not isinstance(node, ast.ClassDef):
        return False
    return not any(_NOT_MADE.search(name) for name in (node.name, *map(last_name, node.bases)))


def _calls(library: Library, source: Module, classes: Collection[str], root: Path) -> Iterator[CallSite]:
    told: Counter[str] = Counter()
    for module in _callers(library, source, classes, root):
        for call, code in _short_calls(module):
            made = library.find(dotted(call.func), module)
            if made and made.module is source and made.name in classes and told[made.name] < MOST_OF_ONE:
                told[made.name] += 1
                yield CallSite(name_of(module.path, root), call.lineno, code)


def _callers(library: Library, source: Module, classes: Collection[str], root: Path) -> Iterator[Module]:
    """The modules whose text looks as if it called one of the classes; others are not even parsed."""
    call = re.compile(rf"\b({'|'.join(map(re.escape, classes))})\(")
    paths = (path for path in files_in(root, {".py"}) if not _TESTS.search(name_of(path, root)))
    for path in islice(paths, MOST_FILES):
        likely = path != source.path and call.search(text_of(path) or "")
        if likely and (module := library.at(path)):
            yield module


def _short_calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """The calls that stand on one line, each with its text."""
    lines = split_lines(module.text)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and node.lineno == node.end_lineno:
            code = lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()
            if len(code) <= LONGEST_CALL:
                yield node, code
