"""A language whose files are read with tree-sitter: all that its dialect leaves to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from testgen.domain import Failure, Reach
from testgen.errors import UsageError

if TYPE_CHECKING:
    from tree_sitter import Node

    from testgen.languages import Merger, Parsed, Proof, Reduction, Unit
    from testgen.languages.trees.pieces import Dialect


class TreeLanguage:
    """What is the same in every `Language` with a `Dialect`; its modules are imported when needed."""

    dialect: ClassVar[Dialect]
    assertion: ClassVar[re.Pattern[str]]  # in what a runner says of a test whose assertion failed
    understood = False
    proof: Proof | None = None
    reduction: Reduction | None = None

    def units(self, source: str) -> tuple[Unit, ...]:
        """Functions, methods and classes, outermost first; raises UsageError for what cannot be parsed."""
        from testgen.languages.trees.nodes import error_line

        tree = self.dialect.document(source.encode()).tree
        if line := error_line(tree):
            raise UsageError(f"the source file cannot be parsed: line {line}", "Mend the source file first.")
        return tuple(self._units(tree.root_node, ""))

    def _units(self, node: Node, prefix: str) -> Iterator[Unit]:
        from testgen.languages import Unit

        for child in node.named_children:
            name = self.dialect.definition(child)
            if name:
                yield Unit(prefix + name, child.start_point[0] + 1, child.end_point[0] + 1)
            yield from self._units(child, f"{prefix}{name}." if name else prefix)

    def spans(self, source: str) -> tuple[range, ...]:
        """The lines of every statement that stands on several, up to a block in it."""
        from testgen.languages.trees.nodes import spans

        return tuple(spans(self.dialect.document(source.encode()).root))

    def idle(self, source: str, version: str, missing: Reach) -> Reach:  # noqa: ARG002
        """Nothing that would be known."""
        return Reach()

    def asserts(self, failure: Failure) -> bool:
        """Whether the runner names what assertions fail with."""
        return self.assertion.search(f"{failure.message}\n{failure.trace}") is not None

    def parse(self, reply: str) -> tuple[Parsed, ...]:
        """Every test in a model's reply, with what it needs and what speaks against it; never raises."""
        from testgen.languages.trees.replies import parse

        return parse(self.dialect, reply)

    def merger(self, old: bytes) -> Merger:
        """A merger that reads the test file once; raises UsageError when it cannot be parsed."""
        from testgen.languages.trees.merging import TreeMerger

        return TreeMerger(self.dialect, old)
