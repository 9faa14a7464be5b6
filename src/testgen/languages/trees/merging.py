"""Adding candidates to a test file by insertions: all that was there stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from testgen.domain import Candidate
from testgen.errors import UsageError
from testgen.languages import Merged
from testgen.languages.trees.document import Document
from testgen.languages.trees.nodes import Edit, error_line
from testgen.languages.trees.pieces import Dialect, Kind, Piece, pieces_of
from testgen.languages.trees.splitting import assembled

_TAKEN_ALONG = (Kind.HELPER, Kind.SETUP)
_TESTS = (Kind.TEST, Kind.GROUP)


@dataclass(frozen=True, slots=True)
class _Step:
    """The file with some candidates in it, and what the runner calls them."""

    document: Document
    candidates: tuple[Candidate, ...] = ()
    names: tuple[str, ...] = ()


class TreeMerger:
    """One test file, read once, to which candidates are added again and again, also from several threads.

    Raises UsageError, naming the line, when the file does not fit the grammar.
    """

    def __init__(self, dialect: Dialect, old: bytes) -> None:
        self._dialect = dialect
        self._empty = self._latest = _Step(_checked(dialect.document(old)))

    def merge(self, candidates: Sequence[Candidate]) -> Merged:
        """The file with the candidates, in their order; they are what `parse` had no objection to."""
        wanted = tuple(candidates)
        step = next(s for s in (self._latest, self._empty) if s.candidates == wanted[: len(s.candidates)])
        for candidate in wanted[len(step.candidates) :]:
            self._latest = step  # the next call is likely to differ in the last candidate only
            own = assembled(self._dialect, candidate)
            fitting = _Fitting(self._dialect, step.document, own).settled().inserted()
            step = _Step(fitting.document, (*step.candidates, candidate), (*step.names, fitting.name))
        return Merged(step.document.text, step.names)


def _checked(document: Document) -> Document:
    try:
        document.text.decode()
    except UnicodeDecodeError as error:
        line = document.text.count(b"\n", 0, error.start) + 1
        raise UsageError(f"the test file is not utf-8: line {line}") from error
    if line := error_line(document.tree) or 0:
        raise UsageError(f"the test file cannot be parsed: line {line}", "Correct it first.")
    return document


@dataclass(frozen=True, slots=True)
class _Level:
    """The pieces of a file, or of one of its groups, and those of the candidate that belong there."""

    group: Piece | None
    there: Sequence[Piece]
    here: Sequence[Piece]

    @property
    def test(self) -> Piece | None:
        """The candidate's test, if this is where it stands."""
        return next((piece for piece in self.here if piece.kind is Kind.TEST), None)

    @property
    def wanted(self) -> Piece | None:
        """The candidate's group around the test, if there is a further one."""
        return next((piece for piece in self.here if piece.kind is Kind.GROUP), None)


