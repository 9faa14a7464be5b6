"""Near-duplicates: tests that are the same but for literals, as one parametrised test.

Whatever is not plainly safe stays as it is. That the new test is the old ones is checked on the syntax tree:
with the literals of each case put back in, it has to be the test that the case was made from.
"""

from __future__ import annotations

import ast
import copy
import io
import re
import tokenize
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import TypeAlias, TypeGuard, cast

from testgen.languages import Family
from testgen.languages.python.document import Document, Insertion
from testgen.languages.python.indenting import indentation
from testgen.languages.python.names import Function, dotted
from testgen.languages.python.reading import definition_line
from testgen.languages.python.removing import FoundTest, TestFile, removed, words

LEAST, MOST = 3, 4  # tests that are worth a table, and columns of one that can still be read

# What looks at names or frames, or at which test is being run: there a literal is not just a value.
_LOOKS_AROUND = frozenset({"locals", "vars", "dir", "eval", "exec", "globals", "inspect", "request"})

Fill: TypeAlias = Callable[[ast.expr, int], ast.expr]


@dataclass(frozen=True, slots=True)
class _Column:
    """A parameter: the literals of the body that it takes the place of, and for each member its value."""

    name: str
    places: tuple[int, ...]
    values: tuple[str, ...]
    types: str


def families(content: bytes, names: Collection[str]) -> tuple[Family, ...]:
    """The tests, among those named, that can become one; raises UsageError if the file cannot be parsed."""
    return tuple(family for family, _ in _foldings(TestFile(Document.read(content)), names))


def folded(content: bytes, family: Family) -> bytes:
    """The file with such a family as one test, in the place of its first member."""
    found = _foldings(TestFile(Document.read(content)), family.members)
    return next((document.content() for one, document in found if one == family), content)


def _foldings(file: TestFile, names: Collection[str]) -> Iterator[tuple[Family, Document]]:
    if not any(_imports_pytest(node) for node in file.document.tree.body):
        return
    shapes = {
        test: _shape(file, test)
        for name, test in file.separable.items()
        if name in names and _is_plain(file, test)
    }
    for _, alike in groupby(sorted(shapes, key=shapes.__getitem__), key=shapes.__getitem__):
        members = sorted(alike, key=lambda test: test.piece.first)
        if len(members) >= LEAST and (found := _fold(file, members)):
            yield found


def _imports_pytest(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import) and any(
        (one.name, one.asname) == ("pytest", None) for one in node.names
    )


def _is_plain(file: TestFile, test: FoundTest) -> bool:
    """Whether a test is a function or a method of a plain class, whose parameters are fixtures."""
    node = _function(test)
    args = node.args
    odd = (args.vararg, args.kwarg, args.kwonlyargs, args.defaults, args.posonlyargs)
    return not (
        any(odd)
        or any(one.bases or one.decorator_list or one.keywords for one in test.classes)
        or any("parametrize" in dotted(one) for one in node.decorator_list)
        or bool(getattr(node, "type_params", None))
        or _LOOKS_AROUND.intersection(words(file.document.lines_of(test.piece)))
    )


def _function(test: FoundTest) -> Function:
    return cast("Function", test.piece.node)


def _shape(file: TestFile, test: FoundTest) -> tuple[str, ...]:
    """What tests that differ in literals only have in common: class, comments, the rest of the tree."""
    classes = "::".join(one.name for one in test.classes)
    comments = "\n".join(_comments(file.document.lines_of(test.piece)))
    return classes, comments, _nameless(_filled(_function(test), lambda _node, _place: ast.Name("_")))


def _comments(text: str) -> Iterator[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text + "\n").readline)
    return (token.string for token in tokens if token.type == tokenize.COMMENT)


def _nameless(node: Function) -> str:
    return ast.dump(_with(node, name=""))


def _with(node: Function, **fields: object) -> Function:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


class _Filler(ast.NodeTransformer):
    """Puts something in the place of each literal for which a name could stand."""

    def __init__(self, fill: Fill) -> None:
        self.fill = fill
        self.place = -1

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace a literal; go on below what is none, unless a name would mean something else there."""
        if _is_literal(node):
            self.place += 1
            return self.fill(node, self.place)
        return node if _is_closed(node) else self.generic_visit(node)


def _is_literal(node: ast.AST) -> TypeGuard[ast.expr]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
        return isinstance(node, ast.Constant) and type(node.value) in {int, float, complex}
    return isinstance(node, ast.Constant) and node.value is not Ellipsis


def _is_closed(node: ast.AST) -> bool:
    """Whether a literal in a node is part of its syntax: in f-strings, patterns and docstrings."""
    bare = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return bare or isinstance(node, ast.JoinedStr | ast.pattern) or type(node).__name__ == "TemplateStr"


def _filled(node: Function, fill: Fill) -> Function:
    """A copy of a test with its body's literals replaced."""
    filler = _Filler(fill)
    return _with(node, body=[filler.visit(copy.deepcopy(statement)) for statement in node.body])


def _literals(node: Function) -> list[ast.expr]:
    """The same literals, in the same order."""
    return [literal for statement in node.body for literal in _literals_in(statement)]


def _literals_in(node: ast.AST) -> Iterator[ast.expr]:
    if _is_literal(node):
        yield node
    elif not _is_closed(node):
        for child in ast.iter_child_nodes(node):
            yield from _literals_in(child)


