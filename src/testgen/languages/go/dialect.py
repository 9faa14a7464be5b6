"""Go test files as pieces; their imports."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from testgen.languages.trees.document import Document
from testgen.languages.trees.nodes import Edit, Grammar, field, first, found, text_of, walk
from testgen.languages.trees.pieces import Kind, Piece, bounds
from testgen.languages.trees.renaming import with_name

if TYPE_CHECKING:
    from tree_sitter import Node

_TEST = re.compile(r"(?:Test|Example|Fuzz)(?![a-z])")
_VERSION = re.compile(r"[/.]v\d+$")
_SUFFIX = re.compile(r"[-.]go$")
_DECLARING = ("var_declaration", "const_declaration", "type_declaration")
_NAMES = frozenset({"identifier", "type_identifier"})


def _load() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


GRAMMAR = Grammar(_load)


@dataclass(frozen=True, slots=True)
class Import:
    """An import: the path in its quotes, and the name given to it, "" for none, "." or "_"."""

    path: str
    alias: str

    @property
    def binds(self) -> frozenset[str]:
        """The names that it may have, each with a dot; a package's own name is only a guess."""
        if self.alias:
            return frozenset() if self.alias in (".", "_") else frozenset({f"{self.alias}."})
        parts = _VERSION.sub("", self.path.strip('"`')).split("/")
        guesses = (parts[-1], parts[-1].removeprefix("go-"), _SUFFIX.sub("", parts[-1]))
        return frozenset(f"{guess}." for guess in guesses)

    def __str__(self) -> str:
        return f"{self.alias} {self.path}".strip()

    @property
    def is_standard(self) -> bool:
        """Whether it comes with Go."""
        return "." not in self.path.partition("/")[0]


class GoDialect:
    """The `Dialect` for Go."""

    starts = re.compile(r"(?:package|import|func|var|const|type|//)\b|//")
    hint = re.compile(r"\bfunc\s+((?:Test|Example|Fuzz)\w*)")

    def document(self, text: bytes) -> Document:
        """A text to be read and edited."""
        return Document(text, GRAMMAR, frozenset({"raw_string_literal"}), "\t")

    def definition(self, node: Node) -> str:
        """The name of a function, method or type that a node defines; "" for any other node."""
        name = text_of(field(node, "name"))
        if node.type == "method_declaration":
            return f"{text_of(first(field(node, 'receiver'), {'type_identifier'}))}.{name}"
        return name if node.type in ("function_declaration", "type_spec") else ""

    def pieces(self, document: Document) -> tuple[Piece, ...]:
        """What the file consists of, in its order."""
        return tuple(_pieces(document))

    def imports(self, piece: Piece, names: Collection[str]) -> tuple[str, ...]:
        """The imports of a declaration that bind one of the names, a statement each."""
        if piece.node.type == "package_clause":
            return (text_of(piece.node),)
        wanted = (one for one in imports_in(piece.node) if not one.binds or one.binds & set(names))
        return tuple(f"import {one}" for one in wanted)

    def has_import(self, document: Document, wanted: str) -> bool:
        """Whether a file imports that already, under the same name."""
        there = set(imports_in(document.root))
        return all(one in there for one in _read(self, wanted)) and _new_package(document, wanted) is None

    def import_edits(self, document: Document, wanted: Sequence[str]) -> tuple[Edit, ...]:
        """Each import in its place by the alphabet, which is how gofmt has them."""
        for text in wanted:
            if edit := _new_package(document, text):
                return (edit, *self.import_edits(document, [one for one in wanted if one != text]))
        imports = sorted({one for text in wanted for one in _read(self, text)}, key=_rank)
        block = next(
            (b for d in document.root.children for b in d.children if b.type == "import_spec_list"), None
        )
        if not imports:
            return ()
        if block:
            return tuple(_into_block(document, block, imports))
        return (_new_block(document, imports),)

    def home(self, groups: Sequence[Piece], wanted: Piece, *, outermost: bool) -> Piece | None:
        """Go has no groups."""

    def dressed(self, document: Document, home: Piece, wanted: Piece) -> tuple[Edit, ...]:  # noqa: ARG002
        """Go has no groups."""
        return ()

    def renamed(self, document: Document, old: str, new: str) -> Document:
        """A text with a name of the package changed."""
        name, other = old.rstrip("."), new.replace(".", "")
        edits = [
            Edit(node.start_byte, node.end_byte, other.encode())
            for node in found(document.root, _NAMES | {"package_identifier"})
            if text_of(node) == name and node.parent and node.parent.type != "package_clause"
        ]
        specs = (node for node in found(document.root, {"import_spec"}) if old in _import(node).binds)
        aliased = (one for one in specs if not _import(one).alias)
        edits += [Edit(one.start_byte, one.start_byte, f"{other} ".encode()) for one in aliased]
        return document.with_edits(edits)

    def retitled(self, document: Document, test: Piece, number: int) -> Document:
        """A text whose test has a number behind its name."""
        return with_name(document, field(test.node, "name"), f"{test.name}{number}")

    def reported(self, document: Document, groups: Sequence[str], name: str) -> str:  # noqa: ARG002
        """`go test` says the function's name."""
        return name

    def objection(self, document: Document) -> str:
        """What speaks against the one test of a text, "" for nothing."""
        from testgen.languages.go.rules import VOCABULARY
        from testgen.languages.trees.checks import objection

        return objection(self.pieces(document), VOCABULARY)


