"""Near-duplicates: tests that are the same but for literals, as one parametrised test.

Which tests can become one, and the file with it; what the table looks like is in tables.py. Whatever is not
plainly safe stays as it is. That the new test is the old ones is checked on the syntax tree:
with the literals of each case put back in, it has to be the test that the case was made from.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from testgen.languages import Family
from testgen.languages.python.document import Document, Insertion
from testgen.languages.python.indenting import indentation
from testgen.languages.python.literals import altered, filled, literals
from testgen.languages.python.names import Function, dotted
from testgen.languages.python.reading import comments_in, definition_line
from testgen.languages.python.removing import FoundTest, TestFile, removed, words
from testgen.languages.python.tables import Column, columns_of, family_of, table

LEAST, MOST = 3, 4  # tests that are worth a table, and columns of one that can still be read

# What looks at names or frames, or at which test is being run: there a literal is not just a value.
_LOOKS_AROUND = frozenset({"locals", "vars", "dir", "eval", "exec", "globals", "inspect", "request"})


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
    node = test.function
    args = node.args
    odd = (args.vararg, args.kwarg, args.kwonlyargs, args.defaults, args.posonlyargs)
    return not (
        any(odd)
        or any(one.bases or one.decorator_list or one.keywords for one in test.classes)
        or any("parametrize" in dotted(one) for one in node.decorator_list)
        or bool(getattr(node, "type_params", None))
        or _LOOKS_AROUND.intersection(words(file.document.lines_of(test.piece)))
    )


def _shape(file: TestFile, test: FoundTest) -> tuple[str, ...]:
    """What tests that differ in literals only have in common: class, comments, the rest of the tree."""
    classes = "::".join(one.name for one in test.classes)
    comments = "\n".join(one.text for one in comments_in(f"{file.document.lines_of(test.piece)}\n"))
    return classes, comments, _nameless(filled(test.function, lambda _node, _place: ast.Name("_")))


def _nameless(node: Function) -> str:
    return ast.dump(altered(node, name=""))


def _fold(file: TestFile, members: Sequence[FoundTest]) -> tuple[Family, Document] | None:
    """The tests as one, None if that would not be the same or could not be read."""
    columns, family = columns_of(file, members), family_of(file, members)
    if not 0 < len(columns) <= MOST or family is None:
        return None
    if any("\n" in value or "\r" in value for column in columns for value in column.values):
        return None
    document = _edited(file.document, members, columns, family)
    return (family, document) if _is_same(document, family, members, columns) else None


def _edited(
    document: Document, members: Sequence[FoundTest], columns: Sequence[Column], family: Family
) -> Document:
    """The file with the first of the tests made into all of them, and the others gone."""
    others = [test.piece for test in members[1:]]
    cuts = [Insertion(at, "", end - at) for at, end in removed(document, members[0].siblings, others)]
    node = members[0].function
    margin = indentation(document.lines[node.lineno - 1])
    rows = "".join(f"{margin}{line}\n" for line in table(columns, family, document.unit))
    above = Insertion(document.offset(definition_line(node) - 1), rows)
    found = literals(node)
    values = [_replace(document, found[place], column.name) for column in columns for place in column.places]
    return document.with_insertions([above, *_signature(document, node, columns, family), *values, *cuts])


def _replace(document: Document, node: ast.expr, text: str) -> Insertion:
    start, end = document.place(node)
    return Insertion(start, text, end - start)


def _signature(
    document: Document, node: Function, columns: Sequence[Column], family: Family
) -> Iterator[Insertion]:
    """Its new name, and its parameters; with types where it says what it returns."""
    start, _ = document.place(node)
    head = re.compile(r"(?:async\s+)?def\s+(\w+)\s*\(").match(document.text, start)
    assert head  # noqa: S101  (where a function begins)
    name = family.name.rpartition("::")[2]
    yield Insertion(head.start(1), name, len(head[1]))
    given = [f"{one.name}: {one.types}" if node.returns else one.name for one in columns]
    if node.args.args:
        _, end = document.place(node.args.args[-1])
        yield Insertion(end, "".join(f", {one}" for one in given))
    else:
        yield Insertion(head.end(), ", ".join(given))


def _is_same(
    document: Document, family: Family, members: Sequence[FoundTest], columns: Sequence[Column]
) -> bool:
    """Whether the new test is each of the old ones, once that one's literals are put back into it."""
    found = [test for test in TestFile(document).tests if test.name == family.name]
    return len(found) == 1 and all(
        _nameless(_case(found[0].function, columns, number)) == _nameless(test.function)
        for number, test in enumerate(members)
    )


def _case(node: Function, columns: Sequence[Column], number: int) -> Function:
    """One case of the new test, without the table."""
    values = {one.name: ast.parse(one.values[number], mode="eval").body for one in columns}
    args = copy.copy(node.args)
    args.args = args.args[: -len(columns)]

    class PutBack(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            return values.get(name.id, name)

    body = [PutBack().visit(copy.deepcopy(statement)) for statement in node.body]
    return altered(node, args=args, body=body, decorator_list=node.decorator_list[1:])
