"""Giving a module-level name of a candidate another one, wherever the candidate means it."""

# ruff: noqa: N802 - libcst calls methods by these names

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst
from libcst.metadata import BuiltinScope, GlobalScope, MetadataWrapper, ScopeProvider

_FIXTURES_BY_NAME = frozenset({"usefixtures", "getfixturevalue", "fixture"})


@dataclass(frozen=True, slots=True)
class Renaming:
    """What is called `old` shall be `new`; of a fixture also the parameters and strings that ask for it."""

    old: str
    new: str
    of_fixture: bool = False


def renamed(code: str, renaming: Renaming) -> str:
    """Parsable code with the name changed, and everything else as it was."""
    if renaming.old not in code:
        return code
    wrapper = MetadataWrapper(cst.parse_module(code))
    return wrapper.visit(_Renamer(renaming)).code


class _Renamer(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (ScopeProvider,)

    def __init__(self, renaming: Renaming) -> None:
        super().__init__()
        self.renaming = renaming
        self.requests: set[cst.CSTNode] = set()  # parameters that ask for the fixture
        self.other: set[cst.CSTNode] = set()  # names that look the same and mean something else
        self.declared: set[cst.CSTNode] = set()  # names in `global` statements

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        if self.renaming.of_fixture and _takes_fixtures(node):
            parameters = (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params)
            self.requests.update(p for p in parameters if p.name.value == self.renaming.old)

    def visit_Global(self, node: cst.Global) -> None:
        self.declared.update(item.name for item in node.names)

    def visit_Param(self, node: cst.Param) -> None:
        self.other.add(node.name)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.other.add(node.attr)

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword:
            self.other.add(node.keyword)

    def visit_ImportAlias(self, _node: cst.ImportAlias) -> bool:
        return False

    def leave_ImportAlias(
        self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias
    ) -> cst.ImportAlias:
        bound = original_node.evaluated_alias or original_node.evaluated_name
        scope = self.get_metadata(ScopeProvider, original_node, None)
        if bound != self.renaming.old or not isinstance(scope, GlobalScope):
            return updated_node
        return updated_node.with_changes(asname=cst.AsName(cst.Name(self.renaming.new)))

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        if original_node in self.requests:
            return updated_node.with_changes(name=cst.Name(self.renaming.new))
        return updated_node

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        if original_node.value == self.renaming.old and self._is_meant(original_node):
            return updated_node.with_changes(value=self.renaming.new)
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if not self.renaming.of_fixture or _last_name(original_node.func) not in _FIXTURES_BY_NAME:
            return updated_node
        return updated_node.with_changes(args=[self._renamed_string(arg) for arg in updated_node.args])

    def _renamed_string(self, arg: cst.Arg) -> cst.Arg:
        value = arg.value
        if isinstance(value, cst.SimpleString) and value.evaluated_value == self.renaming.old:
            return arg.with_changes(
                value=value.with_changes(value=value.quote + self.renaming.new + value.quote)
            )
        return arg

    def _is_meant(self, node: cst.Name) -> bool:
        if node in self.declared:
            return True
        scope = self.get_metadata(ScopeProvider, node, None)
        if node in self.other or scope is None:
            return False
        return all(
            isinstance(assignment.scope, GlobalScope | BuiltinScope)
            or getattr(assignment, "node", None) in self.requests
            for assignment in scope[node.value]
        )


def _takes_fixtures(node: cst.FunctionDef) -> bool:
    names = [_last_name(decorator.decorator) for decorator in node.decorators]
    return node.name.value.startswith("test") or "fixture" in names


def _last_name(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Call):
        return _last_name(node.func)
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""
