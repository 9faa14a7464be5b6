"""JavaScript and TypeScript test files as pieces."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from testgen.languages.javascript.imports import Import, all_imports, import_edits, imports_in
from testgen.languages.trees.document import Document
from testgen.languages.trees.nodes import Edit, Grammar, field, first, found, text_of
from testgen.languages.trees.pieces import Kind, Piece, bounds

if TYPE_CHECKING:
    from tree_sitter import Node

_TESTS = frozenset({"test", "it", "fit", "xit", "xtest", "specify"})
_GROUPS = frozenset({"describe", "fdescribe", "xdescribe", "context", "suite"})
_HOOK = re.compile(r"\w+\.(before|after)(Each|All)?$|(before|after)(Each|All)?$")
_NAMES = frozenset({"identifier", "shorthand_property_identifier", "type_identifier"})
_BINDING = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression"})
_DECLARATIONS = ("lexical_declaration", "variable_declaration")
_DEFINING = (
    "function_declaration",
    "generator_function_declaration",
    "class_declaration",
    "method_definition",
)
_TYPES = ("interface_declaration", "type_alias_declaration", "enum_declaration", "abstract_class_declaration")
_DIALECT_STRINGS = frozenset({"template_string"})


class JavaScriptDialect:
    """The `Dialect` for JavaScript, or with another grammar for TypeScript."""

    starts = re.compile(
        r"(?:import|export|const|let|var|function|async|class|describe|test|it|suite|context|before|after"
        r"|jest|vi|mock|interface|type|enum|abstract|declare|require|fit|xit|xdescribe|fdescribe)\b|//|/\*"
    )
    hint = re.compile(
        r"\b(?:test|it|fit|xit)(?:\.\w+)*(?:\((?!['\"`])[^;]*?\)|`[^`]*`)?\s*\(\s*['\"`]([^'\"`\n]*)['\"`]"
    )

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def document(self, text: bytes) -> Document:
        """A text to be read and edited."""
        return Document(text, self._grammar, _DIALECT_STRINGS, "  ")

    def definition(self, node: Node) -> str:
        """The name of a function, method or class that a node defines; "" for any other node."""
        value = field(node, "value")
        named = node.type in _DEFINING or (value is not None and value.type in _FUNCTIONS)
        return text_of(field(node, "name") or field(node, "property")) if named else ""

    def pieces(self, document: Document) -> tuple[Piece, ...]:
        """What the file consists of, in its order."""
        return tuple(_pieces(document, document.root))

    def imports(self, piece: Piece, names: Collection[str]) -> tuple[str, ...]:
        """The imports of a statement that bind one of the names, a statement each."""
        return tuple(str(one) for one in imports_in(piece.node) if not one.local or one.local in names)

    def has_import(self, document: Document, wanted: str) -> bool:
        """Whether a file imports that already, under the same name."""
        there = {(one.key, one.is_type) for one in all_imports(document.root)}
        return all(_is_among(one, there) for one in self._read(wanted))

    def import_edits(self, document: Document, wanted: Sequence[str]) -> tuple[Edit, ...]:
        """What adds imports to a file in its own way."""
        return tuple(import_edits(document, [one for text in wanted for one in self._read(text)]))

    def home(self, groups: Sequence[Piece], wanted: Piece, *, outermost: bool) -> Piece | None:  # noqa: ARG002
        """The group with the same title."""
        return next((one for one in groups if one.name == wanted.name), None)

    def dressed(self, document: Document, home: Piece, wanted: Piece) -> tuple[Edit, ...]:  # noqa: ARG002
        """A `describe` has nothing about it that a test could need."""
        return ()

    def renamed(self, document: Document, old: str, new: str) -> Document:
        """A text with a variable's name changed; properties keep theirs."""
        return document.with_edits(
            edit
            for node in found(document.root, _NAMES | _BINDING)
            if text_of(node) == old
            for edit in _renamings(node, new)
        )

    def retitled(self, document: Document, test: Piece, number: int) -> Document:
        """A text whose test has a number behind its title."""
        title = _title_of(test.node)
        offset = title.end_byte - 1 if title and title.type != "identifier" else 0
        return document.with_edits([Edit(offset, offset, f" ({number})".encode())] if offset else [])

    def reported(self, document: Document, groups: Sequence[str], name: str) -> str:  # noqa: ARG002
        """The titles in a row, as jest and vitest have them in `fullName`."""
        return " ".join([*groups, name])

    def objection(self, document: Document) -> str:
        """What speaks against the one test of a text, "" for nothing."""
        from testgen.languages.javascript.rules import VOCABULARY
        from testgen.languages.trees.checks import objection

        return objection(self.pieces(document), VOCABULARY)

    @lru_cache(maxsize=1000)  # noqa: B019  there are three dialects, which stay
    def _read(self, statement: str) -> tuple[Import, ...]:
        return tuple(all_imports(self.document(statement.encode()).root))


def _is_among(wanted: Import, there: Collection[tuple[tuple[str, str, str], bool]]) -> bool:
    return (wanted.key, False) in there or (wanted.is_type and (wanted.key, True) in there)