@dataclass(frozen=True)
class _Fitting:
    """A file and a candidate as a file of its own."""

    dialect: Dialect
    document: Document
    own: Document

    def settled(self) -> _Fitting:
        """The same under names that are free in the file."""
        fitting = self
        settled: set[str] = set()
        while clash := next((name for name in fitting._clashes() if name not in settled), ""):
            settled.add(clash)
            renamed = (
                (new, replace(fitting, own=self.dialect.renamed(fitting.own, clash, new)))
                for new in _others(clash)
            )
            fitting = next(one for new, one in renamed if new not in one._clashes())
        return fitting._with_free_title()

    def inserted(self) -> _Fitting:
        """The same once the file has the test and all that it needs; nothing changes if it is there."""
        if self._is_there(self._innermost):
            return self
        wanted = [self._text(piece) for piece in self._missing(self._outermost) if piece.kind is Kind.IMPORT]
        fitting = self._with_edits(self.dialect.import_edits(self.document, wanted))._dressed()
        while edit := next(fitting._helpers(), None):
            fitting = fitting._with_edits((edit,))
        level = fitting._innermost
        last = level.test or level.wanted
        return fitting._with_edits((fitting._place(level).at_end(fitting._text(last)),)) if last else fitting

    @property
    def name(self) -> str:
        """What the runner calls the test."""
        groups = [level.group.name for level in self._levels() if level.group]
        if last := self._innermost.wanted:
            around, _ = next(last.tests())
            groups += [group.name for group in around]
        return self.dialect.reported(self.document, groups, self._title())

    def _with_edits(self, edits: Iterable[Edit]) -> _Fitting:
        return replace(self, document=self.document.with_edits(edits))

    def _dressed(self) -> _Fitting:
        """The same once the groups of the file have about them what those of the candidate have."""
        pairs = [(level, home) for level in self._levels() if (home := self._home(level))]
        edits = (
            edit
            for level, home in pairs
            if level.wanted
            for edit in self.dialect.dressed(self.document, home, level.wanted)
        )
        return self._with_edits(edits)

    def _helpers(self) -> Iterator[Edit]:
        """What adds each helper and set-up that the file lacks."""
        for level in self._levels():
            for piece in self._missing(level):
                if piece.kind in _TAKEN_ALONG:
                    yield self._place(level).before_tests(self._text(piece))

    def _place(self, level: _Level) -> _Place:
        return _Place(self.document, level.group, level.there)

    @property
    def _outermost(self) -> _Level:
        return next(self._levels())

    @property
    def _innermost(self) -> _Level:
        return list(self._levels())[-1]

    def _levels(self) -> Iterator[_Level]:
        level = _Level(None, pieces_of(self.dialect, self.document), pieces_of(self.dialect, self.own))
        yield level
        while home := self._home(level):
            level = _Level(home, home.inner, level.wanted.inner if level.wanted else ())
            yield level

    def _home(self, level: _Level) -> Piece | None:
        groups = [piece for piece in level.there if piece.kind is Kind.GROUP]
        outermost = level.group is None
        return self.dialect.home(groups, level.wanted, outermost=outermost) if level.wanted else None

    def _clashes(self) -> Iterator[str]:
        """Names that the candidate needs for something and the file has for something else."""
        for level in self._levels():
            bound = {name for piece in level.there for name in piece.binds}
            for piece in self._missing(level):
                yield from sorted(piece.binds & bound)

    def _missing(self, level: _Level) -> Iterator[Piece]:
        """The candidate's imports, helpers and set-up that the file lacks."""
        there = {self._plain(self.document, piece) for piece in level.there}
        for piece in level.here:
            if piece.kind is Kind.IMPORT:
                if not self.dialect.has_import(self.document, self._text(piece)):
                    yield piece
            elif piece.kind in _TAKEN_ALONG and self._plain(self.own, piece) not in there:
                yield piece

    def _with_free_title(self) -> _Fitting:
        level = self._innermost
        test = level.test
        if test is None or self._is_there(level):
            return self
        taken = {piece.name for piece in level.there if piece.kind in _TESTS}
        taken = taken.union(*(piece.binds for piece in level.there))
        others = (replace(self, own=self.dialect.retitled(self.own, test, number)) for number in count(2))
        fitting = chain([self], others)
        return next(one for one in fitting if one._title() not in taken or one._is_there(one._innermost))

    def _title(self) -> str:
        return next(test.name for piece in pieces_of(self.dialect, self.own) for _, test in piece.tests())

    def _is_there(self, level: _Level) -> bool:
        tests = (self._plain(self.document, piece) for piece in level.there if piece.kind is Kind.TEST)
        return level.test is not None and self._plain(self.own, level.test) in tests

    def _text(self, piece: Piece) -> str:
        return self.own.part(piece.start, piece.end)

    def _plain(self, document: Document, piece: Piece) -> bytes:
        return b"".join(document.text[piece.start : piece.end].split())


def _others(name: str) -> Iterator[str]:
    return (f"{name}{number}" for number in count(2))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something can be inserted: a file, or one of its groups."""

    document: Document
    group: Piece | None
    pieces: Sequence[Piece]

    @property
    def margin(self) -> str:
        """What the members are indented by."""
        if self.group is None:
            return ""
        own_line = (piece for piece in self.pieces if _begins_line(self.document, piece.start))
        member = next(own_line, None)
        around = self.document.margin(self.group.start)
        return self.document.margin(member.start) if member else around + self.document.unit

    def before_tests(self, text: str) -> Edit:
        """Above the first test or group; at the end where there is none."""
        first = next((one for one in self.pieces if one.kind in _TESTS), None)
        if first is None or not _begins_line(self.document, first.start):
            return self.at_end(text)
        offset = self.document.line_start(first.start)
        return self._edit(offset, lambda lines: f"{lines}\n\n", text)

    def at_end(self, text: str) -> Edit:
        """Below the last test, or the last of all."""
        tests = [piece for piece in self.pieces if piece.kind in _TESTS]
        last = (tests or list(self.pieces))[-1:]
        if self.group is None:
            offset = self.document.line_end(last[0].end) if last else len(self.document.text.rstrip())
            return self._edit(offset, self._below(offset), text)
        behind, close = last[0].end if last else self.group.body[0], self.group.body[1]
        if self.document.line_end(behind) >= close:
            around = self.document.margin(self.group.start)
            return self._edit(close, lambda lines: f"\n{lines}\n{around}", text)
        room = "\n\n" if last else "\n"
        return self._edit(self.document.line_end(behind), lambda lines: f"{room}{lines}", text)

    def _below(self, offset: int) -> Callable[[str], str]:
        above = "\n\n" if self.document.text[:offset].strip() else ""
        below = "" if self.document.text[offset:].startswith((b"\n", b"\r\n")) else "\n"
        return lambda lines: f"{above}{lines}{below}"

    def _edit(self, offset: int, around: Callable[[str], str], text: str) -> Edit:
        lines = self.document.fitting(text, self.margin)
        return Edit(offset, offset, around(lines).encode())


def _begins_line(document: Document, offset: int) -> bool:
    return not document.text[document.line_start(offset) : offset].strip()
