"""A report as it was written, and the file that is looked for in it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HEAD = 4096  # bytes in which a format shows


class MalformedError(ValueError):
    """A report that does not hold what its format demands; the message says what is wrong."""


@dataclass(frozen=True)
class Report:
    """A coverage report: where the command wrote it, and its content."""

    path: Path
    data: bytes

    @property
    def head(self) -> bytes:
        """The beginning, where a format shows."""
        return self.data[:HEAD]

    @cached_property
    def text(self) -> str:
        """The content as text; raises MalformedError if it is none."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise MalformedError(f"not UTF-8 ({error.reason} at byte {error.start})") from error

    @cached_property
    def tree(self) -> Element:
        """The root element of an XML report, no entity expanded; raises MalformedError."""
        try:
            root: Element = SafeTree.fromstring(self.data)
        except (ParseError, DefusedXmlException) as error:
            raise MalformedError(f"not valid XML: {error}") from error
        return root


@dataclass(frozen=True)
class Wanted:
    """The source file that is looked for, and the folder in which the test command ran; without links."""

    source: Path
    root: Path

    def is_at(self, name: str, folders: Iterable[Path]) -> bool:
        """Whether a report that names a file by a path from one of these folders means the wanted one."""
        name = name.replace("\\", "/")
        return "\0" not in name and any(self._means(folder / name) for folder in folders)

    def _means(self, path: Path) -> bool:
        # Most files of a report are others: links are only followed where the last name is right.
        if path.name != self.source.name:
            return False
        return Path(os.path.normpath(path)) == self.source or path.resolve() == self.source


def number(text: str | None) -> int:
    """A count as a report has it; raises MalformedError."""
    try:
        return int(text or "")
    except ValueError:
        raise MalformedError(f"{text!r} where a number should be") from None
