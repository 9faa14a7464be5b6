"""A candidate on its way into a file, under names that may change."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import cached_property

from testgen.domain import Candidate
from testgen.languages.python.classes import Method
from testgen.languages.python.imports import Import, imports_in
from testgen.languages.python.names import FUNCTIONS, Function, bound, is_fixture
from testgen.languages.python.reading import tree_of


@dataclass(frozen=True)
class Draft:
    """The parts of a candidate, its imports as values."""

    name: str
    code: str
    imports: tuple[Import, ...]
    support: tuple[str, ...]
    owner: str
    header: str

    @property
    def node_id(self) -> str:
        """The test's name for pytest, without the file."""
        return "::".join([*filter(None, self.owner.split(".")), self.name])

    @cached_property
    def test(self) -> Function:
        """The test as a syntax tree."""
        return next(node for node in tree_of(self.code).body if isinstance(node, FUNCTIONS))

    @property
    def method(self) -> Method:
        """The test with its class, where it has one."""
        return Method(self.code, self.owner, self.header)

    @cached_property
    def provided(self) -> tuple[str, ...]:
        """The module-level names it brings along."""
        helpers = (name for text in self.support for name in sorted(bound(statement(text))))
        return tuple(dict.fromkeys([*(one.binds for one in self.imports), *helpers]))

    def renamed(self, old: str, new: str) -> Draft:
        """The draft with one module-level name changed wherever it is meant."""
        from testgen.languages.python.renaming import Renaming, renamed

        of_fixture = any(is_fixture(node) and old in bound(node) for node in map(statement, self.support))
        renaming = Renaming(old, new, of_fixture)
        return replace(
            self,
            code=renamed(self.code, renaming),
            imports=tuple(replace(one, alias=new) if one.binds == old else one for one in self.imports),
            support=tuple(renamed(text, renaming) for text in self.support),
            header=renamed(self.header, renaming),
        )

    def called(self, name: str) -> Draft:
        """The draft with another name for its test."""
        return replace(self, name=name)

    def in_class(self, owner: str, header: str | None = None) -> Draft:
        """The draft in another class."""
        return replace(self, owner=owner, header=self.header if header is None else header)


def draft_of(candidate: Candidate) -> Draft:
    """A candidate under the names the model gave."""
    imports = (one for text in candidate.imports for node in tree_of(text).body for one in imports_in(node))
    return Draft(
        candidate.name,
        candidate.code,
        tuple(imports),
        candidate.support,
        candidate.owner,
        candidate.owner_header,
    )


def statement(text: str) -> ast.stmt:
    """The one statement of a helper's text."""
    return tree_of(text).body[0]
