"""Where a test asserts something, and whether that can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from testgen.domain import Candidate
from testgen.languages.python.names import (
    FUNCTIONS,
    Function,
    dotted,
    imported_name,
    is_test_function,
    last_name,
    parameters,
)
from testgen.languages.python.reading import tree_of

_ASSERTING = re.compile(r".*assert|(raises|warns|deprecated_call|fail|fnmatch_lines)$", re.IGNORECASE)
_BY_CONVENTION = re.compile(r"_*(check|verify|expect|ensure|validate|compare|test)")
_BROAD = frozenset({"", "AssertionError", "Exception", "BaseException"})
_FAILURES = frozenset({"AssertionError", "failureException"})
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_INNER = (ast.stmt, ast.excepthandler, ast.match_case)


class State(Enum):
    """What a failure at some place in a test would do."""

    LIVE = "fail the test"
    SWALLOWED = "be caught and forgotten"
    DEAD = "never happen"


@dataclass(frozen=True, slots=True)
class Assertion:
    """An `assert` statement, a call that asserts, or an assertion error raised by hand."""

    node: ast.Assert | ast.Call | ast.Raise
    state: State


@dataclass(frozen=True)
class Subject:
    """A candidate as the rules see it.

    `helpers` are the functions and methods that came with it; `imported` the names its imports bind.
    """

    test: Function
    owner: ast.ClassDef | None
    helpers: Mapping[str, Function]
    imported: frozenset[str]

    @cached_property
    def aliases(self) -> frozenset[str]:
        """Local names for assertions, as in `eq = self.assertEqual`."""
        return frozenset(
            target.id
            for part in ast.walk(self.test)
            if isinstance(part, ast.Assign) and _is_assertion(part.value)
            for target in part.targets
            if isinstance(target, ast.Name)
        )

    @cached_property
    def assertions(self) -> tuple[Assertion, ...]:
        """What the test asserts itself or through a helper or decorator that came with it."""
        by_decorators = (
            found
            for decorator in self.test.decorator_list
            for found in _in_expressions(decorator, State.LIVE, self, frozenset())
        )
        return (*by_decorators, *_in_body(self.test.body, State.LIVE, self, frozenset()))


def subject(candidate: Candidate) -> Subject | None:
    """Read a candidate; None when its code is no function. Raises NotPythonError when it does not parse."""
    test = next(iter(tree_of(candidate.code).body), None)
    if not isinstance(test, FUNCTIONS):
        return None
    header = tree_of(candidate.owner_header)
    around = [*(node for text in candidate.support for node in tree_of(text).body), *header.body]
    helpers = {n.name: n for tree in around for n in ast.walk(tree) if isinstance(n, FUNCTIONS)}
    statements = [node for text in candidate.imports for node in tree_of(text).body]
    imported = frozenset(imported_name(alias, s) for s in statements for alias in getattr(s, "names", []))
    return Subject(test, _innermost(header), helpers, imported)


def _innermost(header: ast.Module) -> ast.ClassDef | None:
    found = [node for node in ast.walk(header) if isinstance(node, ast.ClassDef)]
    tests = [node for node in found if not any(is_test_function(member) for member in node.body)]
    return tests[0] if tests else None


def _in_body(
    body: Sequence[ast.stmt], state: State, subject: Subject, seen: frozenset[str]
) -> Iterator[Assertion]:
    for statement in body:
        yield from _in_expressions(statement, state, subject, seen)
        for inner, inner_state in _blocks(statement, state):
            yield from _in_body(inner, inner_state, subject, seen)
        if isinstance(statement, _ENDS):
            state = State.DEAD


def _in_expressions(
    node: ast.AST, state: State, subject: Subject, seen: frozenset[str]
) -> Iterator[Assertion]:
    if isinstance(node, ast.Assert):
        yield Assertion(node, state)
        return
    if isinstance(node, ast.Call) and _asserts(node, subject, seen):
        yield Assertion(node, state)
    if isinstance(node, ast.Raise) and node.exc and last_name(node.exc) in _FAILURES:
        yield Assertion(node, state)
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _INNER):
            yield from _in_expressions(child, state, subject, seen)


def _asserts(call: ast.Call, subject: Subject, seen: frozenset[str]) -> bool:
    name, path = last_name(call), dotted(call)
    own = path in {name, f"self.{name}", f"cls.{name}", f"super.{name}"}
    if own and name in subject.helpers:
        body = subject.helpers[name].body
        return name not in seen and any(
            a.state is State.LIVE for a in _in_body(body, State.LIVE, subject, seen | {name})
        )
    if _ASSERTING.match(name) or name in subject.aliases or any(dotted(arg) == "self" for arg in call.args):
        return True
    elsewhere = own and name not in subject.imported  # in the test file, or in a base class
    from_fixture = path.partition(".")[0] in parameters(subject.test) - {"self", "cls"}
    return (elsewhere or from_fixture) and bool(_BY_CONVENTION.match(name))


def _is_assertion(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Attribute)
        and dotted(value) == f"self.{value.attr}"
        and bool(_ASSERTING.match(value.attr))
    )


def _blocks(node: ast.stmt, state: State) -> Iterator[tuple[Sequence[ast.stmt], State]]:
    """The statements inside a statement, and what a failure there would do."""
    if isinstance(node, ast.ClassDef):
        return
    for field in ("body", "orelse", "finalbody"):
        yield getattr(node, field, []), _state_in(node, field, state)
    for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
        yield part.body, state


def _state_in(node: ast.stmt, field: str, state: State) -> State:
    if field != "body" or state is State.DEAD:
        return state
    if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant) and not node.test.value:
        return State.DEAD
    if isinstance(node, ast.Try | ast.TryStar) and any(_swallows(handler) for handler in node.handlers):
        return State.SWALLOWED
    if isinstance(node, ast.With) and any(_suppresses(item.context_expr) for item in node.items):
        return State.SWALLOWED
    return state


def _swallows(handler: ast.ExceptHandler) -> bool:
    if not _is_broad(handler.type):
        return False
    parts = [part for statement in handler.body for part in ast.walk(statement)]
    return not any(
        isinstance(part, ast.Raise | ast.Assert)
        or (isinstance(part, ast.Call) and _ASSERTING.match(last_name(part)))
        for part in parts
    )


def _is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(part) for part in caught.elts)
    return caught is None or last_name(caught) in _BROAD


def _suppresses(expression: ast.expr) -> bool:
    return (
        isinstance(expression, ast.Call)
        and last_name(expression) == "suppress"
        and any(_is_broad(caught) for caught in expression.args)
    )