def _fold(file: TestFile, members: Sequence[FoundTest]) -> tuple[Family, Document] | None:
    """The tests as one, None if that would not be the same or could not be read."""
    columns, family = _columns(file, members), _family(file, members)
    if not 0 < len(columns) <= MOST or family is None:
        return None
    if any("\n" in value or "\r" in value for column in columns for value in column.values):
        return None
    document = _edited(file.document, members, columns, family)
    return (family, document) if _is_same(document, family, members, columns) else None


def _columns(file: TestFile, members: Sequence[FoundTest]) -> list[_Column]:
    """What differs; literals that differ in the same way are one parameter."""
    rows = [_literals(_function(test)) for test in members]
    hints = _hints(_function(members[0]))
    places: dict[tuple[str, ...], list[int]] = {}
    for place, literals in enumerate(zip(*rows, strict=True)):
        dumps = tuple(ast.dump(one) for one in literals)
        if len(set(dumps)) > 1:
            places.setdefault(dumps, []).append(place)
    taken, columns = _taken(file, members[0]), list[_Column]()
    for same in places.values():
        column = [row[same[0]] for row in rows]
        name = _free_name(hints[same[0]], taken)
        values = tuple(ast.get_source_segment(file.document.text, one) or "" for one in column)
        columns.append(_Column(name, tuple(same), values, _types(column)))
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


def _types(literals: Sequence[ast.expr]) -> str:
    values = [ast.literal_eval(one) for one in literals]
    return " | ".join(sorted({"None" if one is None else type(one).__name__ for one in values}))


def _hints(node: Function) -> list[str]:
    """What to call each literal of a test if it becomes a parameter."""
    parents = {child: parent for parent in ast.walk(node) for child in ast.iter_child_nodes(parent)}
    return [_hint(literal, parents) for literal in _literals(node)]


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


def _family(file: TestFile, members: Sequence[FoundTest]) -> Family | None:
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


def _edited(
    document: Document, members: Sequence[FoundTest], columns: Sequence[_Column], family: Family
) -> Document:
    """The file with the first of the tests made into all of them, and the others gone."""
    others = [test.piece for test in members[1:]]
    cuts = [Insertion(at, "", end - at) for at, end in removed(document, members[0].siblings, others)]
    node = _function(members[0])
    margin = indentation(document.lines[node.lineno - 1])
    table = "".join(f"{margin}{line}\n" for line in _table(columns, family, document.unit))
    above = Insertion(document.offset(definition_line(node) - 1), table)
    literals = _literals(node)
    values = [
        _replace(document, literals[place], column.name) for column in columns for place in column.places
    ]
    return document.with_insertions([above, *_signature(document, node, columns, family), *values, *cuts])


def _table(columns: Sequence[_Column], family: Family, unit: str) -> Iterator[str]:
    names = ", ".join(f'"{column.name}"' for column in columns)
    yield "@pytest.mark.parametrize("
    yield f"{unit}{names if len(columns) == 1 else f'({names})'},"
    yield f"{unit}["
    for number, one in enumerate(family.ids):
        values = "".join(f"{column.values[number]}, " for column in columns)
        yield f'{unit * 2}pytest.param({values}id="{one}"),'
    yield f"{unit}],"
    yield ")"


def _replace(document: Document, node: ast.expr, text: str) -> Insertion:
    start = document.offset(node.lineno - 1, node.col_offset)
    end = document.offset((node.end_lineno or node.lineno) - 1, node.end_col_offset or 0)
    return Insertion(start, text, end - start)


def _signature(
    document: Document, node: Function, columns: Sequence[_Column], family: Family
) -> Iterator[Insertion]:
    """Its new name, and its parameters; with types where it says what it returns."""
    start = document.offset(node.lineno - 1, node.col_offset)
    head = re.compile(r"(?:async\s+)?def\s+(\w+)\s*\(").match(document.text, start)
    assert head  # noqa: S101  (where a function begins)
    name = family.name.rpartition("::")[2]
    yield Insertion(head.start(1), name, len(head[1]))
    given = [f"{one.name}: {one.types}" if node.returns else one.name for one in columns]
    if node.args.args:
        last = node.args.args[-1]
        end = document.offset((last.end_lineno or last.lineno) - 1, last.end_col_offset or 0)
        yield Insertion(end, "".join(f", {one}" for one in given))
    else:
        yield Insertion(head.end(), ", ".join(given))


def _is_same(
    document: Document, family: Family, members: Sequence[FoundTest], columns: Sequence[_Column]
) -> bool:
    """Whether the new test is each of the old ones, once that one's literals are put back into it."""
    found = [test for test in TestFile(document).tests if test.name == family.name]
    return len(found) == 1 and all(
        _nameless(_case(_function(found[0]), columns, number)) == _nameless(_function(test))
        for number, test in enumerate(members)
    )


def _case(node: Function, columns: Sequence[_Column], number: int) -> Function:
    """One case of the new test, without the table."""
    values = {one.name: ast.parse(one.values[number], mode="eval").body for one in columns}
    args = copy.copy(node.args)
    args.args = args.args[: -len(columns)]

    class PutBack(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            return values.get(name.id, name)

    body = [PutBack().visit(copy.deepcopy(statement)) for statement in node.body]
    return _with(node, args=args, body=body, decorator_list=node.decorator_list[1:])
