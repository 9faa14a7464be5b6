"""Imports of JavaScript and TypeScript, written as `import` or as `require`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from testgen.languages.trees.document import Document
from testgen.languages.trees.nodes import Edit, field, first, found, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_ENDING = re.compile(r"(?<=\w)(/index)?\.[cm]?[jt]sx?$|(?<=\w)/index$")
_DECLARATIONS = ("lexical_declaration", "variable_declaration")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `imported` is "default", "*" or a name of the module, "" if only its effect counts.

    What `require` returns as a whole is `imported` "*" with `required`.
    """

    module: str
    imported: str = ""
    local: str = ""
    is_type: bool = False
    required: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two imports the same, however they are written."""
        whole = self.imported in ("default", "*") and not self.module.startswith(".")
        module = _ENDING.sub("", self.module.removeprefix("node:"))
        return module, "*" if whole else self.imported, self.local

    def __str__(self) -> str:
        if self.required:
            return self._as_require()
        type_ = "type " if self.is_type else ""
        names = {"": "", "default": f"{self.local} from ", "*": f"* as {self.local} from "}
        inner = f"{{ {self.named} }} from "
        return f"import {type_}{names.get(self.imported, inner)}'{self.module}';"

    def _as_require(self) -> str:
        if not self.imported:
            return f"require('{self.module}');"
        named = self.named.replace(" as ", ": ")
        target = self.local if self.imported == "*" else f"{{ {named} }}"
        return f"const {target} = require('{self.module}');"

    @property
    def named(self) -> str:
        """The name as it stands between braces."""
        return self.local if self.local == self.imported else f"{self.imported} as {self.local}"

    def written_as(self, *, required: bool) -> Import:
        """The same in a file that imports the other way."""
        if required == self.required or self.is_type:
            return self
        if required:
            whole = self.imported == "default" and not self.module.startswith(".")
            return replace(self, required=True, imported="*" if whole else self.imported)
        whole = self.imported == "*" and not self.module.startswith(".")
        return replace(self, required=False, imported="default" if whole else self.imported)


def imports_in(node: Node) -> Iterator[Import]:
    """The imports that a statement is; none where it is something else."""
    if node.type == "import_statement":
        yield from _imported(node)
    elif node.type in _DECLARATIONS:
        for declarator in node.named_children:
            yield from _required(declarator)
    elif node.type == "expression_statement" and (module := _requires(node.named_children[0])):
        yield Import(module, required=True)


def all_imports(root: Node) -> list[Import]:
    """The imports of a file."""
    return [one for node in root.named_children for one in imports_in(node)]


def _imported(node: Node) -> Iterator[Import]:
    module = text_of(field(node, "source"))[1:-1]
    is_type = any(child.type == "type" for child in node.children)
    clause = first(node, {"import_clause"})
    for child in clause.named_children if clause else ():
        if child.type == "identifier":
            yield Import(module, "default", text_of(child), is_type)
        elif child.type == "namespace_import":
            yield Import(module, "*", text_of(child.named_children[0]), is_type)
        else:
            yield from (_specified(module, one, is_type) for one in found(child, {"import_specifier"}))
    if clause is None and module:
        yield Import(module)


def _specified(module: str, node: Node, is_type: bool) -> Import:
    name, _, alias = text_of(node).removeprefix("type ").partition(" as ")
    own = any(child.type == "type" for child in node.children)
    return Import(module, name.strip(), (alias or name).strip(), is_type or own)


def _required(declarator: Node) -> Iterator[Import]:
    module, name = _requires(field(declarator, "value")), field(declarator, "name")
    if not module or name is None:
        return
    if name.type == "identifier":
        yield Import(module, "*", text_of(name), required=True)
    for part in name.named_children:
        if part.type == "shorthand_property_identifier_pattern":
            yield Import(module, text_of(part), text_of(part), required=True)
        elif part.type == "pair_pattern":
            yield Import(module, text_of(field(part, "key")), text_of(field(part, "value")), required=True)


def _requires(node: Node | None) -> str:
    """The module that a call of `require` asks for."""
    if node is None or node.type != "call_expression" or text_of(field(node, "function")) != "require":
        return ""
    string = first(field(node, "arguments"), {"string"})
    return text_of(string)[1:-1]


def import_edits(document: Document, wanted: Sequence[Import]) -> Iterator[Edit]:
    """What adds imports to a file in its own way: to the braces of their module, else as new lines."""
    there = [node for node in document.root.named_children if any(imports_in(node))]
    required = _requires_only(document)
    lines: dict[tuple[str, bool], list[Import]] = {}
    for one in wanted:
        as_here = one if required is None else one.written_as(required=required)
        if braces := _braces(there, as_here):
            yield _into(document, braces, as_here)
        else:
            lines.setdefault((as_here.module, as_here.is_type), []).append(as_here)
    texts = [text for ones in lines.values() for text in _statements(ones)]
    if texts:
        yield _below(document, there, "\n".join(_in_style(there, text) for text in texts))


def _requires_only(document: Document) -> bool | None:
    """Whether a file uses `require` throughout; None if nothing tells."""
    there = {one.required for one in all_imports(document.root)}
    return there == {True} if there else None


def _braces(there: Sequence[Node], wanted: Import) -> Node | None:
    """The braces of an import from the same module to which a name can be added, or a default before them."""
    default = wanted.imported == "default"
    if wanted.imported in ("", "*") or (default and (wanted.required or wanted.is_type)):
        return None
    for node in there:
        ones = list(imports_in(node))
        same = [one for one in ones if one.key[0] == wanted.key[0] and one.is_type == wanted.is_type]
        braces = first(node, {"named_imports", "object_pattern"})
        taken = default and any(one.imported == "default" for one in ones)
        if braces and same and len(same) == len(ones) and ones[0].required == wanted.required and not taken:
            return braces
    return None


def _into(document: Document, braces: Node, wanted: Import) -> Edit:
    if wanted.imported == "default":
        return Edit(braces.start_byte, braces.start_byte, f"{wanted.local}, ".encode())
    last = [node for node in braces.named_children if node.type != "comment"][-1]
    name = wanted.named.replace(" as ", ": ") if wanted.required else wanted.named
    after = "," if text_of(last.next_sibling) == "," else ""
    lone = last.start_point[0] != braces.start_point[0]
    between = f",\n{document.margin(last.start_byte)}" if lone else ", "
    text = f"{between}{name}"
    if after and lone:
        end = last.next_sibling.end_byte if last.next_sibling else last.end_byte
        return Edit(end, end, f"{text[1:]},".encode())
    return Edit(last.end_byte, last.end_byte, text.encode())


def _statements(ones: Sequence[Import]) -> Iterator[str]:
    """As few statements as can be for imports from one module."""
    named = [one for one in ones if one.imported not in ("", "*", "default")]
    yield from (str(one) for one in ones if one not in named)
    if named:
        names = ", ".join(dict.fromkeys(one.named for one in named))
        yield str(named[0]).replace(f"{{ {_inner(named[0])} }}", f"{{ {_as(names, named[0])} }}")


def _inner(one: Import) -> str:
    return _as(one.named, one)


def _as(names: str, one: Import) -> str:
    return names.replace(" as ", ": ") if one.required else names


def _in_style(there: Sequence[Node], text: str) -> str:
    """A statement with the quotes and the semicolon of those that are there."""
    like = text_of(there[-1]) if there else ""
    if '"' in like and "'" not in like:
        text = text.replace("'", '"')
    return text.removesuffix(";") if like and not like.endswith(";") else text


def _below(document: Document, there: Sequence[Node], lines: str) -> Edit:
    if there:
        offset = document.line_end(there[-1].end_byte)
        return Edit(offset, offset, f"\n{lines}".encode())
    above = [node for node in document.root.children if _stays_first(node)]
    if above:
        offset = document.line_end(above[-1].end_byte)
        return Edit(offset, offset, f"\n\n{lines}".encode())
    return Edit(0, 0, f"{lines}\n{chr(10) if document.text.strip() else ''}".encode())


def _stays_first(node: Node) -> bool:
    """`#!`, "use strict", and a comment that speaks to a tool or of the whole file."""
    directive = node.type == "expression_statement" and node.named_children[0].type == "string"
    return directive or node.type == "hash_bang_line" or (node.type == "comment" and node.start_byte == 0)
