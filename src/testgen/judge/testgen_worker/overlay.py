"""A test file's text in the place of the file, for pytest."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.abc
import importlib.util
import linecache
import sys
from collections.abc import Container, Generator, Iterable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Dict, List

import pytest
from _pytest.assertion.rewrite import rewrite_asserts
from _pytest.doctest import DoctestItem, DoctestModule


class TextLoader(importlib.abc.InspectLoader):
    """Imports a test file from a text that does not stand at its path, with pytest's assertion rewriting."""

    def __init__(
        self, path: Path, content: bytes, config: pytest.Config, wanted: Container[str] | None
    ) -> None:
        self.path, self.content, self.config, self.wanted = path, content, config, wanted
        self.text = (path, content, wanted)

    def get_source(self, fullname: str) -> str:  # noqa: ARG002
        return importlib.util.decode_source(self.content)

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        with untraced():
            tree = ast.parse(self.content, filename=str(self.path))
            if self.config.getoption("assertmode") == "rewrite":
                with others_put_aside(tree, self.wanted):
                    rewrite_asserts(tree, self.content, str(self.path), self.config)
            return compile(tree, str(self.path), "exec", dont_inherit=True)

    def load(self) -> ModuleType:
        """Import it under the name pytest would give it, unless that was done for its doctests."""
        name, _ = module_name(self.path)
        known = sys.modules.get(name)
        if known and getattr(known.__loader__, "text", None) == self.text:
            return known
        lead_to(self.path, self.config)
        if "." in name:
            importlib.import_module(name.rpartition(".")[0])
        with contextlib.suppress(SyntaxError, UnicodeDecodeError):  # said better by exec_module
            lines = self.get_source(name).splitlines(keepends=True)
            linecache.cache[str(self.path)] = (len(self.content), None, lines, str(self.path))
        spec = ModuleSpec(name, self, origin=str(self.path))
        spec.has_location = True
        module = importlib.util.module_from_spec(spec)
        module.__file__ = str(self.path)
        sys.modules[name] = module
        self.exec_module(module)
        return module


@contextlib.contextmanager
def untraced() -> Iterator[None]:
    """Leave coverage.py's tracer out of what runs no code of the project."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@contextlib.contextmanager
def others_put_aside(tree: ast.Module, wanted: Container[str] | None) -> Iterator[None]:
    """Take the tests that will not be run out of a module, in whose place they are again at the end.

    Rewriting their assertions would take longer than everything else that is done for one test.
    """
    others = [node for node in tree.body if wanted is not None and is_another_test(node, wanted)]
    places: dict[ast.stmt, ast.stmt] = {node: ast.Pass() for node in others}
    tree.body = [places.get(node, node) for node in tree.body]
    yield
    back = {place: node for node, place in places.items()}
    tree.body = [back.get(node, node) for node in tree.body]


def is_another_test(node: ast.stmt, wanted: Container[str]) -> bool:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    return node.name.lower().startswith("test") and node.name not in wanted


def module_name(path: Path) -> tuple[str, Path]:
    """The dotted name of a test file by its packages, and the folder that has to be on sys.path for it."""
    parts, root = [path.stem], path.parent
    while (root / "__init__.py").exists():
        parts.insert(0, root.name)
        root = root.parent
    return ".".join(parts), root


def lead_to(test_file: Path, config: pytest.Config) -> None:
    """Let imports find what lies beside a test file, as the project's import mode has it."""
    mode, root = config.getoption("importmode"), str(module_name(test_file)[1])
    if mode == "prepend" and sys.path[0] != root:
        sys.path.insert(0, root)
    elif mode == "append" and root not in sys.path:
        sys.path.append(root)


def text_module(
    parent: pytest.Collector, path: Path, content: bytes, wanted: Container[str] | None
) -> pytest.Module:
    """A pytest module collector for a text at a path, or for the wanted names of it."""

    class TextModule(pytest.Module):
        def _getobj(self) -> ModuleType:
            return TextLoader(path, content, self.config, wanted).load()

    return TextModule.from_parent(parent, path=path)


