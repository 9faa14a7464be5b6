"""All mutants of a source file: each operator tried on each node of the syntax tree."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import cast

from testgen.domain import Line
from testgen.languages.lines import split_lines
from testgen.strength.edits import FUNCTIONS, Edit, body_of
from testgen.strength.findings import Mutant
from testgen.strength.ignored import reason
from testgen.strength.operators import OPERATORS

_DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
# Safe without brackets wherever an expression stands.
_CLOSED = (ast.Constant, ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.JoinedStr)
_SHOWN, _LEAD = 70, 20  # characters of a change, and how many of them before it where it is cut


@dataclass(frozen=True, slots=True)
class Change:
    """A mutant, and the nodes from the statement of the module that it is in down to the one replaced."""

    mutant: Mutant
    edit: Edit
    path: tuple[ast.AST, ...]

    @property
    def home(self) -> ast.stmt:
        """The statement to compile to see what the change does: a function rather than its class."""
        return cast("ast.stmt", self.path[self._home])

    def changed(self) -> ast.stmt:
        """That statement with the change in it."""
        return cast("ast.stmt", replaced(self.path[self._home :], self.edit))

    @property
    def _home(self) -> int:
        return next((place for place, node in enumerate(self.path) if isinstance(node, FUNCTIONS)), 0)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is around a node: `whole` is the f-string it is in, whose parts have no place of their own."""

    path: tuple[ast.AST, ...] = ()
    unit: str = ""
    line: Line = 0
    whole: ast.expr | None = None
    ignored: str = ""


def changes(source: str) -> Iterator[Change]:
    """Every mutant of a source that parses, those to be ignored too, in the order of the file."""
    tree, text = ast.parse(source), _Text(source)
    for statement in tree.body:
        scope = _Scope()
        for edit, operator, where in _edits(statement, tree, "body", scope):
            if made := _mutant(text, edit, operator, where):
                yield Change(made, edit, (*where.path, *_path(where.path[-1], edit.first)[1:]))


def _edits(node: ast.AST, parent: ast.AST, field: str, around: _Scope) -> Iterator[tuple[Edit, str, _Scope]]:
    scope = _inside(node, parent, field, around)
    for name, operator in OPERATORS.items():
        for edit in operator.change(node, parent):
            yield edit, name, replace(scope, line=edit.first.lineno) if edit.last else scope
    for field_, child in _children(node):
        yield from _edits(child, node, field_, scope)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if field != "format_spec":
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield field, child


def _inside(node: ast.AST, parent: ast.AST, field: str, scope: _Scope) -> _Scope:
    if isinstance(node, _DEFINITIONS):
        scope = replace(scope, unit=f"{scope.unit}.{node.name}".lstrip("."))
    if isinstance(node, ast.stmt | ast.excepthandler | ast.pattern) or field == "decorator_list":
        scope = replace(scope, line=getattr(node, "lineno", scope.line))
    if isinstance(node, ast.arguments) and isinstance(parent, FUNCTIONS) and (body := body_of(parent)):
        scope = replace(scope, line=body[0].lineno)  # a default only counts for tests that call it
    if isinstance(node, ast.JoinedStr) and scope.whole is None:
        scope = replace(scope, whole=node)
    return replace(scope, path=(*scope.path, node), ignored=scope.ignored or reason(field, node, parent))


def _mutant(text: _Text, edit: Edit, operator: str, scope: _Scope) -> Mutant | None:
    first, last = scope.whole or edit.first, scope.whole or edit.last or edit.first
    try:
        piece = _bracketed(scope.whole, edit)
    except ValueError:  # an f-string that the language of this Python cannot spell
        return None
    start, end = text.span(first, last)
    before, after = _shown(text.source[start:end], scope.whole or edit.first, _piece(scope.whole, edit))
    return Mutant(
        operator=operator,
        line=scope.line,
        at=first.lineno,
        column=start - text.offset(first.lineno) + 1,
        before=before,
        after=after,
        unit=scope.unit,
        start=start,
        end=end,
        text=text.apart(start, piece, end),
        ignored=scope.ignored,
    )


