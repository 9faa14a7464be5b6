"""A block of a reply as statements that know what they bind and what they need."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from testgen.languages.python.names import bound, changed, free, is_test_class, requested
from testgen.languages.python.source import Piece, Source


@dataclass(frozen=True)
class Statement:
    """A module-level statement; `text` is its lines, comments above and decorators included."""

    node: ast.stmt
    text: str

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names it gives a value or changes."""
        return bound(self.node) | changed(self.node)

    @property
    def only_changes(self) -> bool:
        """Whether what its names meant before still counts."""
        return bool(changed(self.node))

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names it takes from its module, fixtures included."""
        return free(self.text) | requested(self.node)


@dataclass(frozen=True)
class Block(Source):
    """One block of a reply: compilable text."""

    @cached_property
    def own_pieces(self) -> tuple[Piece, ...]:
        """The module-level statements, without the one that runs the file as a script."""
        return tuple(piece for piece in self.pieces if not is_main(piece.node))

    @cached_property
    def test_classes(self) -> frozenset[str]:
        """Names of the classes that hold tests, also by inheritance from each other."""
        names: frozenset[str] = frozenset()
        for piece in self.pieces:
            if is_test_class(piece.node, names):
                names |= bound(piece.node)
        return names

    def text_of(self, piece: Piece) -> str:
        """A piece's text; a statement that shares a line with its neighbour is written anew."""
        if piece.first in self._shared_lines or piece.last in self._shared_lines:
            return ast.unparse(piece.node)
        return self.lines_of(piece)

    @cached_property
    def _shared_lines(self) -> frozenset[int]:
        return frozenset(one.last for one, other in pairwise(self.pieces) if one.last >= other.first)


def is_main(node: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":` in any spelling."""
    return isinstance(node, ast.If) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)
    )
