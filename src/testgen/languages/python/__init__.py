"""Python tests for pytest: reading sources and replies, editing test files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testgen.domain import Failure, Reach
    from testgen.languages import Merger, Parsed, Proof, Reduction, Unit


class Python:
    """The `Language` for Python. Its modules are imported when they are needed."""

    name = "python"
    suffixes = (".py",)
    understood = True

    def test_file(self, root: Path, source: Path) -> Path:
        """The nearest file named after the source, else test_<source>.py in the project's test folder."""
        from testgen.languages.python.naming import test_files

        return test_files(root, [source])[source]

    def blank(self, source: str, test_file: Path) -> bytes:  # noqa: ARG002
        """Nothing: an empty file is a module."""
        return b""

    def units(self, source: str) -> tuple[Unit, ...]:
        """Functions, methods and classes of a source file; raises UsageError when it is not valid Python."""
        from testgen.languages.python.units import units

        return units(source)

    def spans(self, source: str) -> tuple[range, ...]:
        """The lines of every logical line that stands on several."""
        from testgen.languages.python.reading import logical_lines

        return tuple(lines for lines in logical_lines(source) if len(lines) > 1)

    def idle(self, source: str, version: str, missing: Reach) -> Reach:
        """What is abstract, for type checkers, or for another platform or version of Python."""
        from testgen.languages.python.idle import idle

        return idle(source, version).within(missing)

    def parse(self, reply: str) -> tuple[Parsed, ...]:
        """Every test in a model's reply, with what it needs and what speaks against it; never raises."""
        from testgen.languages.python.replies import parse

        return parse(reply)

    def merger(self, old: bytes) -> Merger:
        """A merger that reads the test file once; raises UsageError when it is not valid Python."""
        from testgen.languages.python.merging import FileMerger

        return FileMerger(old)

    def asserts(self, failure: Failure) -> bool:
        """Whether the message is that of an assertion."""
        return re.match(r"(AssertionError|assert|Failed)\b", failure.message) is not None

    def is_case(self, reported: str, name: str) -> bool:
        """Whether a node id is the test's, its parameters left aside."""
        return reported.partition("[")[0] == name

    @property
    def proof(self) -> Proof:
        """Examples in docstrings, assertions on calls, smaller tests, and tests expected to fail."""
        from testgen.languages.python import proving

        return proving

    @property
    def reduction(self) -> Reduction:
        """Tests taken out by syntax tree, and near-duplicates as one parametrised test."""
        from testgen.languages.python import reducing

        return reducing


PYTHON = Python()
