"""From the blocks of a reply to candidates: every test with what it needs to stand alone, and no more.

The blocks of a reply are one module. A name means what it is bound to in its own block, else in the nearest
block before it, else in the first one after it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from testgen.domain import Candidate
from testgen.languages.lines import split_lines
from testgen.languages.marks import taken
from testgen.languages.python.collecting import FoundTest, header_of, tests_in
from testgen.languages.python.names import (
    free,
    imported_name,
    is_docstring,
    is_test_class,
    is_test_function,
    requested,
    works_unasked,
)
from testgen.languages.python.reading import comments_in, definition_line, is_python, tree_of
from testgen.languages.python.statements import Block, Statement

_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, order=True, slots=True)
class _Place:
    """Where a statement stands: the number of its block and its number in it."""

    block: int
    index: int


@dataclass(frozen=True, slots=True)
class _Need:
    """A name that code in a block uses."""

    name: str
    block: int


def split(texts: Sequence[str]) -> tuple[Candidate, ...]:
    """Every test of the blocks, in their order; of equal tests the last one's needs count."""
    module = _Module(tuple(Block(text) for text in texts))
    found: dict[str, Candidate] = {}
    for number, block in enumerate(module.blocks):
        for test in filter(_stands_alone, tests_in(block)):
            found[f"{test.owner}.{ast.dump(tree_of(test.code))}"] = module.candidate(test, number)
    return tuple(found.values())


@dataclass(frozen=True)
class _Module:
    """All blocks of a reply."""

    blocks: tuple[Block, ...]

    def candidate(self, test: FoundTest, block: int) -> Candidate:
        unmarked, suspects = taken(test.code, tuple(comments_in(test.code)))
        code = decorated(unmarked, self._marks(block))
        needs = {name for text in (code, test.header) for name in _needs(text)}
        chosen = self._closure(_Need(name, block) for name in needs)
        imports = (_only(self._statement(place).node, chosen[place]) for place in sorted(chosen))
        support = (self._statement(place) for place in sorted(chosen))
        return Candidate(
            name=test.name,
            code=code,
            imports=tuple(dict.fromkeys(text for text in imports if text)),
            support=tuple(dict.fromkeys(s.text for s in support if not isinstance(s.node, _IMPORTS))),
            owner=test.owner,
            owner_header=test.header,
            suspects=suspects,
        )

    @cached_property
    def _statements(self) -> tuple[tuple[Statement, ...], ...]:
        return tuple(tuple(_support(block)) for block in self.blocks)

    def _statement(self, place: _Place) -> Statement:
        return self._statements[place.block][place.index]

    @cached_property
    def _places(self) -> tuple[_Place, ...]:
        return tuple(_Place(b, i) for b, block in enumerate(self._statements) for i in range(len(block)))

    @cached_property
    def _unasked(self) -> dict[_Place, set[str]]:
        """The statements that every test needs without naming them, each with the names taken from it."""
        return {
            place: {"*"}
            for place in self._places
            if works_unasked(self._statement(place).node) or _is_for_all(self._statement(place).node)
        }

    @cached_property
    def _binders(self) -> dict[_Need, tuple[_Place, ...]]:
        """For each name and each block that binds it: the statements that count there."""
        binders: dict[_Need, tuple[_Place, ...]] = {}
        for place in self._places:
            statement = self._statement(place)
            for name in statement.binds:
                key = _Need(name, place.block)
                keeps = statement.only_changes or _adds_submodule(statement.node, name)
                binders[key] = (*(binders.get(key, ()) if keeps else ()), place)
        return binders

    def _bound_by(self, need: _Need) -> tuple[_Place, ...]:
        order = (*range(need.block, -1, -1), *range(need.block + 1, len(self.blocks)))
        keys = (_Need(need.name, block) for block in order)
        return next((self._binders[key] for key in keys if key in self._binders), ())

    def _closure(self, needs: Iterable[_Need]) -> dict[_Place, set[str]]:
        """The statements that the needs lead to, each with the names taken from it."""
        chosen = {place: set(names) for place, names in self._unasked.items()}
        pending = [*needs, *(n for place in chosen for n in self._needs_of(place))]
        seen: set[_Need] = set()
        while pending:
            need = pending.pop()
            if need not in seen:
                seen.add(need)
                for place in self._bound_by(need):
                    chosen.setdefault(place, set()).add(need.name)
                    pending.extend(self._needs_of(place))
        return chosen

    def _needs_of(self, place: _Place) -> Iterator[_Need]:
        return (_Need(name, place.block) for name in self._statement(place).needs)

    def _marks(self, block: int) -> tuple[str, ...]:
        """The marks of a module's `pytestmark`, written as decorators: they shall not reach other tests."""
        nodes = (self._statement(place).node for place in self._bound_by(_Need("pytestmark", block)))
        return tuple(f"@{ast.unparse(mark)}" for node in nodes for mark in _listed(node))


def _support(block: Block) -> Iterator[Statement]:
    """What tests of a block may need: all but the tests themselves."""
    for piece in block.own_pieces:
        if is_test_class(piece.node, block.test_classes):
            yield Statement(piece.node, header_of(block, piece, piece.node))
        elif not (is_test_function(piece.node) or is_docstring(piece.node)):
            yield Statement(piece.node, block.text_of(piece))


def _stands_alone(test: FoundTest) -> bool:
    """Whether the texts are still code after they were cut out, which lines joined by backslashes prevent."""
    return is_python(test.code) and is_python(test.header)


def _needs(text: str) -> frozenset[str]:
    return free(text) | requested(tree_of(text))


def _is_for_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*")


def _adds_submodule(node: ast.stmt, name: str) -> bool:
    """Whether a statement is `import a.b`, which leaves what `a` has from `import a.c`."""
    return isinstance(node, ast.Import) and any(
        alias.name.startswith(f"{name}.") and not alias.asname for alias in node.names
    )


def _only(node: ast.stmt, names: set[str]) -> str:
    """An import statement with the names that are needed; "" for other statements."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return ""
    taken = [alias for alias in node.names if "*" in names or imported_name(alias, node) in names]
    if isinstance(node, ast.ImportFrom):
        return ast.unparse(ast.ImportFrom(node.module, taken, node.level))
    return ast.unparse(ast.Import(taken))


def _listed(node: ast.stmt) -> Sequence[ast.expr]:
    if not isinstance(node, ast.Assign):
        return ()
    return node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else (node.value,)


def decorated(code: str, decorators: Sequence[str]) -> str:
    """A function with more decorators, put below the comments above it."""
    if not decorators:
        return code
    lines = split_lines(code)
    first = definition_line(tree_of(code).body[0]) - 1
    return "".join([*lines[:first], *(f"{decorator}\n" for decorator in decorators), *lines[first:]])
