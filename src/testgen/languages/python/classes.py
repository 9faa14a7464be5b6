"""Test classes of a file as a home for a candidate's method."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.languages.python.document import Document, Insertion
from testgen.languages.python.indenting import indent, indentation
from testgen.languages.python.names import bound, is_docstring, is_placeholder, is_test_class
from testgen.languages.python.source import pieces_of


@dataclass(frozen=True, slots=True)
class Method:
    """A test's dedented code, the dotted path of its class and the text of that class without tests."""

    code: str
    path: str
    header: str


@dataclass(frozen=True, slots=True)
class Addition:
    """Members that a class of the file gets at its end, dedented."""

    host: ast.ClassDef
    members: tuple[str, ...]


def class_at(document: Document, path: str) -> ast.ClassDef | None:
    """The class at a dotted path, None where there is none."""
    nest = _nest(document, path)
    return nest[-1] if len(nest) == len(path.split(".")) else None


def additions(document: Document, method: Method) -> tuple[Addition, ...] | None:
    """What the classes of the file get so that the method stands in them, innermost first.

    None when they cannot take it: the outermost is not there, or one has other bases or decorators, or
    another member of the same name.
    """
    header = Document(method.header)
    hosts, guests = _nest(document, method.path), _nest(header, method.path)
    pairs = tuple(zip(hosts, guests, strict=False))
    if not pairs or not all(_agree(host, guest) for host, guest in pairs):
        return None
    missing = [Addition(host, tuple(_new_members(header, host, guest))) for host, guest in reversed(pairs)]
    innermost = missing[0]
    test = method.code if len(hosts) == len(guests) else _nested(header, guests[len(pairs) - 1 :], method)
    return (Addition(innermost.host, (*innermost.members, test)), *missing[1:])


def insert_members(document: Document, addition: Addition) -> Insertion:
    """Put members at the end of a class."""
    host = addition.host
    prefix = indentation(document.lines[host.body[0].lineno - 1])
    members = (indent(member, prefix, document.unit) for member in addition.members)
    return document.insert_lines(pieces_of(host.body, document.lines)[-1].last, "\n" + "\n\n".join(members))


def new_class(method: Method) -> str:
    """The method in a class of its own."""
    document = Document(method.header)
    host = _nest(document, method.path)[-1]
    if all(is_placeholder(node) for node in host.body):
        return _in_place_of_body(document, host, method.code)
    grown = document.with_insertions([insert_members(document, Addition(host, (method.code,)))])
    return grown.text.rstrip("\n")


def _in_place_of_body(document: Document, host: ast.ClassDef, code: str) -> str:
    first, last = host.body[0].lineno - 1, host.body[-1].end_lineno
    member = indent(code, indentation(document.lines[first]), document.unit)
    return "".join([*document.lines[:first], f"{member}\n", *document.lines[last:]]).rstrip("\n")


def _nest(document: Document, path: str) -> tuple[ast.ClassDef, ...]:
    """The classes along a path, outermost first, as far as they are there and have lines of their own."""
    body: Sequence[ast.stmt] = document.tree.body
    nest: list[ast.ClassDef] = []
    for name in path.split("."):
        found = [node for node in body if isinstance(node, ast.ClassDef) and node.name == name]
        if not found or found[-1].body[0].lineno == found[-1].lineno:
            break
        nest.append(found[-1])
        body = found[-1].body
    return tuple(nest)


def _nested(header: Document, guests: Sequence[ast.ClassDef], method: Method) -> str:
    """The part of a header that begins below the first of the guests, with the method in it."""
    outer, inner = guests[0], guests[1]
    piece = next(piece for piece in pieces_of(outer.body, header.lines) if piece.node is inner)
    path = ".".join(guest.name for guest in guests[1:])
    return new_class(Method(method.code, path, header.lines_of(piece)))


def _agree(host: ast.ClassDef, guest: ast.ClassDef) -> bool:
    """Whether tests written for one class can run in the other."""
    bases = {ast.dump(base) for base in guest.bases} <= {ast.dump(base) for base in host.bases}
    decorators = {ast.dump(d) for d in guest.decorator_list} <= {ast.dump(d) for d in host.decorator_list}
    return bases and decorators and not any(_clash(host, member) for member in _members(guest))


def _clash(host: ast.ClassDef, member: ast.stmt) -> bool:
    same = [there for there in host.body if bound(there) & bound(member)]
    return bool(same) and not any(ast.dump(there) == ast.dump(member) for there in same)


def _members(guest: ast.ClassDef) -> Iterator[ast.stmt]:
    """What a header brings along: all but what fills it and the classes of the nest."""
    for member in guest.body:
        if not (is_placeholder(member) or is_docstring(member) or is_test_class(member)):
            yield member


def _new_members(header: Document, host: ast.ClassDef, guest: ast.ClassDef) -> Iterator[str]:
    there = {ast.dump(member) for member in host.body}
    brought = list(_members(guest))
    for piece in pieces_of(guest.body, header.lines):
        if piece.node in brought and ast.dump(piece.node) not in there:
            yield header.lines_of(piece)
