"""The words of the house: frozen values that pass from one stage to the next.

A *line* is a 1-based line number of the source file; an *arc* is a jump between two lines as coverage.py
counts them (a negative end leaves the function that starts there). A *branch* is an arc out of a line that
has more than one. Tools that do not say where a branch leads only number a line's *ways* on; those are arcs
to `way(number)`, which is no line of any file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from testgen.strength.findings import Strength

Line: TypeAlias = int
Arc: TypeAlias = tuple[int, int]

WAYS = 1_000_000  # more lines than a file has


def way(number: int) -> Line:
    """The end of an arc of which only its place among the ways on from its line is known, from 0."""
    return WAYS + number


def way_number(end: Line) -> int | None:
    """Which of a line's ways an arc's end stands for, from 0; None if it is where the arc leads."""
    return end - WAYS if end >= WAYS else None


@dataclass(frozen=True, slots=True)
class Reach:
    """What of one source file was executed, or could be: statement lines and branch arcs.

    `kills` are the mutants (by their ids) that tests would notice, as far as any were tried.
    """

    lines: frozenset[Line] = frozenset()
    branches: frozenset[Arc] = frozenset()
    kills: frozenset[str] = frozenset()

    @classmethod
    def of(cls, lines: Iterable[Line] = (), branches: Iterable[Iterable[int]] = ()) -> Reach:
        """Build from any iterables, such as the lists of a JSON report."""
        return cls(frozenset(lines), frozenset((a, b) for a, b in branches))

    def __or__(self, other: Reach) -> Reach:
        return Reach(self.lines | other.lines, self.branches | other.branches, self.kills | other.kills)

    def __and__(self, other: Reach) -> Reach:
        return Reach(self.lines & other.lines, self.branches & other.branches, self.kills & other.kills)

    def __sub__(self, other: Reach) -> Reach:
        return Reach(self.lines - other.lines, self.branches - other.branches, self.kills - other.kills)

    def __bool__(self) -> bool:
        return bool(self.lines or self.branches or self.kills)

    def __len__(self) -> int:
        return len(self.lines) + len(self.branches) + len(self.kills)

    def within(self, first: Line, last: Line) -> Reach:
        """The part that starts on the lines first..last, both included."""
        return Reach(
            frozenset(line for line in self.lines if first <= line <= last),
            frozenset(arc for arc in self.branches if first <= arc[0] <= last),
        )

    def on(self, lines: Set[Line]) -> Reach:
        """The part that starts on one of the lines."""
        return Reach(self.lines & lines, frozenset(arc for arc in self.branches if arc[0] in lines))


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixture that any test can use, the module that defines it, and the first line of what it says."""

    name: str
    module: str
    says: str


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """What can be reached in one source file (exclusions already left out) and what has been."""

    source: Path
    possible: Reach
    reached: Reach = Reach()

    @property
    def missing(self) -> Reach:
        """What nothing has reached yet."""
        return self.possible - self.reached

    @property
    def line_percent(self) -> float:
        """Covered lines in per cent; 100 when there are none to cover."""
        return _percent(len(self.possible.lines & self.reached.lines), len(self.possible.lines))

    @property
    def branch_percent(self) -> float:
        """Covered branches in per cent; 100 when there are none to cover."""
        return _percent(len(self.possible.branches & self.reached.branches), len(self.possible.branches))

    def plus(self, reach: Reach) -> CoverageMap:
        """This map after something more was reached."""
        return replace(self, reached=self.reached | (reach & self.possible))

    def only(self, scope: Reach) -> CoverageMap:
        """This map as if the source had nothing else than what is in the scope."""
        return replace(self, possible=self.possible & scope, reached=self.reached & scope)

    def changed(self, patch: Patch) -> CoverageMap:
        """This map as if the source had nothing else than what was changed."""
        return self.only(self.possible.on(patch.lines))


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A function, method or the module's own level, with what nothing reaches in it.

    `name` is the qualified name (`Cart.total`) or `<module>`; the lines are those of its whole definition.
    """

    name: str
    first_line: Line
    last_line: Line
    missing: Reach


@dataclass(frozen=True, slots=True)
class Patch:
    """The lines of a source file that were changed since `base`, which is named as the user did."""

    base: str
    lines: frozenset[Line]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One test as the model wrote it, with everything it needs to stand alone.

    `code` is the function (or method, dedented) with its decorators; `owner` is the name of the class it was
    written in, "" at module level, and `owner_header` that class's code without its tests (bases, decorators,
    set-up methods, helpers). `imports` are whole import statements; `support` the module-level helpers,
    fixtures and constants it uses, in the order of the reply. `suspects` is the statement that the model says
    the code contradicts, "" if it says no such thing.
    """

    name: str
    code: str
    imports: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    owner: str = ""
    owner_header: str = ""
    suspects: str = ""

    @property
    def id(self) -> str:
        """A short name for the content: equal candidates have equal ids."""
        parts = (self.owner, self.owner_header, self.code, *self.support, *self.imports)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


