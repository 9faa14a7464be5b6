"""What came of a run over many source files: a value that reports sum up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from testgen.domain import CoverageMap, Patch, Result, Stop, Usage, Verdict
from testgen.errors import TestgenError


@dataclass(frozen=True, slots=True)
class Failed:
    """A source file that could not be worked on, and why."""

    source: Path
    error: TestgenError

    @property
    def cause(self) -> str:
        """Why, as it is said beside the path of the file."""
        return self.error.cause.replace(str(self.source), self.source.name)


@dataclass(frozen=True, slots=True)
class Totals:
    """Lines and branches of many files together; a `Goal` can be held against it."""

    lines: int = 0
    lines_covered: int = 0
    branches: int = 0
    branches_covered: int = 0

    @property
    def complete(self) -> bool:
        """Whether there is nothing that is not covered."""
        return (self.lines_covered, self.branches_covered) == (self.lines, self.branches)

    @classmethod
    def of(cls, maps: Iterable[CoverageMap]) -> Totals:
        """The sum over some files."""
        found = tuple(maps)
        done = [one.possible & one.reached for one in found]
        return cls(
            sum(len(one.possible.lines) for one in found),
            sum(len(reach.lines) for reach in done),
            sum(len(one.possible.branches) for one in found),
            sum(len(reach.branches) for reach in done),
        )

    @property
    def line_percent(self) -> float:
        """Covered lines in per cent; 100 when there are none to cover."""
        return 100.0 * self.lines_covered / self.lines if self.lines else 100.0

    @property
    def branch_percent(self) -> float:
        """Covered branches in per cent; 100 when there are none to cover."""
        return 100.0 * self.branches_covered / self.branches if self.branches else 100.0


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run over many files.

    `files` were worked on, the one with most to gain first; `left` were measured and not worked on: nothing
    is missing in them, or the run ended before their turn. `patches` are what was changed of each, if that
    is what the run was about.
    """

    files: tuple[Result, ...]
    left: tuple[CoverageMap, ...]
    failed: tuple[Failed, ...]
    stop: Stop
    model: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    patches: Mapping[Path, Patch] = field(default_factory=dict)

    @property
    def patch_before(self) -> Totals | None:
        """The coverage of what was changed, as it was; None if the run was not about a change."""
        return self._patched((*(result.before for result in self.files), *self.left))

    @property
    def patch_after(self) -> Totals | None:
        """The same, as it is with the kept tests."""
        return self._patched((*(result.after for result in self.files), *self.left))

    def _patched(self, maps: Iterable[CoverageMap]) -> Totals | None:
        if not self.patches:
            return None
        return Totals.of(one.changed(self.patches[one.source]) for one in maps if one.source in self.patches)

    @property
    def before(self) -> Totals:
        """The coverage of all files that were measured, as it was."""
        return Totals.of((*(result.before for result in self.files), *self.left))

    @property
    def after(self) -> Totals:
        """The same, as it is with the kept tests."""
        return Totals.of((*(result.after for result in self.files), *self.left))

    @property
    def waiting(self) -> tuple[CoverageMap, ...]:
        """The files with something missing that were not worked on; of each what the run was about."""
        about = (one.changed(patch) if (patch := self.patches.get(one.source)) else one for one in self.left)
        return tuple(one for one in about if one.missing)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, file by file."""
        return tuple(verdict for result in self.files for verdict in result.verdicts)

    @property
    def kept(self) -> tuple[Verdict, ...]:
        """The verdicts of the tests that stand in the new texts."""
        return tuple(verdict for verdict in self.verdicts if verdict.kept)

    @property
    def usage(self) -> Usage:
        """Tokens and cost of all files."""
        return sum((result.usage for result in self.files), Usage())
