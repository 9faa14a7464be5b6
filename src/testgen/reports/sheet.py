"""A file as a page shows it: its source, the candidates for it, the change to its test file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from testgen.domain import Failure, Line, Result, Verdict
from testgen.reports import figures, source_view
from testgen.reports.diff import diff
from testgen.reports.highlight import Highlighter
from testgen.reports.source_view import Stretch
from testgen.reports.text import plain

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate as a page lists it; `place` is its place among the verdicts.

    `earlier` and `later` are the places of the same test as another round wrote it, None if none did.
    """

    place: int
    verdict: Verdict
    earlier: int | None
    later: int | None

    @property
    def title(self) -> str:
        """What it is called."""
        return figures.title(self.verdict)

    @property
    def group(self) -> str:
        """What it is filtered by: the gate that refused it, or that it was kept."""
        return self.verdict.refused_at.value if self.verdict.refused_at else "kept"

    @property
    def failure(self) -> Failure | None:
        """Why it failed, if it did."""
        return figures.failure_of(self.verdict)

    @property
    def runs(self) -> tuple[tuple[str, int], ...]:
        """How its runs ended and how many in a row ended so."""
        ends = groupby(run.outcome.value for run in self.verdict.runs)
        return tuple((end, len(tuple(runs))) for end, runs in ends)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file; `at` begins the names of its places on the page, which may hold several files.

    `code` colours code of its language. With `whole` the stretches of the source in which nothing happened
    are there to be unfolded.
    """

    result: Result
    entries: tuple[Entry, ...]
    stretches: tuple[Stretch, ...]
    patch: str
    code: Callable[[str], Markup]
    at: str = ""
    whole: bool = True

    @classmethod
    def of(cls, result: Result, base: Path, at: str = "", *, whole: bool = True) -> Sheet:
        """What a page shows of a run over one file."""
        highlighter = Highlighter(result.source.name)
        lines = highlighter.lines(source_view.read(result.source).removesuffix("\n"))
        stretches = tuple(source_view.stretches(source_view.source_lines(result, lines)))
        return cls(
            result,
            tuple(_entries(result)),
            stretches if whole or any(not one.folded for one in stretches) else (),
            plain(diff(result, base)),
            highlighter.block,
            at,
            whole,
        )

    @property
    def statements(self) -> frozenset[Line]:
        """The lines that can be reached."""
        return self.result.after.possible.lines


def _entries(result: Result) -> Iterator[Entry]:
    verdicts = result.verdicts
    tried: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, verdict in enumerate(verdicts):
        tried[_name(verdict)].append(place)
    for place, verdict in enumerate(verdicts):
        same = tried[_name(verdict)]
        earlier = (other for other in reversed(same) if verdicts[other].round < verdict.round)
        later = (other for other in same if verdicts[other].round > verdict.round)
        yield Entry(place, verdict, next(earlier, None), next(later, None))


def _name(verdict: Verdict) -> tuple[str, str]:
    return verdict.candidate.owner, verdict.candidate.name