class Outcome(Enum):
    """How one execution of tests ended. Every end has a name; an exception never crosses the process."""

    PASSED = "passed"
    FAILED = "failed"  # an assertion or another exception in the test's own call
    ERROR = "error"  # a fixture or a teardown failed
    BROKEN = "broken"  # the module could not be imported or collected
    SKIPPED = "skipped"  # skip or xfail: nothing was proven
    EMPTY = "empty"  # pytest found no such test
    TIMEOUT = "timeout"
    CRASHED = "crashed"  # the process ended without reporting


RED = (Outcome.FAILED, Outcome.ERROR)  # how a single test ends that pytest calls red
FINE = (Outcome.PASSED, Outcome.SKIPPED, Outcome.EMPTY)  # how a suite ends in which nothing is wrong


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something did not pass: one line, the innermost frames, what the test printed (both clipped).

    `places` are the files and lines that the failure went through, the innermost last.
    """

    message: str
    trace: str = ""
    output: str = ""
    places: tuple[tuple[Path, Line], ...] = ()


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of a run; `name` is the node id without the file, such as `TestCart::test_total[3]`."""

    __test__ = False

    name: str
    outcome: Outcome
    seconds: float
    failure: Failure | None = None
    file: str = ""  # where it stands, from pytest's root, as its node id has it
    path: Path = Path()  # where it stands

    @property
    def node_id(self) -> str:
        """How pytest calls it."""
        return f"{self.file}::{self.name}"


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of one or more tests in one process: the worst outcome, each result, what was reached."""

    outcome: Outcome
    reach: Reach = Reach()
    seconds: float = 0.0
    tests: tuple[TestResult, ...] = ()
    failure: Failure | None = None


class Gate(Enum):
    """The keep rule: where a candidate can be refused, in the order in which the gates are passed."""

    PARSE = "parse"  # it parses, is a test, asserts something of its own, and means no harm
    ALONE = "alone"  # it passes alone in a fresh process
    REPEAT = "repeat"  # it passes every time
    GAIN = "gain"  # it reaches, or with --strength notices, what nothing before it does
    COMPANY = "company"  # it lives with the suite, in either order
    STRENGTH = "strength"  # it can fail: a change of the source makes it red (--strength)
    NEEDED = "needed"  # without it something reached would be lost
    REVIEW = "review"  # whoever reviews it wants it


class Cause(Enum):
    """Why a test does not pass, as far as the evidence goes."""

    TEST = "the test is wrong"
    FLAKY = "the test is flaky"
    ENVIRONMENT = "something is missing around it"
    UNBACKED = "it expects what nothing quoted says"
    CODE = "the code contradicts what it says"


@dataclass(frozen=True, slots=True)
class Statement:
    """What the project says of its code, in its own words, and where these stand."""

    text: str
    path: str
    line: Line


@dataclass(frozen=True, slots=True)
class Suspect:
    """A suspected bug: the smallest test found that shows it, and the statement that the code contradicts.

    `message` is how the test fails; `ends` whether it does so by itself, without a hang or a crash.
    `expected` is the same test as it stands in the test file, marked as expected to fail; None if it does
    not. `path` is where the test is kept apart, as soon as it is.
    """

    test: Candidate
    statement: Statement
    message: str
    ends: bool
    expected: Candidate | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a candidate: kept when `refused_at` is None, else the first gate that said no, and why.

    `reached` is what it reaches of the source every time, `gained` the part of it that neither the existing
    tests nor the candidates kept before it reach, `beside` what else it reaches every time, outside of what
    the run is about. Where many are run together, `shared` is the part of `reached` of which is only known
    that it or another of its round reaches it. Rounds count from 1. `name` is its node id in the test file,
    which differs from its own where that was taken.
    """

    candidate: Candidate
    refused_at: Gate | None
    reason: str
    reached: Reach = Reach()
    gained: Reach = Reach()
    runs: tuple[Run, ...] = ()
    round: int = 1
    name: str = ""
    cause: Cause | None = None
    suspect: Suspect | None = None
    doubt: str = ""
    shared: Reach = Reach()
    beside: Reach = Reach()

    @property
    def kept(self) -> bool:
        """Whether the candidate passed every gate so far."""
        return self.refused_at is None

    @property
    def surely_gained(self) -> Reach:
        """The part of its gain that is known to be its own."""
        return self.gained - self.shared

    @property
    def perhaps_gained(self) -> Reach:
        """The part of its gain that may be that of another test kept."""
        return self.gained & self.shared

    @property
    def standing(self) -> Candidate | None:
        """What of it goes into the test file: itself, or the bug it shows, marked as expected to fail."""
        if self.kept:
            return self.candidate
        return self.suspect.expected if self.suspect and self.refused_at is not Gate.REVIEW else None

    @property
    def seconds(self) -> float:
        """Wall time of its first run alone."""
        return self.runs[0].seconds if self.runs else 0.0

    def refuse(self, gate: Gate, reason: str) -> Verdict:
        """The same candidate, refused by a later gate."""
        return replace(self, refused_at=gate, reason=reason, gained=Reach())


