"""Judging: candidates run where nothing they do can hurt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from testgen.domain import Run
    from testgen.judge.sandbox import Enclosure
    from testgen.judge.survey import Baseline
    from testgen.judge.workers import Limits
    from testgen.project import Project


class Judge(Protocol):
    """Tries texts in the place of a project's test file; what the stages need of one.

    `bench.Bench` has warm workers of the project's own Python, `command.bench.CommandBench` any command.
    """

    @property
    def project(self) -> Project:
        """Whose tests these are."""
        ...

    @property
    def limits(self) -> Limits:
        """How candidates are judged."""
        ...

    @property
    def enclosure(self) -> Enclosure:
        """Where they run."""
        ...

    def measure(self) -> Baseline:
        """Run the existing suite under coverage; raises ProjectError if it is red or cannot be run."""
        ...

    def warm(self, preload: Sequence[str]) -> None:
        """Prepare for candidates while something else is waited for."""
        ...

    def ready(self) -> str:
        """Wait for that; returns why judging will be slow, "" if it will not."""
        ...

    def abandon(self) -> None:
        """End everything that runs, and let nothing start any more."""
        ...

    def try_out(
        self, content: bytes, tests: Sequence[str] | None = None, *, reverse: bool = False, turn: int = 0
    ) -> Run:
        """Run a test file's content, or some of its tests; every way to end is a Run."""
        ...

    def confirm_all(self, contents: Mapping[Path, bytes]) -> Run:
        """Run the whole suite as if test files had these contents."""
        ...
