"""New imports in a file: into the statement of their module, else into their section, sorted."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from testgen.domain import Line
from testgen.languages.python.document import Document, Insertion, Kind, Part
from testgen.languages.python.imports import (
    LONGEST,
    Group,
    Import,
    Statement,
    block,
    by_letter,
    by_type,
    imports_of,
    statements,
)
from testgen.languages.python.indenting import indentation
from testgen.languages.python.source import Piece

Order: TypeAlias = Callable[[Import], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class ImportEdits:
    """Insertions into the import block, and what has to stand at the module's top as a block of its own."""

    insertions: tuple[Insertion, ...] = ()
    top: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    """An import statement of the file: where it sorts, its first line and the last one that it shares."""

    key: tuple[int, bool, str]
    group: Group
    first: Line
    last: Line

    @classmethod
    def of(cls, document: Document, piece: Piece) -> _Placed:
        statement = statements(imports_of(piece.node))[0]
        sharing = [other.last for other in document.pieces if other.first <= piece.last]
        return cls(statement.key, statement.group, piece.first, max(sharing))


def import_edits(document: Document, new: Sequence[Import]) -> ImportEdits:
    """How the file gets imports that it does not have."""
    insertions: list[Insertion] = []
    homeless = list(new)
    for host in _from_imports(document):
        joining = [one for one in homeless if one.name and one.module == _module(host)]
        homeless = [one for one in homeless if one not in joining]
        insertions += _join(document, host, joining)
    own = statements(homeless)
    first = [s for s in own if s.group is Group.FUTURE or not document.import_pieces]
    for group in dict.fromkeys(s.group for s in own if s not in first):
        insertions += _place(document, [s for s in own if s.group is group])
    return ImportEdits(tuple(insertions), (Part(block(first), Kind.IMPORT),) if first else ())


def _from_imports(document: Document) -> Iterator[ast.ImportFrom]:
    for piece in document.import_pieces:
        if isinstance(piece.node, ast.ImportFrom) and piece.node.names[0].name != "*":
            yield piece.node


def _module(node: ast.stmt) -> str:
    return next(imports_of(node)).module


def _place(document: Document, new: Sequence[Statement]) -> Iterator[Insertion]:
    """Statements of one section: into it, sorted; where there is none, as a section of their own."""
    there = [_Placed.of(document, piece) for piece in document.import_pieces]
    section = [placed for placed in there if placed.group is new[0].group]
    lower = [placed.last for placed in there if placed.group < new[0].group]
    future = [placed.last for placed in there if placed.group is Group.FUTURE]
    above = max([document.top, *future, (section or there)[0].first - 1])
    if section:
        for statement in new:
            before = [placed.last for placed in section if placed.key <= statement.key]
            yield document.insert_lines(before[-1] if before else above, statement.text)
    elif lower:
        yield document.insert_lines(lower[-1], f"\n{block(new)}{_blank_below(document, lower[-1])}")
    else:
        yield document.insert_lines(above, f"{block(new)}\n")


def _blank_below(document: Document, line: Line) -> str:
    return "\n" if line < len(document.lines) and document.lines[line].strip() else ""


def _join(document: Document, host: ast.ImportFrom, new: Sequence[Import]) -> Iterator[Insertion]:
    """Names in a statement that is there, in its order if it has one, else at its end."""
    if not new:
        return
    if _grows_too_long(document, host, new):
        yield from _wrap(document, host, new)
        return
    there = list(imports_of(host))
    order = _order_of(there)
    last: list[Import] = []
    for one in sorted(new, key=order or by_type):
        index = _index_after(there, one, order)
        if index is None:
            last.append(one)
        else:
            yield _before(document, host, index, one)
    if last:
        yield from _append(document, host, last)


def _order_of(there: Sequence[Import]) -> Order | None:
    """The order in which the names of a statement stand, if any."""
    return next((order for order in (by_type, by_letter) if sorted(there, key=order) == there), None)


def _index_after(there: Sequence[Import], one: Import, order: Order | None) -> int | None:
    if order is None:
        return None
    return next((index for index, other in enumerate(there) if order(other) > order(one)), None)


def _grows_too_long(document: Document, host: ast.ImportFrom, new: Sequence[Import]) -> bool:
    if host.lineno != host.end_lineno:
        return False
    text = document.lines[host.lineno - 1].rstrip()
    return "(" not in text and len(text) + sum(len(one.part) + 2 for one in new) > LONGEST


def _wrap(document: Document, host: ast.ImportFrom, new: Sequence[Import]) -> Iterator[Insertion]:
    """The statement over several lines, a name on each, in its order if it has one."""
    there, first = list(imports_of(host)), host.names[0]
    order = _order_of(there)
    names = sorted([*there, *new], key=order) if order else [*there, *sorted(new, key=by_type)]
    start = document.offset(first.lineno - 1, first.col_offset)
    text = "".join(f"    {one.part},\n" for one in names)
    yield Insertion(start, f"(\n{text})", removed=document.place(host.names[-1])[1] - start)


def _before(document: Document, host: ast.ImportFrom, index: int, one: Import) -> Insertion:
    alias = host.names[index]
    prefix = _own_line_prefix(document, host, alias)
    separator = ", " if prefix is None else f",\n{prefix}"
    return Insertion(document.offset(alias.lineno - 1, alias.col_offset), one.part + separator)


def _append(document: Document, host: ast.ImportFrom, new: Sequence[Import]) -> Iterator[Insertion]:
    alias = host.names[-1]
    end = document.place(alias)[1]
    prefix = _own_line_prefix(document, host, alias)
    if prefix is None or host.end_lineno == alias.end_lineno:
        yield Insertion(end, "".join(f", {one.part}" for one in new))
        return
    comma = document.text[end:].lstrip(" \t").startswith(",")
    lines = ",\n".join(prefix + one.part for one in new)
    if not comma:
        yield Insertion(end, ",")
    yield document.insert_lines(alias.end_lineno or alias.lineno, lines + ("," if comma else ""))


def _own_line_prefix(document: Document, host: ast.ImportFrom, alias: ast.alias) -> str | None:
    """The indentation of a name that begins a line within brackets, None for other names."""
    line = document.lines[alias.lineno - 1]
    start = document.offset(host.lineno - 1, host.col_offset)
    in_brackets = "(" in document.text[start : document.offset(alias.lineno - 1, alias.col_offset)]
    return None if line.encode()[: alias.col_offset].strip() or not in_brackets else indentation(line)