def _piece(whole: ast.expr | None, edit: Edit) -> str:
    return ast.unparse(replaced(_path(whole, edit.first) if whole else (edit.first,), edit))


def _bracketed(whole: ast.expr | None, edit: Edit) -> str:
    piece = _piece(whole, edit)
    closed = whole or isinstance(edit.new, (*_CLOSED, ast.stmt))
    return piece if closed else f"({piece})"


def _path(node: ast.AST, target: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes from one to another inside it, both included; empty if it is not inside."""
    if node is target:
        return (node,)
    for _, child in _children(node):
        if below := _path(child, target):
            return (node, *below)
    return ()


def replaced(path: Sequence[ast.AST], edit: Edit) -> ast.AST:
    """The first node of a path to the edit as it is afterwards; what is beside the path is not copied."""
    made: ast.AST = _placed(edit)
    for outer, inner in zip(path[-2::-1], path[:0:-1], strict=True):
        made = _with_child(outer, inner, made, last=edit.last is not None and inner is edit.first)
    return made


def _placed(edit: Edit) -> ast.AST:
    """What is new, with a place as the compiler wants it; a part of what was there has one."""
    if not hasattr(edit.new, "lineno"):
        ast.fix_missing_locations(ast.copy_location(edit.new, edit.first))
    return edit.new


def _with_child(outer: ast.AST, inner: ast.AST, made: ast.AST, *, last: bool) -> ast.AST:
    """A copy of a node with another child; as the `last` one of a block it ends that."""
    new = copy.copy(outer)
    for field, value in ast.iter_fields(outer):
        if value is inner:
            setattr(new, field, made)
        elif isinstance(value, list) and inner in value:
            place = value.index(inner)
            setattr(new, field, [*value[:place], made, *([] if last else value[place + 1 :])])
    return new


def _shown(code: str, node: ast.AST, piece: str) -> tuple[str, str]:
    """What was there and what is, each on one line: all of it, or a part of both where they differ."""
    before, after = _line(code), _line(piece)
    if max(len(before), len(after)) <= _SHOWN:
        return before, after
    spelled = _line(ast.unparse(node))  # as `piece` is, so that quotes and blanks are no difference
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(spelled, after, strict=False)))
    start = max(0, same - _LEAD)
    return _part(spelled if start else before, start), _part(after, start)


def _line(code: str) -> str:
    return " ".join(code.split())


def _part(line: str, start: int) -> str:
    end = start + _SHOWN
    return f"{'…' if start else ''}{line[start:end]}{'…' if line[end:] else ''}"


class _Text:
    """A source by character; syntax trees count columns in bytes of UTF-8."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def lines(self) -> list[str]:
        return split_lines(self.source)

    @cached_property
    def _offsets(self) -> list[int]:
        offsets = [0]
        for line in self.lines:
            offsets.append(offsets[-1] + len(line))
        return offsets

    def offset(self, line: Line, column: int = 0) -> int:
        """Where a column of a line (from 1) is."""
        before = self.lines[line - 1].encode()[:column].decode() if column else ""
        return self._offsets[line - 1] + len(before)

    def span(self, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> tuple[int, int]:
        """From the beginning of a node, its decorators included, to the end of another."""
        decorators: list[ast.expr] = getattr(first, "decorator_list", [])
        if decorators:  # the @ stands before the expression
            start = self.source.rindex("@", 0, self.offset(decorators[0].lineno, decorators[0].col_offset))
        else:
            start = self.offset(first.lineno, first.col_offset)
        assert last.end_lineno and last.end_col_offset is not None  # noqa: S101
        return start, self.offset(last.end_lineno, last.end_col_offset)

    def apart(self, start: int, piece: str, end: int) -> str:
        """The piece, with a blank where it would run together with the word before or after it."""
        before, after = self.source[start - 1 : start], self.source[end : end + 1]
        left = " " if _is_word(before) and _is_word(piece[:1]) else ""
        right = " " if _is_word(after) and _is_word(piece[-1:]) else ""
        return f"{left}{piece}{right}"


def _is_word(character: str) -> bool:
    return character.isalnum() or character in ("_", "'", '"')
