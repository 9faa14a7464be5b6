"""The project's own modules, read as text: where an import leads, and where a name is defined."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from testgen.errors import UsageError
from testgen.languages.python.imports import Import, imports_of
from testgen.languages.python.names import bound
from testgen.languages.python.reading import NotPythonError, tree_of
from testgen.prompting import read

LONGEST_MODULE = 1_000_000  # characters; whatever is longer was not written by a person
HOPS = 3  # imports followed from one name to its definition: the source's own and two re-exports
INIT = "__init__.py"

_BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.With, ast.excepthandler)
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A module of the project; a folder without `__init__.py` is one too, and defines nothing."""

    path: Path
    text: str
    tree: ast.Module
    definitions: Mapping[str, tuple[ast.stmt, ...]]
    imports: tuple[Import, ...]

    @property
    def folder(self) -> Path | None:
        """Where its submodules are; None if it is no package."""
        if self.path.name == INIT:
            return self.path.parent
        return self.path if self.path.suffix != ".py" else None


@dataclass(frozen=True, slots=True)
class Definition:
    """A name of a module, and the statements that give it its value: several for overloads and the like."""

    module: Module
    name: str
    nodes: tuple[ast.stmt, ...]


class Library:
    """Reads each module once. What cannot be read, or is not Python, is not there."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = roots
        self._modules: dict[Path, Module | None] = {}

    def at(self, path: Path) -> Module | None:
        """The module in a file."""
        if path not in self._modules:
            self._modules[path] = _read(path)
        return self._modules[path]

    def find(self, name: str, origin: Module) -> Definition | None:
        """What a name such as `Cart` or `models.Cart` stands for in a module, if the project defines it."""
        found: Module | Definition | None = origin
        for part in name.split("."):
            if not isinstance(found, Module):
                break
            found = self._lookup(found, part, HOPS)
        return found if isinstance(found, Definition) else None

    def owns(self, top: str, origin: Module) -> bool:
        """Whether a module's import of this name leads into the project."""
        return self._module(top, origin) is not None

    def _lookup(self, module: Module, name: str, hops: int) -> Module | Definition | None:
        if name in module.definitions:
            return Definition(module, name, module.definitions[name])
        for one in module.imports if hops else ():
            if one.binds in (name, "*") and (found := self._imported(one, name, module, hops - 1)):
                return found
        return self._below(module.folder, name) if module.folder else None

    def _imported(self, one: Import, name: str, module: Module, hops: int) -> Module | Definition | None:
        if not one.name:
            return self._module(one.module if one.alias else one.binds, module)
        target = self._module(one.module, module)
        return self._lookup(target, name if one.name == "*" else one.name, hops) if target else None

    def _module(self, dotted: str, origin: Module) -> Module | None:
        """The module that an import statement names, with its leading dots if it is relative."""
        rest = dotted.lstrip(".")
        level = len(dotted) - len(rest)
        starts = [*origin.path.parents][level - 1 : level] if level else self.roots
        below = (self._below(start, rest) for start in starts)
        found = [module for module in below if module]
        return min(found, key=lambda module: module.path.suffix != ".py", default=None)  # real packages first

    def _below(self, folder: Path, dotted: str) -> Module | None:
        place = folder.joinpath(*dotted.split("."))
        beside = place.parent / f"{place.name}.py"
        return self.at(place / INIT) or self.at(beside) or _bare_folder(place)


def roots_of(source: Path, root: Path) -> tuple[Path, ...]:
    """Where imports may start: above the source's own package, in `src`, in the project's root."""
    own = source.parent
    while (own / INIT).is_file() and own != own.parent:
        own = own.parent
    return tuple(dict.fromkeys((own, root / "src", root)))


def text_of(path: Path) -> str | None:
    """A Python file's text; None if it cannot be read or is too long."""
    try:
        text = read(path)
    except UsageError:
        return None
    return text if len(text) <= LONGEST_MODULE else None


def _read(path: Path) -> Module | None:
    text = text_of(path)
    if text is None:
        return None
    try:
        tree = tree_of(text)
    except NotPythonError:
        return None
    imports = tuple(one for node in ast.walk(tree) for one in imports_of(node))
    return Module(path, text, tree, _definitions(tree), imports)


def _bare_folder(path: Path) -> Module | None:
    try:
        return Module(path, "", ast.Module([], []), {}, ()) if path.is_dir() else None
    except OSError:  # below a folder that may not be entered
        return None


def _definitions(tree: ast.Module) -> dict[str, tuple[ast.stmt, ...]]:
    found: dict[str, tuple[ast.stmt, ...]] = {}
    for node in _own_level(tree):
        for name in bound(node):
            found[name] = (*found.get(name, ()), node)
    return found


def _own_level(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a module's own level but its imports; also those inside `if`, `try` and `with`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _BLOCKS):
            yield from _own_level(child)
        elif isinstance(child, ast.stmt) and not isinstance(child, _IMPORTS):
            yield child
