"""Taking tests out of a test file: with what only they used, and nothing else of it changed."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from testgen.domain import Line
from testgen.languages.python.document import Document, Insertion
from testgen.languages.python.names import (
    FUNCTIONS,
    Function,
    bound,
    imported_name,
    is_test_class,
    is_test_function,
    works_unasked,
)
from testgen.languages.python.source import Piece, pieces_of

_WORD = re.compile(r"\w+")
_TEXTS = frozenset({"NAME", "STRING", "FSTRING_MIDDLE", "TSTRING_MIDDLE"})
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class FoundTest:
    """A test function where it stands: `classes` are those around it, `siblings` the pieces of its body."""

    piece: Piece
    classes: tuple[ast.ClassDef, ...]
    siblings: tuple[Piece, ...]

    @property
    def function(self) -> Function:
        """Its node."""
        return cast("Function", self.piece.node)

    @property
    def name(self) -> str:
        """Its node id without the file."""
        return "::".join(getattr(node, "name", "") for node in (*self.classes, self.piece.node))


@dataclass(frozen=True)
class TestFile:
    """A test file as tests with what is around them."""

    __test__ = False

    document: Document

    @cached_property
    def tests(self) -> tuple[FoundTest, ...]:
        """Every test that stands at module level or in a class that does, in the order of the file."""
        return tuple(_tests_in(self.document, self.document.pieces, ()))

    @cached_property
    def words(self) -> Counter[str]:
        """How often each name stands anywhere but in comments, strings included."""
        return Counter(words(self.document.text))

    @cached_property
    def separable(self) -> dict[str, FoundTest]:
        """The tests that nothing else in the file names, nor their classes, by node id.

        A class that the file names elsewhere may be the base of another, which has the test too.
        """
        uses = self.words
        ids = Counter(test.name for test in self.tests)
        names = Counter(getattr(test.piece.node, "name", "") for test in self.tests)
        return {
            test.name: test
            for test in self.tests
            if ids[test.name] == 1
            and uses[(own := getattr(test.piece.node, "name", ""))] == names[own]
            and all(uses[node.name] == 1 for node in test.classes)
        }


def words(text: str) -> Iterator[str]:
    """Every identifier, and every word of a string, which may be a name as well."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if tokenize.tok_name[token.type] in _TEXTS:
            yield from _WORD.findall(token.string)


def separable(content: bytes) -> frozenset[str]:
    """The node ids of the tests that can be taken out of a file; UsageError if it cannot be parsed."""
    return frozenset(TestFile(Document.read(content)).separable)


def codes(content: bytes) -> dict[str, str]:
    """The text of each test, by node id."""
    document = Document.read(content)
    return {test.name: document.lines_of(test.piece) for test in TestFile(document).tests}


def without(content: bytes, names: Collection[str]) -> bytes:
    """A file without some of its separable tests, and without what only they used.

    What goes with them: classes with no test left, and helpers, fixtures, constants and imports that they
    named and nothing that stays does.
    """
    before = TestFile(Document.read(content))
    gone = [test for name, test in before.separable.items() if name in names]
    if not gone:
        return content
    document = cut(before.document, list(_lines_of(before, gone)))
    named = set(before.words - Counter(words(document.text)))
    while less := list(_unused(document, named)):
        shorter = cut(document, less)
        named |= set(Counter(words(document.text)) - Counter(words(shorter.text)))
        document = shorter
    return document.content()


