"""JavaScript and TypeScript tests for jest, vitest and node's own test runner."""

from __future__ import annotations

import re
from pathlib import Path

from testgen.languages.javascript.dialect import JavaScriptDialect
from testgen.languages.places import files_in, nearest
from testgen.languages.trees.language import TreeLanguage
from testgen.languages.trees.nodes import Grammar

_ALL = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
_PLACEHOLDER = re.compile(r"%%|%[a-zA-Z#]|\\?\$\{[^}]*\}|\$[#\w.]+")


def _javascript() -> object:
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


def _typescript() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()


def _tsx() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_tsx()


class JavaScript(TreeLanguage):
    """The `Language` for JavaScript, JSX included."""

    name = "javascript"
    suffixes: tuple[str, ...] = (".js", ".jsx", ".mjs", ".cjs")
    dialect = JavaScriptDialect(Grammar(_javascript))
    assertion = re.compile(r"\bAssertionError\b|ERR_ASSERTION|\A(Error: )?expect\(")

    def test_file(self, root: Path, source: Path) -> Path:
        """The nearest file named after the source, else one named and placed like the project's others."""
        tests = [path for path in files_in(root, _ALL) if _is_test(path)]
        own = (path for path in tests if path != source and _tested(path) == source.stem)
        return nearest(own, root, source) or self._like(nearest(tests, root, source), root, source)

    def _like(self, other: Path | None, root: Path, source: Path) -> Path:
        """A path for a test file like another one; beside the source where there is none."""
        if other is None:
            return source.with_name(f"{source.stem}.test{source.suffix}")
        mark = other.stem.removeprefix(_tested(other))
        name = f"{source.stem}{mark}{source.suffix}"
        if other.parent.name == "__tests__":
            folder = source.parent / "__tests__" if other.parent.parent != root else other.parent
        elif any((other.parent / f"{_tested(other)}{suffix}").exists() for suffix in _ALL):
            folder = source.parent
        else:
            folder = other.parent
        return folder / name

    def blank(self, source: str, test_file: Path) -> bytes:  # noqa: ARG002
        """Nothing: an empty file is a module."""
        return b""

    def is_case(self, reported: str, name: str) -> bool:
        """Whether it is the test's full title, or one made from it with the values of a table."""
        if reported == name:
            return True
        parts = _PLACEHOLDER.split(name)
        return len(parts) > 1 and bool(re.fullmatch(".*".join(map(re.escape, parts)), reported, re.DOTALL))


class TypeScript(JavaScript):
    """The `Language` for TypeScript."""

    name = "typescript"
    suffixes: tuple[str, ...] = (".ts", ".mts", ".cts")
    dialect = JavaScriptDialect(Grammar(_typescript))


class Tsx(TypeScript):
    """The `Language` for TypeScript with elements."""

    suffixes: tuple[str, ...] = (".tsx",)
    dialect = JavaScriptDialect(Grammar(_tsx))


def _is_test(path: Path) -> bool:
    return bool(re.search(r"[._-](test|spec)$", path.stem)) or path.parent.name == "__tests__"


def _tested(path: Path) -> str:
    """The stem of the source that a test file is named after."""
    return re.sub(r"[._-](test|spec)$", "", path.stem)


JAVASCRIPT, TYPESCRIPT, TSX = JavaScript(), TypeScript(), Tsx()
