"""Confirming: the whole suite with candidates added is green, or the culprit is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from testgen.company import Culprit, fewest
from testgen.domain import FINE, RED, Candidate, Run
from testgen.judge import Judge
from testgen.judge.command.blame import cases
from testgen.judge.survey import flaky_note
from testgen.languages import Merger, language_of
from testgen.languages.plain import TEXT


@dataclass(frozen=True, slots=True)
class Destination:
    """A test file that candidates are to go into; `old` is its content, None if there is none."""

    path: Path
    merger: Merger
    old: bytes | None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A candidate, and where it is to go."""

    candidate: Candidate
    destination: Destination


@dataclass
class Confirmation:
    """Tries candidates, for one test file or for many, together with the whole suite.

    `tolerated` are the node ids of existing tests that were seen red through no fault of a candidate;
    `broken` is how the suite ends with the candidates and without, "" if it ends well or by their fault.
    """

    bench: Judge
    tolerated: frozenset[str] = frozenset()
    broken: str = ""

    @property
    def notes(self) -> Iterator[str]:
        """What is worth knowing about the existing tests."""
        if self.broken:
            yield f"it ends badly now without any new test too: {self.broken}"
        if self.tolerated:
            yield flaky_note(self.tolerated)

    def anew(self) -> Confirmation:
        """The same after a test file was changed by somebody else."""
        return replace(self, broken="")

    def culprits(self, newcomers: Sequence[Newcomer]) -> tuple[Culprit, ...]:
        """The first candidate found that the suite cannot live with; none if all of them may stay."""
        files = tuple({one.destination.path: one.destination for one in newcomers}.values())

        def with_first(count: int) -> Run:
            return self.bench.confirm_all(texts(files, newcomers[:count]))

        run = with_first(len(newcomers))
        if dependent := red_newcomer(run, files, newcomers):
            return (dependent,)
        victims = failed(run) - self.tolerated
        if victims:  # twice with the candidates and never without, or it is not their fault
            again, without = with_first(len(newcomers)), with_first(0)
            self.broken = ", ".join(ended(run) & ended(again) & ended(without))
            innocent, victims = victims, victims & failed(again) - failed(without)
            self.tolerated |= innocent - victims - ended(run)
        if not victims:
            return ()
        count = fewest(len(newcomers), lambda count: bool(victims & failed(with_first(count))))
        return (Culprit(count - 1, f"{min(victims)} fails in the whole suite once it is there"),)


def texts(files: Sequence[Destination], newcomers: Sequence[Newcomer]) -> dict[Path, bytes]:
    """The content of each test file with the newcomers in it; one that stays as it is, if it is there."""
    found = {file.path: file.old for file in files}
    for file in files:
        if own := candidates_for(file, newcomers):
            found[file.path] = file.merger.merge(own).content
    return {path: content for path, content in found.items() if content is not None}


def candidates_for(file: Destination, newcomers: Sequence[Newcomer]) -> list[Candidate]:
    """The newcomers of one file."""
    return [one.candidate for one in newcomers if one.destination.path == file.path]


def red_newcomer(run: Run, files: Sequence[Destination], newcomers: Sequence[Newcomer]) -> Culprit | None:
    """The first candidate that is itself red."""
    if not any(test.outcome in RED for test in run.tests):
        return None
    for file in files:
        own = [at for at, one in enumerate(newcomers) if one.destination.path == file.path]
        names = file.merger.merge(candidates_for(file, newcomers)).names
        language = language_of(file.path) or TEXT
        for name, at in zip(names, own, strict=True):
            if any(test.outcome in RED for test in cases(run, name, language, file.path)):
                return Culprit(at, "passes in its file but fails in the whole suite")
    return None


def failed(run: Run) -> frozenset[str]:
    """What went wrong in a run of the suite: tests by their node ids, or the suite itself."""
    return ended(run) | {test.node_id for test in run.tests if test.outcome in RED}


def ended(run: Run) -> frozenset[str]:
    """How the suite as a whole ended, if badly."""
    return frozenset(() if run.outcome in (*FINE, *RED) else (f"the suite ({run.outcome.value})",))
