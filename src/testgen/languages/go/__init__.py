"""Go tests for `go test`."""

from __future__ import annotations

import re
from pathlib import Path

from testgen.languages.go.dialect import GoDialect
from testgen.languages.trees.language import TreeLanguage

_PACKAGE = re.compile(r"^package\s+(\w+)", re.MULTILINE)


class Go(TreeLanguage):
    """The `Language` for Go."""

    name = "go"
    suffixes = (".go",)
    dialect = GoDialect()
    assertion = re.compile(r"\A\S+_test\.go:\d+: (?![\s\S]*^panic: )", re.MULTILINE)

    def test_file(self, root: Path, source: Path) -> Path:  # noqa: ARG002
        """The file beside the source: Go knows no other place."""
        return source.with_name(f"{source.stem}_test.go")

    def blank(self, source: str, test_file: Path) -> bytes:  # noqa: ARG002
        """The package clause of the source."""
        package = _PACKAGE.search(source)
        return f"package {package[1] if package else 'main'}\n".encode()

    def is_case(self, reported: str, name: str) -> bool:
        """Whether it is the function or one of its `t.Run`."""
        return reported.partition("/")[0] == name


GO = Go()