def cut(document: Document, spans: Sequence[tuple[int, int]]) -> Document:
    """The text without some spans of characters, which may overlap."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    text = document.with_insertions(Insertion(start, "", end - start) for start, end in merged).text
    return replace(document, text=text)


def removed(
    document: Document, siblings: Sequence[Piece], gone: Collection[Piece]
) -> Iterator[tuple[int, int]]:
    """The spans to cut for some pieces of one body; of the room above and below, the larger one stays."""
    for first, last in _blocks(document, [piece for piece in siblings if piece in gone]):
        above, below = _blanks(document, first, -1), _blanks(document, last, 1)
        ends = all(piece.first <= last for piece in siblings)
        start = first - above if ends or above < below else first
        end = last if start < first else last + below
        yield document.offset(start - 1), document.offset(end)


def _blocks(document: Document, pieces: Sequence[Piece]) -> Iterator[tuple[Line, Line]]:
    """The first and last lines of pieces, those with nothing but blank lines between them together."""
    first, last = 0, 0
    for piece in pieces:
        if first and last + _blanks(document, last, 1) + 1 != piece.first:
            yield first, last
            first = 0
        first, last = first or piece.first, piece.last
    if first:
        yield first, last


def _blanks(document: Document, line: Line, step: int) -> int:
    """How many blank lines follow a line, or stand above it."""
    count = 0
    while _is_blank(document, line + step * (count + 1)):
        count += 1
    return count


def _is_blank(document: Document, line: Line) -> bool:
    return 0 < line <= len(document.lines) and not document.lines[line - 1].strip()


def _tests_in(
    document: Document, pieces: tuple[Piece, ...], classes: tuple[ast.ClassDef, ...]
) -> Iterator[FoundTest]:
    bases = frozenset(node.name for node in document.test_classes)
    for piece in pieces:
        if is_test_function(piece.node):
            yield FoundTest(piece, classes, pieces)
        elif is_test_class(piece.node, bases):
            members = pieces_of(piece.node.body, document.lines)
            yield from _tests_in(document, members, (*classes, piece.node))


def _lines_of(file: TestFile, gone: Collection[FoundTest]) -> Iterator[tuple[int, int]]:
    """What to cut for some tests; for a class with no test left all of it."""
    yield from _in_body(file, file.document.pieces, (), {test.piece for test in gone})


def _in_body(
    file: TestFile, pieces: Sequence[Piece], classes: tuple[ast.ClassDef, ...], gone: set[Piece]
) -> Iterator[tuple[int, int]]:
    going = set(gone)
    for piece in pieces:
        node = piece.node
        if isinstance(node, ast.ClassDef):
            inside = [test for test in file.tests if test.classes[: len(classes) + 1] == (*classes, node)]
            if inside and all(test.piece in gone for test in inside) and _may_go(file, node):
                going.add(piece)
            elif any(test.piece in gone for test in inside):
                members = pieces_of(node.body, file.document.lines)
                yield from _in_body(file, members, (*classes, node), gone)
    yield from removed(file.document, pieces, going)


def _may_go(file: TestFile, node: ast.ClassDef) -> bool:
    """Whether a class with no test left does nothing else: it is not named elsewhere, nor made specially."""
    plain = not node.decorator_list and not node.keywords
    return plain and file.words[node.name] == 1


def _unused(document: Document, named: Collection[str]) -> Iterator[tuple[int, int]]:
    """What to cut because it only served what is gone: what that named and nothing that is left does."""
    uses = Counter(words(document.text))
    gone = [piece for piece in document.pieces if _serves_only(piece.node, named, uses)]
    yield from removed(document, document.pieces, gone)
    for piece in document.pieces:
        if isinstance(piece.node, _IMPORTS) and piece not in gone:
            yield from _unused_names(document, piece.node, named, uses)


def _serves_only(node: ast.stmt, named: Collection[str], uses: Counter[str]) -> bool:
    """Whether a statement only gives names that were used by what is gone, and by nothing else."""
    names = bound(node)
    if isinstance(node, _IMPORTS):
        return all(_is_unused(alias, node, named, uses) for alias in node.names)
    if not names or not _only_binds(node) or any(name.startswith("pytest") for name in names):
        return False
    own = Counter(words(ast.unparse(node)))
    return names <= set(named) and all(uses[name] <= own[name] for name in names)


def _only_binds(node: ast.stmt) -> bool:
    """Whether a statement is a function, a class or a constant, rather than something that is done."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return not (is_test_function(node) or is_test_class(node) or works_unasked(node))
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return all(isinstance(target, ast.Name) for target in targets) and not any(
        isinstance(part, ast.Call | ast.Await | ast.NamedExpr) for part in ast.walk(node.value)
    )


def _is_unused(
    alias: ast.alias, node: ast.Import | ast.ImportFrom, named: Collection[str], uses: Counter[str]
) -> bool:
    name = imported_name(alias, node)
    if alias.name == "*" or getattr(node, "module", "") == "__future__":
        return False
    own = Counter(words(f"{alias.name} {alias.asname or ''} {getattr(node, 'module', '') or ''}\n"))
    return name in named and uses[name] <= own[name]


def _unused_names(
    document: Document, node: ast.Import | ast.ImportFrom, named: Collection[str], uses: Counter[str]
) -> Iterator[tuple[int, int]]:
    """What to cut of an import of several names; nothing where a comment may speak of them."""
    gone = [alias for alias in node.names if _is_unused(alias, node, named, uses)]
    lines = document.lines[node.lineno - 1 : node.end_lineno]
    if len(gone) == len(node.names) or any("#" in line or "\\" in line for line in lines):
        return
    for alias in gone:
        yield from _span(document, alias, [one for one in node.names if one not in gone])


def _span(document: Document, alias: ast.alias, staying: Sequence[ast.alias]) -> Iterator[tuple[int, int]]:
    """A name of an import with one of the commas around it; all of a line with nothing else on it."""
    on_line = [one for one in staying if one.lineno == alias.lineno]
    before = [one for one in on_line if one.col_offset < alias.col_offset]
    start, end = document.place(alias)
    if before:
        yield document.place(before[-1])[1], end
    elif on_line:
        yield start, document.place(on_line[0])[0]
    elif not re.search(r"[()]", document.lines[alias.lineno - 1]):
        yield document.offset(alias.lineno - 1), document.offset(alias.lineno)
