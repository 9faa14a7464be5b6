"""What the source uses of its own project: the definitions behind the names, the nearest first."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from testgen.context.modules import Definition, Library, Module
from testgen.context.outline import Form, forms
from testgen.domain import Line
from testgen.languages.python.names import dotted
from testgen.prompting import File, name_of

LONGEST = 6_000  # characters of all definitions together
LONGEST_ONE = 3_000
STEPS = 3  # what the source names, what those definitions name, and what these name


@dataclass(frozen=True, slots=True)
class Placed:
    """A definition and how it is shown; None if there is no room for it."""

    definition: Definition
    form: Form | None


@dataclass(frozen=True, slots=True)
class Uses:
    """The definitions that the source uses, file by file, and the names of those there was no room for."""

    files: tuple[File, ...] = ()
    left_out: tuple[str, ...] = ()


def used(
    library: Library, source: Module, near: Collection[Line], shown: Collection[Path], root: Path
) -> Uses:
    """The definitions that the source uses of other files of the project.

    First comes what the bases of classes and the lines in `near` name, then what the rest names, then what
    those definitions name themselves. The files in `shown` are known to the model already.
    """
    placed = _placed(library, source, near, {source.path, *shown})
    modules = dict.fromkeys(one.definition.module for one in placed if one.form)
    files = (File(name_of(module.path, root), _text(module, placed)) for module in modules)
    return Uses(tuple(files), tuple(one.definition.name for one in placed if not one.form))


def _placed(
    library: Library, source: Module, near: Collection[Line], known: Collection[Path]
) -> list[Placed]:
    placed = latest = _fitted(_found(library, source, _named_by(source, near), known), LONGEST)
    for _ in range(STEPS - 1):
        if not all(one.form for one in latest):
            break
        seen = {one.definition for one in placed}
        further = [one for one in _named_in(library, latest, known) if one not in seen]
        latest = _fitted(further, LONGEST - sum(len(one.form.text) for one in placed if one.form))
        placed = [*placed, *(one for one in latest if one.form)]
    return placed


def _named_in(library: Library, placed: Iterable[Placed], known: Collection[Path]) -> Iterator[Definition]:
    """What the definitions that are shown name themselves."""
    for one in placed:
        if one.form:
            yield from _found(library, one.definition.module, _in_order(_mentions(one.form.nodes)), known)


def _found(
    library: Library, module: Module, names: Iterable[str], known: Collection[Path]
) -> Iterator[Definition]:
    found = (library.find(name, module) for name in dict.fromkeys(names))
    return (one for one in found if one and one.module.path not in known)


def _fitted(definitions: Iterable[Definition], room: int) -> list[Placed]:
    """Each definition in the fullest form there is room for."""
    placed = []
    for definition in dict.fromkeys(definitions):
        fitting = (form for form in forms(definition) if len(form.text) <= min(room, LONGEST_ONE))
        form = next(fitting, None)
        room -= len(form.text) if form else 0
        placed.append(Placed(definition, form))
    return placed


def _named_by(source: Module, near: Collection[Line]) -> list[str]:
    """The names in the source, the nearest first; at the end what it imports and never names."""
    bases = [base for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    mentions = list(_mentions([source.tree]))
    close = [node for node in mentions if node.lineno in near]
    imported = [one.binds for one in source.imports]
    return [*_in_order(_mentions(bases)), *_in_order(close), *_in_order(mentions), *imported]


def _mentions(nodes: Iterable[ast.AST]) -> Iterator[ast.Name | ast.Attribute]:
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name | ast.Attribute):
                yield part


def _in_order(mentions: Iterable[ast.Name | ast.Attribute]) -> list[str]:
    """The names and chains of attributes, in the order of their lines."""
    return [dotted(node) for node in sorted(mentions, key=lambda node: node.lineno)]


def _text(module: Module, placed: Iterable[Placed]) -> str:
    """What is shown of a module, in the order of its lines."""
    here = [one for one in placed if one.definition.module is module]
    in_order = sorted(here, key=lambda one: one.definition.nodes[0].lineno)
    return "\n\n".join(dict.fromkeys(one.form.text for one in in_order if one.form))