def _renamings(node: Node, new: str) -> Iterator[Edit]:
    around = node.parent
    if node.type.startswith("shorthand_property"):
        yield Edit(node.end_byte, node.end_byte, f": {new}".encode())
    elif around and around.type == "import_specifier" and field(around, "alias") is None:
        yield Edit(node.end_byte, node.end_byte, f" as {new}".encode())
    elif not (around and around.type == "import_specifier" and field(around, "name") == node):
        yield Edit(node.start_byte, node.end_byte, new.encode())


def _pieces(document: Document, block: Node) -> Iterator[Piece]:
    end = block.start_byte
    for node in block.named_children:
        if node.type not in ("comment", "hash_bang_line") and not node.is_error:
            start, end = bounds(document, node, end)
            yield _piece(document, node, start, end)


def _piece(document: Document, node: Node, start: int, end: int) -> Piece:
    if node.type == "expression_statement":
        return _expression(document, node, start, end)
    binds = frozenset(_bound(node))
    if ones := list(imports_in(node)):
        local = frozenset(one.local for one in ones if one.local)
        if node.type == "import_statement" or local == binds:
            return Piece(Kind.IMPORT, node, start, end, binds=local)
    if binds:
        return Piece(Kind.HELPER, node, start, end, binds=binds, reads=_uses)
    test = next((call for call in found(node, {"call_expression"}) if _root(call) in _TESTS), None)
    if test:  # a loop that makes tests
        return Piece(Kind.TEST, node, start, end, _title(_title_of(test)), reads=_uses)
    return Piece(Kind.OTHER, node, start, end)


def _expression(document: Document, node: Node, start: int, end: int) -> Piece:
    call = node.named_children[0]
    root, function = _root(call), _function(call)
    if root in _GROUPS and function is not None:
        body = field(function, "body")
        if body is not None and body.type == "statement_block":
            inner, span = tuple(_pieces(document, body)), (body.start_byte + 1, body.end_byte - 1)
            name = _title(_title_of(node))
            return Piece(Kind.GROUP, node, start, end, name, reads=_around, body=span, inner=inner)
    inside = (_root(one) for one in found(node, {"call_expression"}))
    if _HOOK.match(text_of(field(call, "function"))):
        return Piece(Kind.SETUP, node, start, end, reads=_uses)
    if root in _TESTS or any(one in _TESTS for one in inside):
        return Piece(Kind.TEST, node, start, end, _title(_title_of(node)), reads=_uses)
    if any(imports_in(node)):
        return Piece(Kind.IMPORT, node, start, end)
    kind = Kind.SETUP if call.type in ("call_expression", "assignment_expression") else Kind.OTHER
    return Piece(kind, node, start, end, reads=_uses)


def _root(call: Node) -> str:
    """What a chain such as `test.each(table)` begins with; "" for what is no call."""
    if call.type != "call_expression":
        return ""
    node: Node | None = call
    while node is not None and node.type in ("call_expression", "member_expression"):
        node = field(node, "function") or field(node, "object")
    return text_of(node)


def _function(call: Node) -> Node | None:
    arguments = field(call, "arguments")
    own = arguments.named_children if arguments else []
    return next((one for one in own if one.type in _FUNCTIONS), None)


def _title_of(node: Node) -> Node | None:
    """The first argument of the outermost call of a test."""
    calls = (one for one in found(node, {"call_expression"}) if _root(one) in _TESTS | _GROUPS)
    arguments = (field(call, "arguments") for call in calls)
    return next((one.named_children[0] for one in arguments if one and one.named_children), None)


def _title(node: Node | None) -> str:
    if node is None or node.type not in ("string", "template_string"):
        return text_of(node)
    return re.sub(r"\\(['\"`\\])", r"\1", text_of(node)[1:-1])


def _uses(node: Node) -> frozenset[str]:
    return frozenset(text_of(one) for one in found(node, _NAMES))


def _around(node: Node) -> frozenset[str]:
    """The names in the call that makes a group, its function left aside: those of a table."""
    call = node.named_children[0]
    arguments = field(call, "arguments")
    parts = [field(call, "function"), *(arguments.named_children if arguments else ())]
    return frozenset().union(*(_uses(one) for one in parts if one and one.type not in _FUNCTIONS))


def _bound(node: Node) -> Iterator[str]:
    """The names that a declaration binds."""
    if node.type in ("export_statement", "ambient_declaration"):
        declared = field(node, "declaration") or first(node, {*_DECLARATIONS, *_DEFINING, *_TYPES})
        yield from _bound(declared) if declared else ()
    elif node.type in _DECLARATIONS:
        for declarator in node.named_children:
            yield from _patterns(field(declarator, "name"))
    elif node.type in (*_DEFINING, *_TYPES, "function_signature", "internal_module"):
        yield text_of(field(node, "name"))


def _patterns(pattern: Node | None) -> Iterator[str]:
    """The names in a pattern, its default values left aside."""
    if pattern is None:
        return
    if pattern.type in _BINDING:
        yield text_of(pattern)
    elif pattern.type == "pair_pattern":
        yield from _patterns(field(pattern, "value"))
    elif pattern.type in ("object_assignment_pattern", "assignment_pattern"):
        yield from _patterns(field(pattern, "left"))
    else:
        for part in pattern.named_children:
            yield from _patterns(part)
