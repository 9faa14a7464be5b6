"""Java test files as pieces; their imports."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from testgen.languages.trees.document import Document
from testgen.languages.trees.nodes import Edit, Grammar, field, found, text_of
from testgen.languages.trees.pieces import Kind, Piece, bounds
from testgen.languages.trees.renaming import with_name

if TYPE_CHECKING:
    from tree_sitter import Node

_TESTS = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Property"})
_SETUP = frozenset(
    {
        *("BeforeEach", "BeforeAll", "AfterEach", "AfterAll", "Before", "After", "BeforeClass", "AfterClass"),
        *("Rule", "ClassRule", "RegisterExtension", "Mock", "InjectMocks", "Spy", "Captor", "MockBean"),
    }
)
_TYPES = frozenset(
    {
        *("class_declaration", "record_declaration", "interface_declaration", "enum_declaration"),
        "annotation_type_declaration",
    }
)
_NAMES = frozenset({"identifier", "type_identifier"})
_ANNOTATIONS = frozenset({"marker_annotation", "annotation"})
_TEST_CLASS = re.compile(r"Test(?=[A-Z]|$)|Tests?$|IT$|Spec$")


def _load() -> object:
    import tree_sitter_java

    return tree_sitter_java.language()


GRAMMAR = Grammar(_load)


class JavaDialect:
    """The `Dialect` for Java."""

    starts = re.compile(r"(?:package|import|public|abstract|final|class|record|enum|interface|sealed)\b|[@/]")
    hint = re.compile(
        r"@(?:Test|ParameterizedTest|RepeatedTest)\b(?:[^;{}]|\{[^{}]*\})*?\bvoid\s+(\w+)\s*\(", re.DOTALL
    )

    def document(self, text: bytes) -> Document:
        """A text to be read and edited."""
        return Document(text, GRAMMAR, frozenset({"string_literal"}), "    ")

    def definition(self, node: Node) -> str:
        """The name of a method, constructor or type that a node defines; "" for any other node."""
        named = node.type in {*_TYPES, "method_declaration", "constructor_declaration"}
        return text_of(field(node, "name")) if named else ""

    def pieces(self, document: Document) -> tuple[Piece, ...]:
        """What the file consists of, in its order."""
        return tuple(_pieces(document, document.root))

    def imports(self, piece: Piece, names: Collection[str]) -> tuple[str, ...]:
        """An import statement, if it binds one of the names or all of a package."""
        return () if piece.binds.isdisjoint(names) and piece.binds else (_plain(text_of(piece.node)),)

    def has_import(self, document: Document, wanted: str) -> bool:
        """Whether a file imports that already, by itself or with all of its package."""
        there = {_plain(text_of(node)) for node in _top(document, "import_declaration")}
        return wanted in there or f"{wanted.rpartition('.')[0]}.*;" in there

    def import_edits(self, document: Document, wanted: Sequence[str]) -> tuple[Edit, ...]:
        """New lines below the last import of the same kind."""
        return tuple(_import_edits(document, wanted))

    def home(self, groups: Sequence[Piece], wanted: Piece, *, outermost: bool) -> Piece | None:
        """The class of the same name; the file's first one for the outermost, whatever it is called."""
        same = next((one for one in groups if one.name == wanted.name), None)
        return same or (groups[0] if outermost and groups else None)

    def dressed(self, document: Document, home: Piece, wanted: Piece) -> tuple[Edit, ...]:
        """The annotations that the file's class lacks, such as `@ExtendWith`."""
        lacking = annotated(wanted.node) - annotated(home.node)
        own = (one for child in wanted.node.children for one in child.children if one.type in _ANNOTATIONS)
        lines = [text_of(one) for one in own if text_of(field(one, "name")).rpartition(".")[2] in lacking]
        offset, margin = home.node.start_byte, document.margin(home.node.start_byte)
        return tuple(Edit(offset, offset, f"{line}\n{margin}".encode()) for line in lines)

    def renamed(self, document: Document, old: str, new: str) -> Document:
        """A text with the name of a field, method or type changed wherever it stands alone."""
        nodes = (node for node in found(document.root, _NAMES) if text_of(node) == old)
        return document.with_edits(
            Edit(node.start_byte, node.end_byte, new.encode()) for node in nodes if _is_own(node)
        )

    def retitled(self, document: Document, test: Piece, number: int) -> Document:
        """A text whose test has a number behind its name."""
        return with_name(document, field(test.node, "name"), f"{test.name}{number}")

    def reported(self, document: Document, groups: Sequence[str], name: str) -> str:
        """The class as the machine knows it, and the method."""
        package = next(_top(document, "package_declaration"), None)
        named = text_of(package.named_children[-1]) if package else ""
        return ".".join(filter(None, (named, "$".join(groups), name)))

    def objection(self, document: Document) -> str:
        """What speaks against the one test of a text, "" for nothing."""
        from testgen.languages.java.rules import VOCABULARY
        from testgen.languages.trees.checks import objection

        return objection(self.pieces(document), VOCABULARY)


