from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from testgen.context.calls import calls
from testgen.context.modules import Definition, Library, Module, roots_of
from testgen.context.uses import Uses, used


@dataclass(frozen=True)
class Files:
    """A project in a folder of its own, with everything the context is made of."""

    root: Path

    def write(self, files: dict[str, str]) -> Files:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return self

    def library(self, source: str) -> tuple[Library, Module]:
        path = self.root / source
        library = Library(roots_of(path, self.root))
        module = library.at(path)
        assert module is not None
        return library, module

    def find(self, name: str, source: str) -> Definition | None:
        library, module = self.library(source)
        return library.find(name, module)

    def used(self, source: str, near: range = range(0), shown: tuple[str, ...] = ()) -> Uses:
        library, module = self.library(source)
        return used(library, module, near, [self.root / name for name in shown], self.root)

    def calls(self, source: str) -> list[str]:
        library, module = self.library(source)
        return [f"{one.path}:{one.line} {one.code}" for one in calls(library, module, self.root)]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)
