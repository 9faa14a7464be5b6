"""A test file as it is: text with its encoding, and the positions at which something can be inserted."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from testgen.domain import Line
from testgen.errors import UsageError
from testgen.languages.python.imports import Import, imports_in
from testgen.languages.python.indenting import unit_of
from testgen.languages.python.names import (
    FUNCTIONS,
    bound,
    is_docstring,
    is_test_class,
    is_test_function,
    last_name,
    requested,
)
from testgen.languages.python.reading import NotPythonError
from testgen.languages.python.source import Piece, Source
from testgen.languages.python.statements import is_main

_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
_NEWLINE = re.compile(r"\r\n|\r|\n")
_APART = re.compile(r"[\r\n]+[^\s#]")  # how statements begin that have nothing to do with what is above


class Kind(Enum):
    """What a piece of a module is; it decides how much room is left around it."""

    IMPORT = "import"
    DEFINITION = "definition"
    OTHER = "other"

    @classmethod
    def of(cls, node: ast.stmt) -> Kind:
        """The kind of a statement."""
        if isinstance(node, _IMPORTS):
            return cls.IMPORT
        return cls.DEFINITION if isinstance(node, _DEFINITIONS) else cls.OTHER


@dataclass(frozen=True, slots=True)
class Part:
    """Something to be inserted at module level, without a newline at its end."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text that goes in at an offset of the old text.

    Nothing is taken out but the names of an import line that has to be wrapped, `removed` characters.
    """

    offset: int
    text: str
    removed: int = 0


@dataclass(frozen=True)
class Document(Source):
    """A Python file. Lines count from 1; line 0 stands for the place before the first."""

    encoding: str = "utf-8"

    @classmethod
    def read(cls, content: bytes) -> Document:
        """Decode as Python would; raises UsageError, naming the line, when Python could not read the file."""
        if not content.strip():
            return cls()
        encoding = _encoding(content)
        try:
            document = cls(content.decode(encoding), encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise UsageError(f"the test file is not {encoding}: line {line}") from error
        try:
            _ = document.tree
        except NotPythonError as error:
            raise UsageError(f"the test file is not valid Python: {error}", "Correct it first.") from error
        return document

    def content(self) -> bytes:
        """The bytes; what the file's encoding lacks is written as an escape."""
        return self.text.encode(self.encoding, "backslashreplace")

    def with_insertions(self, insertions: Iterable[Insertion]) -> Document:
        """The text with all of them in it; those at one offset in the order given."""
        parts: list[str] = []
        position = 0
        for insertion in sorted(insertions, key=lambda insertion: insertion.offset):
            parts += [self.text[position : insertion.offset], _NEWLINE.sub(self.newline, insertion.text)]
            position = insertion.offset + insertion.removed
        text = "".join([*parts, self.text[position:]])
        added = text.removeprefix(self.text)
        if self.pieces and self.text.endswith("\n") and added != text and _APART.match(added):
            return self._followed_by(added)
        return replace(self, text=text)

    def _followed_by(self, added: str) -> Document:
        """The document with whole statements behind all that is there, of which nothing is read again.

        Reading it anew for each of many tests would take time that grows with their square.
        """
        rest = Document("\n" * len(self.lines) + added)  # where its statements have the right lines
        bindings = dict(self.bindings)
        for name, nodes in rest.bindings.items():
            bindings[name] = (*bindings.get(name, ()), *nodes)
        document = replace(self, text=self.text + added)
        vars(document).update(  # where a cached property looks first
            newline=self.newline,
            tree=ast.Module([*self.tree.body, *rest.tree.body], []),
            lines=[*self.lines, *rest.lines[len(self.lines) :]],
            pieces=(*self.pieces, *rest.pieces),
            bindings=bindings,
            imports=(*self.imports, *rest.imports),
            requested=self.requested | rest.requested,
        )
        return document

    @cached_property
    def newline(self) -> str:
        """How lines end in this file."""
        first = _NEWLINE.search(self.text)
        return first[0] if first else "\n"

    @cached_property
    def unit(self) -> str:
        """One level of indentation."""
        return unit_of(self.tree, self.text)

    @cached_property
    def bindings(self) -> dict[str, tuple[ast.stmt, ...]]:
        """For each module-level name the statements that give it a value."""
        bindings: dict[str, tuple[ast.stmt, ...]] = {}
        for node in self.tree.body:
            for name in bound(node):
                bindings[name] = (*bindings.get(name, ()), node)
        return bindings

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """What is imported at module level, also inside `try` and `if`."""
        return tuple(one for node in self.tree.body for one in imports_in(node))

    @cached_property
    def requested(self) -> frozenset[str]:
        """The fixtures that the file's tests ask for, wherever they come from."""
        return frozenset(name for node in self.tree.body for name in requested(node))

    @cached_property
    def import_pieces(self) -> tuple[Piece, ...]:
        """The import statements before the first definition."""
        before = self.pieces
        for index, piece in enumerate(self.pieces):
            if isinstance(piece.node, _DEFINITIONS):
                before = self.pieces[:index]
                break
        return tuple(piece for piece in before if isinstance(piece.node, _IMPORTS))

    @cached_property
    def test_classes(self) -> tuple[ast.ClassDef, ...]:
        """The module-level classes that hold tests."""
        return tuple(node for node in self.tree.body if is_test_class(node))

    @cached_property
    def top(self) -> Line:
        """The line after which imports may stand: the docstring's, or the last comment's at the very top."""
        if self.pieces and is_docstring(self.pieces[0].node):
            return self.pieces[0].last
        return next(
            (number for number, line in enumerate(self.lines) if not line.startswith("#")), len(self.lines)
        )

    @cached_property
    def before_tests(self) -> Line:
        """The line after which helpers stand: the last one before the first test."""
        for index, piece in enumerate(self.pieces):
            if is_test_function(piece.node) or is_test_class(piece.node):
                return self._end_of(self.pieces[:index])
        return self.end

    @cached_property
    def end(self) -> Line:
        """The line after which new tests stand: the last one before what runs the file as a script."""
        if not self.pieces:
            return len(self.lines)
        count = len(self.pieces)
        while count and _runs_the_file(self.pieces[count - 1].node):
            count -= 1
        return self._end_of(self.pieces[:count])

    def _end_of(self, pieces: Sequence[Piece]) -> Line:
        """The last line of some statements and of the comments right below them."""
        if not pieces:
            return self.top
        following = self.pieces[len(pieces)].first if len(pieces) < len(self.pieces) else len(self.lines) + 1
        line = pieces[-1].last
        while line + 1 < following and self.lines[line].startswith("#"):
            line += 1
        return max(self.top, line)

    def insert(self, line: Line, parts: Sequence[Part]) -> Insertion:
        """Put parts of a module after a line, with as much room around them as their kinds ask for."""
        above = self._kind_above(line)
        kinds = [above, *(part.kind for part in parts)] if above else [None, *(part.kind for part in parts)]
        blocks = [
            _room(one, other) + part.text for one, other, part in zip(kinds, kinds[1:], parts, strict=False)
        ]
        return self.insert_lines(line, "\n".join(blocks) + self._room_below(line, parts[-1].kind))

    def insert_lines(self, line: Line, text: str) -> Insertion:
        """Put whole lines after a line; a last line without an end stays without."""
        offset = self.offset(line)
        unended = offset > 0 and self.text[offset - 1] not in "\r\n"
        return Insertion(offset, f"\n{text}" if unended else f"{text}\n")

    def offset(self, line: Line, column: int = 0) -> int:
        """Where the line after `line` begins, plus a column in UTF-8 bytes, as syntax trees count."""
        start = self._offsets[line]
        return start + (len(self.lines[line].encode()[:column].decode()) if column else 0)

    def place(self, node: ast.expr | ast.stmt | ast.alias | ast.arg) -> tuple[int, int]:
        """Where a node begins and ends, in characters."""
        start = self.offset(node.lineno - 1, node.col_offset)
        return start, self.offset((node.end_lineno or node.lineno) - 1, node.end_col_offset or 0)

    @cached_property
    def _offsets(self) -> list[int]:
        offsets = [0]
        for line in self.lines:
            offsets.append(offsets[-1] + len(line))
        return offsets

    def _kind_above(self, line: Line) -> Kind | None:
        above = [piece for piece in self.pieces if piece.last <= line]
        if above:
            return Kind.of(above[-1].node)
        return Kind.OTHER if line else None

    def _room_below(self, line: Line, kind: Kind) -> str:
        """The blank lines that are missing between an insertion and what stands below it."""
        blank = 0
        while line + blank < len(self.lines) and not self.lines[line + blank].strip():
            blank += 1
        if line + blank == len(self.lines):
            return ""
        below = next((p for p in self.pieces if p.first == line + blank + 1), None)
        return "\n" * max(0, len(_room(kind, Kind.of(below.node) if below else Kind.OTHER)) - blank)


def _encoding(content: bytes) -> str:
    try:
        return tokenize.detect_encoding(io.BytesIO(content).readline)[0]
    except SyntaxError as error:
        raise UsageError(f"the test file cannot be decoded: line 1: {error.msg}") from error


def _runs_the_file(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":`, or a bare `unittest.main()`."""
    bare = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return is_main(node) or (bare and last_name(node.value) == "main")  # type: ignore[attr-defined]


def _room(above: Kind | None, below: Kind | None) -> str:
    if above is None:
        return ""
    if Kind.DEFINITION in {above, below}:
        return "\n\n"
    return "\n" if Kind.IMPORT in {above, below} else ""
