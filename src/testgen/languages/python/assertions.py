"""Where a test asserts something, and whether that can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from testgen.domain import Candidate
from testgen.languages.python.meaning import Meaning
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
from testgen.languages.python.truth import always_false, never_loops

_ASSERTING = re.compile(r".*assert|(raises|warns|deprecated_call|fail|fnmatch_lines)$", re.IGNORECASE)
_BY_CONVENTION = re.compile(r"_*(check|verify|expect|ensure|validate|compare|test)|.*_(test|check)$")
_HELPERS_OF_TESTS = re.compile(r"(.*\.)?(tests?|testing|conftest|test_\w+|helpers)(\.|$)")
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

    `helpers` are the functions and methods that came with it; `imported` the names it imports
    from anywhere but the tests' own modules; `trees` is all of its code.
    """

    test: Function
    owner: ast.ClassDef | None
    helpers: Mapping[str, Function]
    imported: frozenset[str]
    trees: tuple[ast.AST, ...]

    @cached_property
    def meaning(self) -> Meaning:
        """What the names stand for in all of its code."""
        return Meaning(self.trees)

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

    def helper_called(self, node: ast.AST) -> str:
        """The name of the helper that a call calls; "" for all else."""
        if not isinstance(node, ast.Call) or last_name(node) not in self.helpers:
            return ""
        name = last_name(node)
        return name if dotted(node) in {name, f"self.{name}", f"cls.{name}", f"super.{name}"} else ""

    @cached_property
    def _asserting(self) -> frozenset[str]:
        """The helpers that assert something, themselves or through others; "" stands for no helper."""
        callers: dict[str, set[str]] = {}  # whom an assertion in a helper makes one that asserts
        for name, helper in self.helpers.items():
            for found in _in_body(helper.body, State.LIVE, self):
                if found.state is State.LIVE:
                    callers.setdefault(self.helper_called(found.node), set()).add(name)
        asserting, pending = {""}, [""]
        while pending:
            new = callers.get(pending.pop(), set()) - asserting
            asserting |= new
            pending += new
        return frozenset(asserting)

    @cached_property
    def used(self) -> frozenset[str]:
        """The names that its code takes values from."""
        return frozenset(
            node.id
            for node in self.meaning.own
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )

    @cached_property
    def methods(self) -> frozenset[ast.stmt]:
        """What stands in classes: called by others, under names that cannot be followed."""
        classes = (node for node in self.meaning.own if isinstance(node, ast.ClassDef))
        return frozenset(member for one in classes for member in one.body)

    @cached_property
    def assertions(self) -> tuple[Assertion, ...]:
        """What the test asserts itself or through a helper or decorator that came with it."""
        by_decorators = (
            found
            for decorator in self.test.decorator_list
            for found in _in_expressions(decorator, State.LIVE, self)
        )
        found = (*by_decorators, *_in_body(self.test.body, State.LIVE, self))
        return tuple(one for one in found if self.helper_called(one.node) in self._asserting)


def subject(candidate: Candidate) -> Subject | None:
    """Read a candidate; None when its code is no function. Raises NotPythonError when it does not parse."""
    body = tree_of(candidate.code).body
    test = next(iter(body), None)
    if not isinstance(test, FUNCTIONS):
        return None
    header = tree_of(candidate.owner_header)
    around = [*(node for text in candidate.support for node in tree_of(text).body), *header.body]
    helpers = {n.name: n for tree in around for n in ast.walk(tree) if isinstance(n, FUNCTIONS)}
    statements = [node for text in candidate.imports for node in tree_of(text).body]
    imported = frozenset(
        imported_name(alias, node)
        for node in statements
        for alias in getattr(node, "names", [])
        if not _is_from_tests(node)
    )
    trees = (*body, *around, *statements)
    return Subject(test, _innermost(header), helpers, imported, trees)


def _is_from_tests(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and bool(node.level or _HELPERS_OF_TESTS.match(node.module or ""))


def _innermost(header: ast.Module) -> ast.ClassDef | None:
    found = [node for node in ast.walk(header) if isinstance(node, ast.ClassDef)]
    tests = [node for node in found if not any(is_test_function(member) for member in node.body)]
    return tests[0] if tests else None


def _in_body(body: Sequence[ast.stmt], state: State, subject: Subject) -> Iterator[Assertion]:
    for statement in body:
        yield from _in_expressions(statement, state, subject)
        for inner, inner_state in _blocks(statement, _state_of(statement, state, subject)):
            yield from _in_body(inner, inner_state, subject)
        if isinstance(statement, _ENDS):
            state = State.DEAD


def _in_expressions(node: ast.AST, state: State, subject: Subject) -> Iterator[Assertion]:
    if isinstance(node, ast.Assert):
        yield Assertion(node, state)
        return
    if isinstance(node, ast.Call) and _asserts(node, subject):
        yield Assertion(node, state)
    if isinstance(node, ast.Raise) and node.exc and last_name(node.exc) in _FAILURES:
        yield Assertion(node, state)
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _INNER):
            yield from _in_expressions(child, state, subject)


def _asserts(call: ast.Call, subject: Subject) -> bool:
    """Whether a call asserts something, or calls a helper that may."""
    name, path = last_name(call), dotted(call)
    if subject.helper_called(call):
        return True
    if _ASSERTING.match(name) or name in subject.aliases or any(dotted(arg) == "self" for arg in call.args):
        return True
    own = path in {name, f"self.{name}", f"cls.{name}", f"super.{name}"}
    elsewhere = own and name not in subject.imported  # in the test file, or in a base class
    from_fixture = path.partition(".")[0] in parameters(subject.test) - {"self", "cls"}
    return (elsewhere or from_fixture) and bool(_BY_CONVENTION.match(name))


def _is_assertion(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Attribute)
        and dotted(value) == f"self.{value.attr}"
        and bool(_ASSERTING.match(value.attr))
    )


def _state_of(node: ast.stmt, state: State, subject: Subject) -> State:
    """What a failure inside a statement would do: never happen in a function that nobody uses."""
    idle = isinstance(node, FUNCTIONS) and not node.decorator_list and node.name not in subject.used
    return State.DEAD if idle and node not in subject.methods else state


def _blocks(node: ast.stmt, state: State) -> Iterator[tuple[Sequence[ast.stmt], State]]:
    """The statements inside a statement, and what a failure there would do."""
    for field in ("body", "orelse", "finalbody"):
        yield getattr(node, field, []), _state_in(node, field, state)
    for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
        yield part.body, state


def _state_in(node: ast.stmt, field: str, state: State) -> State:
    if field != "body" or state is State.DEAD:
        return state
    if isinstance(node, ast.If | ast.While) and always_false(node.test):
        return State.DEAD
    if isinstance(node, ast.For) and never_loops(node.iter):
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
