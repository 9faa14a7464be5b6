"""Changing names in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from testgen.languages.trees.document import Document
from testgen.languages.trees.nodes import Edit

if TYPE_CHECKING:
    from tree_sitter import Node


def with_name(document: Document, node: Node | None, name: str) -> Document:
    """A text with something else where a name stood."""
    return document.with_edits([Edit(node.start_byte, node.end_byte, name.encode())] if node else [])
