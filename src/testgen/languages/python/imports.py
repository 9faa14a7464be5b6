"""Import statements: what they bind, and where a new one goes among those that are there."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from testgen.languages.python.names import same_scope

LONGEST = 88
"""The length that formatters keep lines to unless told otherwise."""
_LIBRARIES = frozenset(
    {
        "attr",
        "attrs",
        "factory",
        "faker",
        "freezegun",
        "hypothesis",
        "httpx",
        "mock",
        "numpy",
        "pandas",
        "pydantic",
        "pytest",
        "pytest_asyncio",
        "pytest_mock",
        "requests",
        "requests_mock",
        "respx",
        "responses",
        "time_machine",
        "yaml",
    }
)
"""Libraries that tests import often. What is neither here nor in the standard library is taken for local."""


class Group(IntEnum):
    """The sections of an import block, in their order."""

    FUTURE = 0
    STDLIB = 1
    LIBRARY = 2
    LOCAL = 3
    RELATIVE = 4


@dataclass(frozen=True, slots=True)
class Import:
    """One name of an import statement. `module` has a relative import's dots; `name` is "" for `import m`."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def binds(self) -> str:
        """The name it gives a value in its module."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def origin(self) -> str:
        """What that name stands for: equal origins are the same object."""
        if self.name:
            return f"{self.module.removesuffix('.')}.{self.name}"
        return self.module if self.alias else self.binds

    @property
    def is_dotted(self) -> bool:
        """Whether it is `import a.b`, which loads more than it binds."""
        return not self.name and not self.alias and "." in self.module

    @property
    def group(self) -> Group:
        """The section it belongs to."""
        root = self.module.partition(".")[0]
        if not root:
            return Group.RELATIVE
        if root == "__future__":
            return Group.FUTURE
        if root in sys.stdlib_module_names:
            return Group.STDLIB
        return Group.LIBRARY if root in _LIBRARIES else Group.LOCAL

    @property
    def part(self) -> str:
        """How it stands in a statement, after `import`."""
        own = self.name or self.module
        return f"{own} as {self.alias}" if self.alias and self.alias != own else own


def imports_of(node: ast.AST) -> Iterator[Import]:
    """The single imports of a statement; none for other statements."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, "", alias.asname or "")
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield Import("." * node.level + (node.module or ""), alias.name, alias.asname or "")


def imports_in(node: ast.stmt) -> tuple[Import, ...]:
    """What a statement imports into its module, also inside `try` and `if`."""
    return tuple(one for part in same_scope(node) for one in imports_of(part))


@dataclass(frozen=True, slots=True)
class Statement:
    """A new import statement: one plain import, or all names from one module."""

    parts: tuple[Import, ...]

    @property
    def key(self) -> tuple[int, bool, str]:
        """Its place in a sorted block: plain imports before `from` ones in each group."""
        first = self.parts[0]
        return (first.group, bool(first.name), first.module.lower())

    @property
    def group(self) -> Group:
        """The section it belongs to."""
        return self.parts[0].group

    @property
    def text(self) -> str:
        """The statement, in brackets over several lines when it is long."""
        first, names = self.parts[0], [part.part for part in self.parts]
        if not first.name:
            return f"import {first.part}"
        line = f"from {first.module} import {', '.join(names)}"
        if len(line) <= LONGEST:
            return line
        return f"from {first.module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def statements(imports: Iterable[Import]) -> tuple[Statement, ...]:
    """New statements for the imports, sorted; names from one module share one."""
    unique = dict.fromkeys(imports)
    plain = [Statement((one,)) for one in unique if not one.name]
    modules = dict.fromkeys(one.module for one in unique if one.name)
    of_modules = (
        Statement(tuple(sorted((i for i in unique if i.name and i.module == module), key=by_type)))
        for module in modules
    )
    return tuple(sorted([*plain, *of_modules], key=lambda statement: statement.key))


def by_type(one: Import) -> tuple[int, str]:
    """The usual order of names: CONSTANTS, Classes, functions."""
    rank = 0 if one.name.isupper() and len(one.name) > 1 else 1 if one.name[:1].isupper() else 2
    return (rank, one.name)


def by_letter(one: Import) -> tuple[int, str]:
    """The order of names that ignores case."""
    return (0, one.name.lower())


def block(new: Sequence[Statement]) -> str:
    """A whole import block: sections apart by a blank line."""
    groups = dict.fromkeys(statement.group for statement in new)
    return "\n\n".join("\n".join(s.text for s in new if s.group == group) for group in groups)