def _is_own(node: Node) -> bool:
    """Whether a name is not that of something of another object, as in `cart.total()`."""
    around = node.parent
    if around is None or around.type not in ("method_invocation", "field_access"):
        return True
    target = field(around, "object")
    of_another = target is not None and target != node and text_of(target) != "this"
    return not of_another


def annotated(node: Node) -> frozenset[str]:
    """The names of what a declaration is annotated with."""
    modifiers = next((child for child in node.children if child.type == "modifiers"), None)
    own = (child for child in modifiers.children if child.type in _ANNOTATIONS) if modifiers else ()
    return frozenset(text_of(field(one, "name")).rpartition(".")[2] for one in own)


def _pieces(document: Document, block: Node) -> Iterator[Piece]:
    end = block.start_byte
    for node in block.named_children:
        if not node.type.endswith("comment") and not node.is_error:
            start, end = bounds(document, node, end)
            yield _piece(document, node, start, end)


def _piece(document: Document, node: Node, start: int, end: int) -> Piece:
    name = text_of(field(node, "name"))
    if node.type == "import_declaration":
        return Piece(Kind.IMPORT, node, start, end, binds=_imported(node))
    if node.type in _TYPES:
        return _type(document, node, start, end)
    if node.type in ("method_declaration", "field_declaration", "constructor_declaration"):
        binds = frozenset({name} if name else map(_declared, node.children_by_field_name("declarator")))
        return Piece(_kind(node), node, start, end, name, binds, _uses)
    if node.type in ("static_initializer", "block"):
        return Piece(Kind.SETUP, node, start, end, reads=_uses)
    return Piece(Kind.OTHER, node, start, end)


def _kind(node: Node) -> Kind:
    of = annotated(node)
    if of & _TESTS:
        return Kind.TEST
    return Kind.SETUP if of & _SETUP or node.type == "constructor_declaration" else Kind.HELPER


def _type(document: Document, node: Node, start: int, end: int) -> Piece:
    """A class with tests is a group; one without them is a helper, unless its name says otherwise."""
    name, body = text_of(field(node, "name")), field(node, "body")
    inner = tuple(_pieces(document, body)) if body else ()
    holds = any(piece.kind in (Kind.TEST, Kind.GROUP) for piece in inner)
    outermost = node.parent is not None and node.parent.type == "program"
    named = outermost and _TEST_CLASS.search(name) and node.type == "class_declaration"
    if body and (holds or named or "Nested" in annotated(node)):
        span = (body.start_byte + 1, body.end_byte - 1)
        return Piece(Kind.GROUP, node, start, end, name, reads=_around, body=span, inner=inner)
    return Piece(Kind.HELPER, node, start, end, name, frozenset({name}), _uses)


def _around(node: Node) -> frozenset[str]:
    """The names in the head of a class, its own left aside."""
    head = (child for child in node.children if child not in (field(node, "body"), field(node, "name")))
    return frozenset(text_of(one) for child in head for one in found(child, _NAMES))


def _top(document: Document, kind: str) -> Iterator[Node]:
    return (node for node in document.root.named_children if node.type == kind)


def _declared(declarator: Node) -> str:
    return text_of(field(declarator, "name"))


def _uses(node: Node) -> frozenset[str]:
    """Every name in it, those in the strings of annotations too: `@MethodSource("cases")`."""
    quoted = (
        re.split(r"\W+", text_of(string))
        for one in found(node, _ANNOTATIONS)
        for string in found(one, {"string_literal"})
    )
    return frozenset(
        {*map(text_of, found(node, _NAMES)), *(word for words in quoted for word in words)} - {""}
    )


def _plain(statement: str) -> str:
    return " ".join(statement.split()).replace(" ;", ";")


def _imported(node: Node) -> frozenset[str]:
    """The name that an import binds; none if it is for all of a package."""
    name = _plain(text_of(node)).removesuffix(";").rpartition(".")[2].strip()
    return frozenset() if name == "*" else frozenset({name})


def _import_edits(document: Document, wanted: Sequence[str]) -> Iterator[Edit]:
    there = list(_top(document, "import_declaration"))
    package = next(_top(document, "package_declaration"), None)
    for static in (False, True):
        lines = sorted({one for one in wanted if one.startswith("import static ") is static})
        alike = [one for one in there if text_of(one).startswith("import static ") is static]
        above = (alike or there)[-1:] or ([package] if package else [])
        text = "\n".join(lines)
        if not lines:
            continue
        if above:
            offset = document.line_end(above[0].end_byte)
            yield Edit(offset, offset, f"{chr(10) if alike else chr(10) * 2}{text}".encode())
        else:
            yield Edit(0, 0, f"{text}\n\n".encode())
