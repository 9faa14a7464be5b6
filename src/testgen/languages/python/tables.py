"""Tests that are the same but for literals, as a table: its columns, rows and names."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from testgen.languages import Family
from testgen.languages.python.literals import literals
from testgen.languages.python.names import Function
from testgen.languages.python.removing import FoundTest, TestFile, words


@dataclass(frozen=True, slots=True)
class Column:
    """A parameter: the literals of the body that it takes the place of, and for each member its value."""

    name: str
    places: tuple[int, ...]
    values: tuple[str, ...]
    types: str


def columns_of(file: TestFile, members: Sequence[FoundTest]) -> list[Column]:
    """What differs; literals that differ in the same way are one parameter."""
    rows = [literals(test.function) for test in members]
    hints = _hints(members[0].function)
    places: dict[tuple[str, ...], list[int]] = {}
    for place, alike in enumerate(zip(*rows, strict=True)):
        dumps = tuple(ast.dump(one) for one in alike)
        if len(set(dumps)) > 1:
            places.setdefault(dumps, []).append(place)
    taken, columns = _taken(file, members[0]), list[Column]()
    for same in places.values():
        column = [row[same[0]] for row in rows]
        name = _free_name(hints[same[0]], taken)
        values = tuple(ast.get_source_segment(file.document.text, one) or "" for one in column)
        columns.append(Column(name, tuple(same), values, _types(column)))
        taken.add(name)
    return columns


def _taken(file: TestFile, test: FoundTest) -> set[str]:
    """The names that mean something in a test already; as a keyword of a call one means nothing there."""
    used = Counter(words(file.document.lines_of(test.piece) + "\n"))
    keywords = (one.arg for one in ast.walk(test.piece.node) if isinstance(one, ast.keyword) and one.arg)
    return {*(used - Counter(keywords)), *file.document.bindings, *file.document.requested}


def _free_name(hint: str, taken: Collection[str]) -> str:
    numbered = (f"{hint}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (hint, *numbered) if name not in taken)


def _types(values: Sequence[ast.expr]) -> str:
    found = [ast.literal_eval(one) for one in values]
    return " | ".join(sorted({"None" if one is None else type(one).__name__ for one in found}))


def _hints(node: Function) -> list[str]:
    """What to call each literal of a test if it becomes a parameter."""
    parents = {child: parent for parent in ast.walk(node) for child in ast.iter_child_nodes(parent)}
    return [_hint(literal, parents) for literal in literals(node)]


def _hint(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    while isinstance(parent := parents[node], ast.expr | ast.keyword):
        if isinstance(parent, ast.keyword) and parent.arg:
            return parent.arg
        if isinstance(parent, ast.Compare) and node in parent.comparators:
            return "expected"
        if isinstance(parent, ast.Call):
            break
        node = parent
    return "value"


def family_of(file: TestFile, members: Sequence[FoundTest]) -> Family | None:
    """What the new test and its cases are called: after what the names share, and after what they do not."""
    names = [test.name.rpartition("::")[2] for test in members]
    split = [name.split("_") for name in names]
    first = _shared(split)
    last = _shared([parts[first:][::-1] for parts in split])
    if any(len(parts) == first + last for parts in split):
        first, last = (first, 0) if all(len(parts) > first for parts in split) else (first - 1, 0)
    own = split[0][:first] + split[0][len(split[0]) - last :]
    name = "_".join(own) if len(own) > 1 else "test_cases"
    ids = tuple("_".join(parts[first : len(parts) - last]) for parts in split)
    if not first or not all(map(str.isascii, ids)) or file.words[name] > names.count(name):
        return None
    owner = members[0].name.rpartition("::")
    return Family(tuple(test.name for test in members), f"{owner[0]}{owner[1]}{name}", ids)


def _shared(lists: Sequence[Sequence[str]]) -> int:
    """How many of their first items are the same in all of them."""
    columns = zip(*lists, strict=False)
    return len(list(takewhile(lambda column: len(set(column)) == 1, columns)))


def table(columns: Sequence[Column], family: Family, unit: str) -> Iterator[str]:
    """The lines of the decorator with all rows."""
    names = ", ".join(f'"{column.name}"' for column in columns)
    yield "@pytest.mark.parametrize("
    yield f"{unit}{names if len(columns) == 1 else f'({names})'},"
    yield f"{unit}["
    for number, one in enumerate(family.ids):
        values = "".join(f"{column.values[number]}, " for column in columns)
        yield f'{unit * 2}pytest.param({values}id="{one}"),'
    yield f"{unit}],"
    yield ")"
