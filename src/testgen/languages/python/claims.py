"""What tests and documentation say a call gives, where that can be told from the syntax alone."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterable, Iterator, Mapping

from testgen.domain import Candidate, Line
from testgen.languages import Claim
from testgen.languages.python.names import FUNCTIONS, dotted, imported_name
from testgen.languages.python.reading import tree_of

_GIVES = re.compile(r"\s+(?:==|->|=>|→|⇒|gives|returns|is)\s+")
_PARSER = doctest.DocTestParser()


def examples(source: str) -> tuple[Claim, ...]:
    """What the free-standing strings of a source file say: doctests, and lines like `f(2) == 4`."""
    strings = (
        node.value
        for node in ast.walk(tree_of(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
    return tuple(dict.fromkeys(claim for string in strings for claim in _in_text(string)))


def claims(candidate: Candidate) -> tuple[Claim, ...]:
    """What a test asserts of calls with literal arguments, each case of a parametrised one."""
    test = tree_of(candidate.code).body[0]
    if not isinstance(test, FUNCTIONS):
        return ()
    modules = frozenset(_modules(candidate))
    compared = [node.test for node in ast.walk(test) if isinstance(node, ast.Assert)]
    found = (
        _claim(case.visit(tree_of(ast.unparse(one)).body[0]).value, modules, one.lineno)
        for case in _cases(test.decorator_list)
        for one in compared
    )
    return tuple(dict.fromkeys(filter(None, found)))


def _in_text(string: ast.Constant) -> Iterator[Claim]:
    """The claims of a documentation text."""
    text = str(string.value)
    for number, line in enumerate(text.splitlines()):
        stated = _GIVES.split(line.strip().removeprefix("- ").rstrip(".;,"), maxsplit=1)
        if len(stated) == 2:
            yield from _stated(stated[0], stated[1], string.lineno + number)
    try:
        found = _PARSER.get_examples(text)
    except ValueError:  # it only looks like one
        return
    for example in found:
        yield from _stated(example.source, example.want, string.lineno + example.lineno)


def _stated(call: str, value: str, line: Line) -> Iterator[Claim]:
    try:
        claim = _claim(ast.parse(f"({call.strip(' `')}) == ({value.strip(' `')})").body[0].value, (), line)  # type: ignore[attr-defined]
    except (SyntaxError, ValueError, AttributeError):  # prose
        return
    if claim:
        yield claim


def _claim(compared: ast.expr, modules: Iterable[str], line: Line) -> Claim | None:
    """What a comparison says a call gives; None for anything that is more than a call and a literal."""
    match compared:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            call, value = (left, right) if isinstance(left, ast.Call) else (right, left)
            name = _function(call, modules)
            if name and isinstance(call, ast.Call) and _is_literal(value) and _plain_arguments(call):
                written = ast.unparse(ast.Call(ast.Name(name), call.args, call.keywords))
                return Claim(written, ast.unparse(value), line)
    return None


def _function(call: ast.expr, modules: Iterable[str]) -> str:
    """The name of the function that is called, also where its module is named; "" for methods."""
    if not isinstance(call, ast.Call):
        return ""
    place, _, name = dotted(call.func).rpartition(".")
    return name if isinstance(call.func, ast.Name) or place in modules else ""


def _plain_arguments(call: ast.Call) -> bool:
    return all(map(_is_literal, [*call.args, *(keyword.value for keyword in call.keywords)]))


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _modules(candidate: Candidate) -> Iterator[str]:
    """The names that a test imports modules under, as far as that shows."""
    for text in candidate.imports:
        for node in tree_of(text).body:
            for alias in getattr(node, "names", []):
                yield (
                    alias.name
                    if isinstance(node, ast.Import) and not alias.asname
                    else imported_name(alias, node)
                )


class _Filled(ast.NodeTransformer):
    """Puts the values of a case in place of the parameters' names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)


def _cases(decorators: Iterable[ast.expr]) -> Iterator[_Filled]:
    """The cases of a test with one `parametrize`; one without values for all others."""
    found = [call for one in decorators if (call := parametrize(one))]
    names = _names(found[0].args[0]) if len(found) == 1 else []
    if not names:
        yield _Filled({})
        return
    for element in getattr(found[0].args[1], "elts", []):
        values = element.elts if len(names) > 1 and isinstance(element, ast.Tuple | ast.List) else [element]
        yield _Filled(dict(zip(names, values, strict=False)))


def parametrize(decorator: ast.expr) -> ast.Call | None:
    """A decorator as the call of `pytest.mark.parametrize` with names and cases, None if it is none."""
    is_one = isinstance(decorator, ast.Call) and dotted(decorator.func).endswith("mark.parametrize")
    return decorator if is_one and len(decorator.args) >= 2 else None  # type: ignore[attr-defined,return-value]


def _names(node: ast.expr) -> list[str]:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return []
    return [name.strip() for name in (value.split(",") if isinstance(value, str) else value)]
