"""Python tests for pytest: reading sources and replies, editing test files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testgen.languages import Merger, Parsed, Unit


class Python:
    """The `Language` for Python. Its modules are imported when they are needed."""

    def units(self, source: str) -> tuple[Unit, ...]:
        """Functions, methods and classes of a source file; raises UsageError when it is not valid Python."""
        from testgen.languages.python.units import units

        return units(source)

    def parse(self, reply: str) -> tuple[Parsed, ...]:
        """Every test in a model's reply, with what it needs and what speaks against it; never raises."""
        from testgen.languages.python.replies import parse

        return parse(reply)

    def merger(self, old: bytes | None) -> Merger:
        """A merger that reads the test file once; raises UsageError when it is not valid Python."""
        from testgen.languages.python.merging import FileMerger

        return FileMerger(old)


PYTHON = Python()
