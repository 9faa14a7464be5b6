"""What names in a test stand for, and what values are made from, as far as its text tells.

Nothing is run and no order is looked at: a name stands for all that is ever bound to it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from testgen.languages.python.names import imported_name, last_name
from testgen.languages.python.reading import NotPythonError, checked_tree_of

# No test needs more of these; a hostile one could hold us up with them.
_MOST_STEPS = 12  # from name to name
_MOST_NAMES = 100  # that a value is made from
_MOST_VALUES = 100  # that are bound to one name
_REPLACING = frozenset({"patch", "object", "setattr", "delattr"})  # `object` of `patch.object`
_RUN_AS_CODE = frozenset({"exec", "eval", "compile"})
_REBINDING = (ast.Global, ast.Nonlocal)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a value is made from: dotted paths of what is used on the way, and strings.

    The path of a value that only comes in when the code runs begins with a question mark: `?tmp_path`.
    """

    paths: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()

    def __or__(self, other: Origin) -> Origin:
        return Origin(self.paths | other.paths, self.texts | other.texts)


class Meaning:
    """The names of some code that belongs together. Paths have the names of modules, not their aliases."""

    def __init__(self, trees: Sequence[ast.AST]) -> None:
        self.trees = trees

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in the code, also what it hands to another interpreter as a literal."""
        return (*self.own, *_parts(_scripts(self.own)))

    @cached_property
    def own(self) -> tuple[ast.AST, ...]:
        """Everything that runs in the test's own process, literals for `exec` and `eval` included."""
        written = tuple(_parts(self.trees))
        return (*written, *_parts(_executed(written)))

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call in the code."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    @cached_property
    def called(self) -> frozenset[str]:
        """The last names of all that is called."""
        return frozenset(map(last_name, self.calls))

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The parameters of all functions: values that come from outside."""
        return frozenset(node.arg for node in self.nodes if isinstance(node, ast.arg))

    @cached_property
    def _modules(self) -> dict[str, str]:
        """What the imports bind, as dotted paths."""
        return {
            imported_name(alias, node): _imported_path(alias, node)
            for node in self.nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }

    @cached_property
    def _values(self) -> dict[str, list[ast.expr]]:
        """What is bound to each name, to `self.x`, and what functions give back."""
        values: dict[str, list[ast.expr]] = {}
        for node in self.nodes:
            for name, value in _bindings(node):
                values.setdefault(name, []).append(value)
        return values

    @cached_property
    def replaced(self) -> frozenset[str]:
        """Paths that the code puts something else in the place of, as in `patch("shop.os.kill")`."""
        return frozenset(filter(None, (self._replaced(call) for call in self.calls)))

    def replaces(self, path: str) -> bool:
        """Whether the code replaces what stands behind a path, under whatever module it is reached."""
        return path in self._replaced_ends

    @cached_property
    def _replaced_ends(self) -> frozenset[str]:
        return frozenset(end for path in self.replaced for end in _ends(path))

    def _replaced(self, call: ast.Call) -> str:
        match call.args:
            case _ if last_name(call) not in _REPLACING:
                return ""
            case [ast.Constant(value=str(path)), *_]:
                return path.removeprefix("builtins.")
            case [ast.expr() as owner, ast.Constant(value=str(name)), *_]:
                return f"{self.path(owner)}.{name}".removeprefix("builtins.")
        return ""

    @cached_property
    def constants(self) -> frozenset[str]:
        """The names that are bound once, to a number, a text or the like."""
        rebound = {name for node in self.own if isinstance(node, _REBINDING) for name in node.names}
        once = {name for name, values in self._values.items() if _is_constant(values)}
        return frozenset(once - rebound - self.parameters - self._modules.keys())

    def bound_to(self, name: str) -> Sequence[ast.expr]:
        """The values bound to a name in turn; of a loop, what it goes through."""
        return self._values.get(name, ())[:_MOST_VALUES]

    def path(self, node: ast.AST | None, steps: int = _MOST_STEPS) -> str:
        """The dotted path of what is used or called, such as `os.environ.get`; "" for what has none."""
        match node:
            case ast.Name(id=name):
                return self._path_of_name(name, steps)
            case ast.Attribute(value=value, attr=attribute):
                return self._path_of_attribute(value, attribute, steps)
            case ast.Call():
                return self._path_of_call(node, steps)
            case ast.BinOp(left=value) | ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.path(value, steps)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(module))):
                return module if self.path(value, steps) == "sys.modules" else ""
        return ""

    def _path_of_name(self, name: str, steps: int) -> str:
        if name in self._modules:
            return self._modules[name]
        if name not in self._values:
            return "" if name in self.parameters else name
        if name not in self._paths and steps:
            self._paths[name] = ""  # should the name lead back to itself
            paths = (self.path(value, steps - 1) for value in self._values[name][:_MOST_VALUES])
            self._paths[name] = next(filter(None, paths), "")
        return self._paths.get(name, "")

    @cached_property
    def _paths(self) -> dict[str, str]:
        return {}

    def _path_of_attribute(self, value: ast.expr, attribute: str, steps: int) -> str:
        if isinstance(value, ast.Name) and value.id == "self":
            return self._path_of_name(f"self.{attribute}", steps)
        before = self.path(value, steps)
        return f"{before}.{attribute}".removeprefix("builtins.") if before else ""

    def _path_of_call(self, call: ast.Call, steps: int) -> str:
        path = self.path(call.func, steps)
        match call.args:
            case [ast.Constant(value=str(module)), *_] if path in ("__import__", "importlib.import_module"):
                return module
            case [ast.expr() as value, ast.Constant(value=str(attribute)), *_] if path == "getattr":
                return self._path_of_attribute(value, attribute, steps)
            case [ast.expr() as value, *_] if path in ("dict", "vars", "copy.copy"):
                return self.path(value, steps).removesuffix(".__dict__")
        return path.removesuffix(".copy")

    def origin(self, *nodes: ast.AST | None) -> Origin:
        """What values are made from, names followed to all that is bound to them."""
        direct = self._direct(filter(None, nodes))
        if direct.names not in self._followed:
            self._followed[direct.names] = self._follow(direct.names)
        return direct.origin | self._followed[direct.names]

    @cached_property
    def _followed(self) -> dict[frozenset[str], Origin]:
        return {}

    def _follow(self, names: frozenset[str]) -> Origin:
        """What the values of some names are made from."""
        found, seen, pending = Origin(), set(names), sorted(names)
        while pending:
            direct = self._direct_of(pending.pop())
            found |= direct.origin
            new = sorted(direct.names - seen)[: max(0, _MOST_NAMES - len(seen))]
            seen.update(new)
            pending += new
        return found

    def _direct_of(self, name: str) -> _Direct:
        if name not in self._known:
            self._known[name] = self._direct(self._values[name][:_MOST_VALUES])
        return self._known[name]

    @cached_property
    def _known(self) -> dict[str, _Direct]:
        return {}

    def _direct(self, values: Iterable[ast.AST]) -> _Direct:
        nodes = [node for value in values for node in ast.walk(value)]
        used = [node for node in nodes if isinstance(node, ast.Name | ast.Attribute)]
        names = frozenset(map(_key, used))
        unknown = {f"?{name}" for name in names if self._comes_from_outside(name)}
        paths = unknown.union(self.path(node) for node in used) - {""}
        texts = frozenset(_text(node.value) for node in nodes if isinstance(node, ast.Constant)) - {""}
        return _Direct(Origin(frozenset(paths), texts), frozenset(filter(self._values.get, names)))

    def _comes_from_outside(self, name: str) -> bool:
        is_attribute = "." in name and name not in self._values
        return is_attribute or (name in self.parameters and name not in self._modules)


@dataclass(frozen=True, slots=True)
class _Direct:
    """What an expression itself uses, and the names in it that stand for more."""

    origin: Origin
    names: frozenset[str]


def _is_constant(values: Sequence[ast.expr]) -> bool:
    return len(values) == 1 and isinstance(values[0], ast.Constant)


def _ends(path: str) -> Iterator[str]:
    """`a.b.c`, `b.c` and `c`."""
    while path:
        yield path
        path = path.partition(".")[2]


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else ""


def _key(node: ast.Name | ast.Attribute) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return f"self.{node.attr}" if isinstance(node.value, ast.Name) and node.value.id == "self" else ""


def _imported_path(alias: ast.alias, node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.ImportFrom):
        return f"{node.module or ''}.{alias.name}".removeprefix("builtins.")
    return alias.name if alias.asname else alias.name.partition(".")[0]


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            pairs = [(target, value) for target in targets]
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            pairs = [(target, value)]
        case ast.AugAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            pairs = [(target, value)]
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            pairs = [(target, value)]
        case ast.comprehension(target=target, iter=value):
            pairs = [(target, value)]
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            pairs = [(target, value)]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield from ((name, value) for value in _given_back(node))
            return
        case _:
            return
    for target, value in pairs:
        yield from ((name, value) for name in _bound(target))


def _bound(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name() | ast.Attribute():
            yield from filter(None, [_key(target)])
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _bound(part)
        case ast.Starred(value=value):
            yield from _bound(value)


def _given_back(function: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) and node.value:
            yield node.value


def _parts(trees: Iterable[ast.AST]) -> Iterator[ast.AST]:
    return (node for tree in trees for node in ast.walk(tree))


def _executed(nodes: Iterable[ast.AST]) -> Iterator[ast.Module]:
    """Literals that run as Python in the same process: `exec("...")`."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]):
                yield from _script(text) if name in _RUN_AS_CODE else ()


def _scripts(nodes: Iterable[ast.AST]) -> Iterator[ast.Module]:
    """Literals that run as Python in another process: `[sys.executable, "-c", "..."]`."""
    for node in nodes:
        if isinstance(node, ast.List | ast.Tuple):
            for flag, code in pairwise(node.elts):
                match flag, code:
                    case ast.Constant(value="-c"), ast.Constant(value=str(text)):
                        yield from _script(text)


def _script(text: str) -> Iterator[ast.Module]:
    try:
        yield checked_tree_of(text)
    except NotPythonError:
        return
