"""Java tests for JUnit 5 and 4."""

from __future__ import annotations

import re
from pathlib import Path

from testgen.languages.java.dialect import JavaDialect
from testgen.languages.places import files_in, nearest
from testgen.languages.trees.language import TreeLanguage

_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)
_CASE = re.compile(r"[(\[{]")


class Java(TreeLanguage):
    """The `Language` for Java."""

    name = "java"
    suffixes = (".java",)
    dialect = JavaDialect()
    assertion = re.compile(r"\b(Assertion(Failed)?Error|ComparisonFailure)\b")

    def test_file(self, root: Path, source: Path) -> Path:
        """The nearest class named after the source, else one in the same package below src/test/java."""
        names = {f"{source.stem}{end}.java" for end in ("Test", "Tests", "IT", "TestCase")}
        names.add(f"Test{source.stem}.java")
        own = nearest((path for path in files_in(root, self.suffixes) if path.name in names), root, source)
        if own:
            return own
        name = f"{source.stem}Test.java"
        parts = source.relative_to(root).parts
        if "main" in parts:
            index = len(parts) - 1 - parts[::-1].index("main")
            return root.joinpath(*parts[:index], "test", *parts[index + 1 : -1], name)
        return source.with_name(name)

    def blank(self, source: str, test_file: Path) -> bytes:
        """A class named after the file, in the package of the source."""
        package = _PACKAGE.search(source)
        clause = f"package {package[1]};\n\n" if package else ""
        return f"{clause}class {test_file.stem} {{\n}}\n".encode()

    def is_case(self, reported: str, name: str) -> bool:
        """Whether it is the method, its parameters and what distinguishes its cases left aside."""
        return _CASE.split(reported, maxsplit=1)[0] == name


JAVA = Java()
