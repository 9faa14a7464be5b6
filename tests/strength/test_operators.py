from __future__ import annotations

import ast

import pytest

from testgen.strength.mutants import changes
from testgen.strength.operators import OPERATORS

EXAMPLES = [
    (name, before, afters) for name, op in OPERATORS.items() for before, afters in op.examples.items()
]


def made_by(name: str, source: str) -> tuple[str, ...]:
    """All that one operator makes of a source, in one spelling."""
    found = [change.mutant for change in changes(source) if change.mutant.operator == name]
    return tuple(spelled(mutant.made_of(source)) for mutant in found)


def spelled(source: str) -> str:
    return ast.unparse(ast.parse(source))


@pytest.mark.parametrize(("name", "before", "afters"), EXAMPLES)
def test_an_operator_does_what_its_examples_say(name: str, before: str, afters: tuple[str, ...]) -> None:
    assert made_by(name, before) == tuple(map(spelled, afters))


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_shows_what_it_changes_and_what_it_leaves(name: str) -> None:
    examples = OPERATORS[name].examples.values()
    assert any(examples) and not all(examples)
