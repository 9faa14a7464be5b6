"""Formats that only remark on lines of code: what they say of many files is what they say of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from testgen.reports import problems
from testgen.reports.remarks import Remark, remarks
from testgen.results import Results


@dataclass(frozen=True, slots=True)
class Remarks:
    """A reporter that lists the remarks on all files."""

    listed: Callable[[Iterable[Remark]], str]

    def render(self, results: Results, base: Path) -> str:
        """The remarks in the order of the files."""
        return self.listed(chain.from_iterable(remarks(result, base) for result in results.files))


@dataclass(frozen=True, slots=True)
class Problems:
    """A reporter that lists the problems of all files."""

    def render(self, results: Results, base: Path) -> str:
        """The problems, file by file."""
        return "".join(problems.render(result, base) for result in results.files)