class Finish(Enum):
    """How the model's answer ended."""

    STOP = "stop"
    LENGTH = "length"  # cut at the token limit
    REFUSED = "refused"  # by the model or a content filter


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation; `role` is system, user or assistant."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money. `cost` is in US dollars, None as soon as a price is unknown.

    `remembered` counts the replies that an earlier run has paid for; they are no calls.
    """

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float | None = 0.0
    remembered: int = 0

    @property
    def cached_share(self) -> float | None:
        """How much of the prompts the provider had in its cache, from 0 to 1; None without a prompt."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else None

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
            self.remembered + other.remembered,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered."""

    text: str
    usage: Usage
    finish: Finish = Finish.STOP
    model: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One question and what came of it."""

    number: int
    usage: Usage
    verdicts: tuple[Verdict, ...]


class Stop(Enum):
    """Why the loop ended."""

    NOTHING_MISSING = "nothing left to cover"
    UNREACHABLE = "what is left cannot be reached, or is not meant to be"
    GOAL = "the desired coverage was reached"
    ROUNDS = "all iterations were used"
    NO_GAIN = "a round gained nothing"
    DRY_RUN = "a dry run asks nothing"
    GIVEN = "all that was given has been judged"
    DONE = "every file with something missing was worked on"
    FILES = "as many files were worked on as --max-files allows"
    BUDGET = "the budget is used up"
    PROVIDER = "the provider failed"
    QUESTION = "the next question could not be put together"
    ASSESSED = "the tests that are there were assessed"
    MINIMISED = "the tests that are there were weighed against each other"
    INTERRUPTED = "interrupted"
    GONE = "the source file is no longer there"


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a change: written, not to be written, or not written for the `trouble` there was.

    Then it is in the file `patch`, None if there was no place for that either.
    """

    written: bool = False
    trouble: str = ""
    patch: Path | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A whole run: what a report is made from."""

    source: Path
    test_file: Path
    before: CoverageMap
    after: CoverageMap
    rounds: tuple[Round, ...]
    stop: Stop
    old: bytes | None  # the test file's content before; None: it did not exist
    new: bytes | None  # with the kept tests; None: nothing was kept
    ending: Ending
    model: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = field(default=())
    strength: Strength | None = None
    patch: Patch | None = None  # what was changed, if that is what the run was about
    touching: tuple[str, ...] = ()  # the node ids of existing tests that are seen to run code of the source
    folded: tuple[tuple[str, ...], ...] = ()  # the tests that became one, for each that they became

    @property
    def patch_before(self) -> CoverageMap | None:
        """The coverage of what was changed, as it was; None if the run was not about a change."""
        return self._patched(self.before)

    @property
    def patch_after(self) -> CoverageMap | None:
        """The same as it is with the kept tests."""
        return self._patched(self.after)

    @property
    def about(self) -> tuple[CoverageMap, CoverageMap]:
        """The coverage of what the run was about, as it was and as it is with the kept tests."""
        return self.patch_before or self.before, self.patch_after or self.after

    @property
    def missing(self) -> Reach:
        """What is still missing of what the run was about."""
        return (self.patch_after or self.after).missing

    def _patched(self, coverage: CoverageMap) -> CoverageMap | None:
        return coverage.changed(self.patch) if self.patch else None

    @property
    def written(self) -> bool:
        """Whether the test file has the kept tests."""
        return self.ending.written

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, in the order in which they were reached."""
        return tuple(verdict for round_ in self.rounds for verdict in round_.verdicts)

    @property
    def kept(self) -> tuple[Verdict, ...]:
        """The verdicts of the tests that stand in the new text."""
        return tuple(verdict for verdict in self.verdicts if verdict.kept)

    @property
    def usage(self) -> Usage:
        """Tokens and cost of all rounds."""
        return sum((round_.usage for round_ in self.rounds), Usage())