def text_doctests(parent: pytest.Collector, path: Path, content: bytes) -> DoctestModule:
    """A collector for the doctests of a text at a path."""

    class TextDoctests(DoctestModule):
        def _getobj(self) -> ModuleType:
            return TextLoader(path, content, self.config, None).load()

        def collect(self) -> Iterable[DoctestItem]:
            _ = self.obj  # imported now, or pytest 7 looks for it on the disk
            return super().collect()

    return TextDoctests.from_parent(parent, path=path)


def is_in(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


class Overlay:
    """A pytest plugin that puts texts in the place of test files, whether or not these exist.

    `test_files` are those that may be replaced, `contents` the texts by the file they stand for. `only` are
    the paths in which tests are collected, None for no restriction: where the arguments name a test file's
    folder for its sake, its conftest files count and its other tests do not. `deselected` are the node ids of
    tests that are never run.
    """

    def __init__(self, test_files: List[Path], only: List[Path] | None, deselected: Container[str]) -> None:
        self.test_files, self.only, self.deselected = test_files, only, deselected
        self.above = {folder for test_file in test_files for folder in test_file.parents}
        self.contents: Dict[Path, bytes] = {}
        self.wanted: Container[str] | None = None
        self.parents: dict[Path, pytest.Collector] = {}

    @pytest.hookimpl(tryfirst=True)  # a conftest that answers for every file must not win
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        if self.only is None or collection_path in self.above:
            return None
        return None if any(is_in(collection_path, path) for path in self.only) else True

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Module | None:
        path = Path(module_path)
        return text_module(parent, path, self.contents[path], self.wanted) if path in self.contents else None

    @pytest.hookimpl(hookwrapper=True)
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Generator[None, Any, None]:
        """Put doctests of the text in the place of those of the file, where the project wants any."""
        outcome = yield
        path = Path(file_path)
        if path in self.contents:
            outcome.force_result(
                [
                    text_doctests(parent, path, self.contents[path])
                    if isinstance(one, DoctestModule)
                    else one
                    for one in outcome.get_result()
                ]
            )

    def choose(self, test_file: Path, content: bytes, tests: list[str] | None) -> None:
        """Show this text alone, or only what the named tests of it need."""
        self.contents = {test_file: content}
        if tests is not None:
            self.wanted = {name.partition("::")[0].partition("[")[0] for name in tests}

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: pytest.Collector, name: str) -> list[pytest.Item] | None:
        """Leave out what will not be run before anything is made of it."""
        top = isinstance(collector, pytest.Module) and Path(collector.path) in self.contents
        return [] if top and self.wanted is not None and name not in self.wanted else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid not in self.deselected]

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        path = Path(collector.path)
        if not isinstance(collector, (pytest.Module, pytest.Class)):
            self.parents[path.parent if path.name == "__init__.py" else path] = collector

    def collect(self, session: pytest.Session, path: Path, *, doctests: bool = False) -> list[pytest.Item]:
        """The items of a text, its module put where pytest would have put the file.

        With its `doctests` too, if the project wants any.
        """
        nearest = max(
            (folder for folder in self.parents if folder in path.parents), key=lambda p: len(p.parts)
        )
        parent, content = self.parents[nearest], self.contents[path]
        items = list(session.genitems(text_module(parent, path, content, self.wanted)))
        if doctests and session.config.getoption("doctestmodules", default=False):
            items += session.genitems(text_doctests(parent, path, content))
        return items


def folder_of(path: Path) -> Path:
    """A file's folder, or as much of the way there as exists."""
    return next(folder for folder in path.parents if folder.is_dir())


def folders_of(paths: Iterable[Path]) -> list[str]:
    """The folders of files, each once."""
    return list(dict.fromkeys(str(folder_of(path)) for path in paths))
