"""What the source calls that syntax trees do not tell: where to look it up, and what of it is shown."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from testgen.context.modules import Library, Module
from testgen.domain import Line
from testgen.languages.lines import split_lines
from testgen.languages.python.names import FUNCTIONS, dotted
from testgen.languages.python.reading import NotPythonError, tree_of
from testgen.prompting import File, Signature

LONGEST = 2_400  # characters of all signatures together
LONGEST_ONE = 300
MOST_PLACES = 200  # that are looked up

Place: TypeAlias = tuple[Line, int]  # the column is in characters

_STANDARD = sys.stdlib_module_names
_EVERYWHERE = frozenset(name for kind in (str, bytes, list, dict, set) for name in dir(kind))
_ITSELF = ("self", "cls")


@dataclass(frozen=True, slots=True)
class Found:
    """What is called on a line: its full name, the file that defines it, and how it is called."""

    line: Line
    name: str
    path: Path
    signature: Signature


@dataclass(frozen=True, slots=True)
class Called:
    """Signatures of what the source calls, the nearest first, and the names of those left out."""

    signatures: tuple[Signature, ...] = ()
    left_out: tuple[str, ...] = ()


def foreign(library: Library, source: Module) -> frozenset[str]:
    """The top-level modules that a source imports of neither the project nor the standard library."""
    tops = {one.module.partition(".")[0] for one in source.imports} - {""} - _STANDARD
    return frozenset(top for top in tops if not library.owns(top, source))


def places(library: Library, source: Module) -> tuple[Place, ...]:
    """Where the source calls something of libraries, or of objects whose kind has to be inferred.

    They are in the order of the file, each name once for each function that calls it, and depend on nothing
    but the source and the modules it imports. Empty where nothing else is called than what the standard
    library and the project define.
    """
    others = foreign(library, source)
    origins = {one.binds: one.module.partition(".")[0] for one in source.imports}
    libraries = {name for name, top in origins.items() if top in others}
    standard = {name for name, top in origins.items() if top in _STANDARD} | set(dir(builtins))
    everywhere = set() if libraries else _EVERYWHERE
    own = {f"{it}.{name}" for name in _defined(source.text) for it in _ITSELF}
    lines = split_lines(source.text)
    found: dict[tuple[object, str], Place] = {}
    for scope, func in sorted(_calls(source.tree), key=lambda call: (call[1].lineno, call[1].col_offset)):
        name, root = dotted(func), dotted(func).partition(".")[0]
        method = func.attr if isinstance(func, ast.Attribute) and root not in standard else ""
        told = _is_plain(func) and (name in own or library.find(name, source))
        if root in libraries or (method and method not in everywhere and not told):
            place = _place(func, lines)
            found.setdefault((scope, name or str(place)), place)
    return tuple(found.values())[:MOST_PLACES]


def called(
    found: Sequence[Found], source: Path, near: Collection[Line], shown: Sequence[File], root: Path
) -> Called:
    """What is shown of all that was found: first what the lines in `near` call, then the rest.

    What the standard library, the source itself or one of the texts `shown` defines is not told again.
    """
    defined = {(root / one.path, name) for one in shown for name in _defined(one.text)}
    news = (
        one
        for one in sorted(found, key=lambda one: (one.line not in near, one.line))
        if one.path != source
        and one.name.partition(".")[0] not in _STANDARD
        and (one.path, one.name.rpartition(".")[2]) not in defined
    )
    return _fitted(dict.fromkeys(one.signature for one in news))


def shortened(text: str) -> str:
    """One signature, or what is said of it, cut at a length no prompt needs."""
    return text if len(text) <= LONGEST_ONE else f"{text[:LONGEST_ONE]} ..."


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.expr]]:
    """What is called, each with the innermost function around it."""
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        scope, node = waiting.pop()
        if isinstance(node, ast.Call):
            yield scope, node.func
        inside = node if isinstance(node, FUNCTIONS) else scope
        waiting.extend((inside, child) for child in ast.iter_child_nodes(node))


def _is_plain(func: ast.expr) -> bool:
    """Whether it is a name or a chain of attributes, with nothing called in between."""
    while isinstance(func, ast.Attribute):
        func = func.value
    return isinstance(func, ast.Name)


def _defined(text: str) -> Iterator[str]:
    try:
        nodes = ast.walk(tree_of(text))
    except NotPythonError:
        return
    yield from (node.name for node in nodes if isinstance(node, (*FUNCTIONS, ast.ClassDef)))


def _place(func: ast.expr, lines: Sequence[str]) -> Place:
    """Where the last name of an expression stands."""
    line, end = func.end_lineno or func.lineno, func.end_col_offset or 1
    return line, len(lines[line - 1].encode()[: end - 1].decode(errors="ignore"))


def _fitted(signatures: Iterable[Signature]) -> Called:
    shown, left_out, room = [], [], LONGEST
    for one in signatures:
        size = len(one.code) + len(one.says)
        if size <= room:
            shown.append(one)
            room -= size
        else:
            left_out.append(one.code.partition("(")[0])
    return Called(tuple(shown), tuple(left_out))
