"""The fixtures that any test can use and no conftest.py defines: of plugins, and of modules named as such."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Iterator, Tuple

import pytest

from . import Json

# Pytest's own are known to everybody; of these plugins none is for a test to use.
NOT_TOLD = ("_pytest", "pytest_cov", "xdist")


def fixtures_of(config: pytest.Config, root: str) -> list[Json]:
    """Name, module and first line of the docstring of each, those of the project first."""
    plugins = config.pluginmanager.get_plugins()
    modules = [one for one in plugins if inspect.ismodule(one) and _is_told(one)]
    modules.sort(key=lambda module: (Path(root) not in Path(str(module.__file__)).parents, module.__name__))
    return [one for module in modules for one in _fixtures_in(module)]


def _is_told(module: ModuleType) -> bool:
    path = module.__file__ or "conftest.py"
    return not module.__name__.startswith(NOT_TOLD) and Path(path).name != "conftest.py"


def _fixtures_in(module: ModuleType) -> list[Json]:
    """Of those that say the same, such as one for each scope, the one for a single test."""
    found: dict[str, Json] = {}
    for _, name, says in sorted(_told(module)):
        found.setdefault(says or name, {"name": name, "module": module.__name__, "says": says})
    return list(found.values())


def _told(module: ModuleType) -> Iterator[Tuple[bool, str, str]]:
    """Whether it serves several tests, the name, and what it says, of each."""
    for attribute, value in vars(module).items():
        marker = _marker(value)
        name = str(getattr(marker, "name", None) or attribute)
        if marker and not name.startswith("_"):
            scope = getattr(marker, "scope", "")
            yield scope != "function", name, (inspect.getdoc(value) or "").partition("\n")[0]


def _marker(value: object) -> object:
    """What pytest leaves on a fixture, before 8.4 and from then on; other objects are not even touched."""
    if isinstance(value, FunctionType):
        return vars(value).get("_pytestfixturefunction")
    if type(value).__name__ == "FixtureFunctionDefinition":
        return getattr(value, "_fixture_function_marker", None)
    return None