def _pieces(document: Document) -> Iterator[Piece]:
    end = 0
    for node in document.root.named_children:
        if node.type != "comment" and not node.is_error:
            start, end = bounds(document, node, end)
            yield _piece(node, start, end)


def _piece(node: Node, start: int, end: int) -> Piece:
    match node.type:
        case "import_declaration":
            binds = frozenset(name for one in imports_in(node) for name in one.binds)
            return Piece(Kind.IMPORT, node, start, end, binds=binds)
        case "function_declaration":
            name = text_of(field(node, "name"))
            kind = Kind.TEST if _TEST.match(name) and name != "TestMain" else Kind.HELPER
            kind = Kind.OTHER if name in ("TestMain", "init") else kind
            return Piece(kind, node, start, end, name, frozenset({name}), _uses)
        case "method_declaration":
            of = text_of(first(field(node, "receiver"), {"type_identifier"}))
            name = f"{of}.{text_of(field(node, 'name'))}"
            return Piece(Kind.HELPER, node, start, end, name, frozenset({of, name}), _uses)
        case kind if kind in _DECLARING:
            return Piece(Kind.HELPER, node, start, end, binds=_declared(node), reads=_uses)
        case "package_clause":
            return Piece(Kind.IMPORT, node, start, end)
    return Piece(Kind.OTHER, node, start, end)


def _declared(node: Node) -> frozenset[str]:
    specs = found(node, {"var_spec", "const_spec", "type_spec", "type_alias"})
    return frozenset(
        text_of(name) for one in specs if _is_outer(one, node) for name in one.children_by_field_name("name")
    )


def _is_outer(spec: Node, declaration: Node) -> bool:
    return declaration in (spec.parent, spec.parent.parent if spec.parent else None)


def _uses(node: Node) -> frozenset[str]:
    """Names of the package, and with a dot those of imports; what is a variable by then is neither."""
    variables = _variables(node)
    names = set()
    for one in found(node, _NAMES | {"package_identifier"}):
        name = text_of(one)
        if one.type != "identifier" or one.start_byte < variables.get(name, one.end_byte):
            names.add(name)
            names.add(f"{name}." if _is_qualifier(one) else name)
    return frozenset(names)


def _is_qualifier(node: Node) -> bool:
    parent = node.parent
    selected = (
        parent is not None and parent.type == "selector_expression" and field(parent, "operand") == node
    )
    return selected or node.type == "package_identifier"


def _variables(node: Node) -> dict[str, int]:
    """From where on each name is a variable of the function."""
    places: dict[str, int] = {}
    if node.type in ("function_declaration", "method_declaration"):
        for one in walk(node):
            for name in _bound_here(one):
                if name.type == "identifier":
                    places.setdefault(text_of(name), one.end_byte)
    return places


