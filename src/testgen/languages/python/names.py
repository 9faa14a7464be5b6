"""What a statement binds, what it takes from the module around it, and what pytest makes of it."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from typing import TypeAlias, TypeGuard

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FIXTURES_BY_NAME = frozenset({"usefixtures", "getfixturevalue"})
_CALLED_BY_NAME = frozenset(
    {
        "setup_module",
        "teardown_module",
        "setup_function",
        "teardown_function",
        "setUpModule",
        "tearDownModule",
    }
)


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a name or a chain of attributes or calls, "" for anything else."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            return ".".join([node.id, *reversed(parts)])
        else:
            return ""


def last_name(node: ast.AST) -> str:
    """The last part of what is called or named: `fixture` of `@pytest.fixture(...)`, of any expression."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def bound(node: ast.stmt) -> frozenset[str]:
    """The module-level names a statement gives a value, fixture names included."""
    names = {name for part in same_scope(node) for name in _binding(part)}
    return frozenset(names | ({fixture_name(node)} if is_fixture(node) else set()))


def changed(node: ast.stmt) -> frozenset[str]:
    """The names whose value a statement changes without binding them: `CASES[0] = 1`, `CASES.x += 1`."""
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return frozenset()
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return frozenset(
        part.id
        for target in targets
        if isinstance(node, ast.AugAssign) or not isinstance(target, ast.Name)
        for part in ast.walk(target)
        if isinstance(part, ast.Name)
    )


def imported_name(alias: ast.alias, statement: ast.stmt) -> str:
    """The name that one part of an import statement binds."""
    if alias.asname or isinstance(statement, ast.ImportFrom):
        return alias.asname or alias.name
    return alias.name.partition(".")[0]


def _binding(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (imported_name(alias, node) for alias in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id


def same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is below it, except what is inside definitions and comprehensions."""
    pending = [node]
    while pending:
        part = pending.pop()
        yield part
        if not isinstance(part, _SCOPES):
            pending.extend(ast.iter_child_nodes(part))


def free(text: str) -> frozenset[str]:
    """The names that compilable code takes from the module around it or leaves in it."""
    top = symtable.symtable(text, "<reply>", "exec")
    names = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    pending = list(top.get_children())
    while pending:
        table = pending.pop()
        names.update(symbol.get_name() for symbol in table.get_symbols() if symbol.is_global())
        pending.extend(table.get_children())
    return frozenset(names)


def requested(node: ast.AST) -> frozenset[str]:
    """The fixtures that the tests and fixtures in a statement ask for, by parameter or by name."""
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, FUNCTIONS) and (is_test_function(part) or is_fixture(part)):
            names.update(parameters(part))
        elif isinstance(part, ast.Call) and last_name(part) in _FIXTURES_BY_NAME:
            names.update(arg.value for arg in part.args if _is_string(arg))  # type: ignore[attr-defined]
    return frozenset(names)


def parameters(node: Function) -> frozenset[str]:
    """The parameters without a default."""
    positional = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    required = positional[: len(positional) - len(node.args.defaults)]
    keywords = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return frozenset([*required, *(arg.arg for arg, default in keywords if default is None)])


def is_fixture(node: ast.AST) -> TypeGuard[Function]:
    """Whether a statement is a function decorated as a fixture."""
    return isinstance(node, FUNCTIONS) and any(last_name(d) == "fixture" for d in node.decorator_list)


def fixture_name(node: ast.AST) -> str:
    """The name tests ask for a fixture by."""
    for decorator in getattr(node, "decorator_list", []):
        for keyword in getattr(decorator, "keywords", []):
            if keyword.arg == "name" and _is_string(keyword.value):
                return str(keyword.value.value)
    return str(getattr(node, "name", ""))


def works_unasked(node: ast.AST) -> bool:
    """Whether pytest calls a function although no test names it: autouse fixtures, `setup_module`."""
    if getattr(node, "name", "") in _CALLED_BY_NAME:
        return True
    return is_fixture(node) and any(
        keyword.arg == "autouse"
        for decorator in getattr(node, "decorator_list", [])
        for keyword in getattr(decorator, "keywords", [])
    )


def is_test_function(node: ast.AST) -> TypeGuard[Function]:
    """Whether pytest collects a function or method as a test."""
    return isinstance(node, FUNCTIONS) and node.name.startswith("test") and not is_fixture(node)


def is_test_class(node: ast.AST, bases: frozenset[str] = frozenset()) -> TypeGuard[ast.ClassDef]:
    """Whether a class holds tests: by its name, or by a base that is a TestCase or one of `bases`."""
    return isinstance(node, ast.ClassDef) and (
        node.name.startswith("Test")
        or any(last_name(base).endswith("TestCase") or last_name(base) in bases for base in node.bases)
    )


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is a bare string."""
    return isinstance(node, ast.Expr) and _is_string(node.value)


def is_placeholder(node: ast.stmt) -> bool:
    """Whether a statement only fills an empty body: `pass` or `...`."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value is Ellipsis
    return isinstance(node, ast.Pass)


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