def _bound_here(node: Node) -> Sequence[Node]:
    if node.type in ("short_var_declaration", "range_clause"):
        left = field(node, "left")
        return left.named_children if left else ()
    if node.type in ("parameter_declaration", "var_spec", "const_spec"):
        return node.children_by_field_name("name")
    return ()


def _new_package(document: Document, statement: str) -> Edit | None:
    """What gives a file that holds nothing yet the package that its first test is written for."""
    here = document.root.named_children
    if not statement.startswith("package ") or len(here) != 1 or here[0].type != "package_clause":
        return None
    name = statement.removeprefix("package ")
    there = text_of(here[0]).removeprefix("package ")
    if name == there or name.removesuffix("_test") != there.removesuffix("_test"):
        return None
    return Edit(here[0].start_byte, here[0].end_byte, statement.encode())


def imports_in(node: Node) -> tuple[Import, ...]:
    """The imports at or below a node."""
    declarations = (one for one in (node, *node.children) if one.type == "import_declaration")
    return tuple(_import(one) for declaration in declarations for one in found(declaration, {"import_spec"}))


def _import(spec: Node) -> Import:
    return Import(text_of(field(spec, "path")), text_of(field(spec, "name")))


@lru_cache(maxsize=1000)
def _read(dialect: GoDialect, statement: str) -> tuple[Import, ...]:
    return imports_in(dialect.document(statement.encode()).root)


def _rank(one: Import) -> tuple[bool, str, str]:
    return not one.is_standard, one.path.strip('"`'), one.alias


def _into_block(document: Document, block: Node, imports: Sequence[Import]) -> Iterator[Edit]:
    specs = [node for node in block.named_children if node.type == "import_spec"]
    for one in imports:
        section = _section(specs, one)
        below = next((node for node in section if _rank(_import(node))[1:] > _rank(one)[1:]), None)
        if below and below is section[0] and _begins_its_line(document, below):
            offset = document.line_start(bounds(document, below, block.start_byte)[0])
            yield Edit(offset, offset, f"\t{one}\n".encode())
        elif section:
            above = section[section.index(below) - 1] if below and below is not section[0] else section[-1]
            offset = document.line_end(above.end_byte)
            yield Edit(offset, offset, f"\n\t{one}".encode())
        else:
            offset = document.line_end(specs[-1].end_byte) if specs else block.start_byte + 1
            yield Edit(offset, offset, f"{chr(10) if specs else ''}\n\t{one}".encode())


def _begins_its_line(document: Document, node: Node) -> bool:
    return not document.text[document.line_start(node.start_byte) : node.start_byte].strip()


def _section(specs: Sequence[Node], wanted: Import) -> list[Node]:
    """The imports without a blank line between them among which one belongs: of its kind, else all in one."""
    sections: list[list[Node]] = []
    for spec in specs:
        if sections and spec.start_point[0] - sections[-1][-1].end_point[0] <= 1:
            sections[-1].append(spec)
        else:
            sections.append([spec])
    alike = (one for one in sections if any(_import(n).is_standard == wanted.is_standard for n in one))
    return next(alike, [])


def _new_block(document: Document, imports: Sequence[Import]) -> Edit:
    """Behind the last import, else behind the package clause."""
    last = [node for node in document.root.named_children if node.type == "import_declaration"][-1:]
    lines = "\n".join(f"import {one}" for one in imports)
    if last:
        offset = document.line_end(last[0].end_byte)
        return Edit(offset, offset, f"\n{lines}".encode())
    standard = "\n".join(f"\t{one}" for one in imports if one.is_standard)
    others = "\n".join(f"\t{one}" for one in imports if not one.is_standard)
    block = "import (\n" + "\n\n".join(filter(None, (standard, others))) + "\n)"
    package = next((one for one in document.root.children if one.type == "package_clause"), None)
    offset = document.line_end(package.end_byte) if package else 0
    text = block if len(imports) > 1 else lines
    return Edit(offset, offset, f"\n\n{text}".encode() if package else f"{text}\n\n".encode())
