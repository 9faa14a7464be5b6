"""A run as a person follows it: progress while it goes on, a summary when it is over."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread
from typing import TYPE_CHECKING, TextIO

from testgen.domain import Result, TestResult, Usage, Verdict
from testgen.events import (
    About,
    Answered,
    Asking,
    Dialogue,
    Done,
    Emit,
    Event,
    Judged,
    Measured,
    Noted,
    Stage,
    Surveyed,
)
from testgen.reports import phrases
from testgen.reports import summary as wording
from testgen.reports.board import Board
from testgen.reports.figures import failure_of, title, tokens
from testgen.reports.phrases import count, money
from testgen.reports.text import Span, encodable, join, one_line, plain

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_REASON_WIDTH = 100
_FRAME = 0.25  # seconds between two pictures of the status
_STATUS_HEIGHT = 4  # lines below the files, on a narrow terminal too, and the one with the cursor


class Detail(Enum):
    """How much of what happens is said."""

    PROBLEMS = "only what the user should know"
    USUAL = "every verdict on a line"
    ALL = "every verdict with its failure"


@contextmanager
def progress(
    stream: TextIO,
    *,
    quiet: bool,
    verbose: bool,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Emit]:
    """Show events while the block runs; the function it gives may be called from any thread.

    A terminal gets a live status below the lines; anything else, or NO_COLOR or TERM=dumb, the lines alone.
    """
    detail = Detail.PROBLEMS if quiet else Detail.ALL if verbose else Detail.USUAL
    if quiet or not (stream.isatty() and _coloured(stream, environ)):
        yield _lines(stream, detail)
    else:
        with _live(stream, detail, clock) as emit:
            yield emit


def summary(
    result: Result,
    stream: TextIO,
    *,
    quiet: bool,
    environ: Mapping[str, str] = os.environ,
    base: Path | None = None,
) -> None:
    """Print what the run did, on one line when quiet; paths are relative to `base`, the current folder."""
    show((wording.brief if quiet else wording.full)(result, base or Path.cwd()), stream, environ)


def show(spans: Iterable[Span], stream: TextIO, environ: Mapping[str, str], *, prose: bool = True) -> None:
    """Print lines in colours where the stream shows them, and there those of prose broken between words."""
    if _coloured(stream, environ):
        _console(stream).print(_text(spans, stream), soft_wrap=not (prose and stream.isatty()), end="")
    else:
        stream.write(encodable(join(spans), stream))


def _coloured(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether to send colours: the customary variables first, then whether somebody is looking."""
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return bool(environ.get("FORCE_COLOR")) or stream.isatty()


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    return Console(file=stream, force_terminal=True, highlight=False, markup=False, emoji=False)


def _text(spans: Iterable[Span], stream: TextIO) -> Text:
    from rich.text import Text

    return Text.assemble(*((encodable(span.text, stream), span.style) for span in spans))


def _lines(stream: TextIO, detail: Detail) -> Emit:
    lock = Lock()

    def emit(event: Event) -> None:
        if text := join(describe(event, detail)):
            with lock:
                stream.write(encodable(text, stream) + "\n")
                stream.flush()

    return emit


@contextmanager
def _live(stream: TextIO, detail: Detail, clock: Callable[[], float]) -> Iterator[Emit]:
    from rich.console import Group
    from rich.live import Live
    from rich.spinner import Spinner

    console, lock, tally, board = _console(stream), Lock(), Tally(started=clock()), Board()
    spinner = Spinner("line")

    def emit(event: Event) -> None:
        nonlocal tally, board
        with lock:
            tally, board = tally.after(event), board.after(event)
            if isinstance(inner := event.event if isinstance(event, About) else event, Dialogue):
                live.stop() if inner.begins else live.start()
            if not isinstance(event, Stage) and (spans := tuple(describe(event, detail))):
                console.print(_text(spans, stream), soft_wrap=True)

    def refresh() -> None:
        with lock:
            live.refresh()

    def status() -> RenderableType:
        spinner.update(text=_text(tally.status(clock()), stream))
        width, height = console.size
        table = board.table(stream, width, height - _STATUS_HEIGHT)
        return Group(table, spinner) if board.rows else spinner

    # Refreshed by ourselves: rich's own thread may come between a line and the new place of the status.
    live = Live(
        console=console, get_renderable=status, transient=True, redirect_stdout=False, auto_refresh=False
    )
    with live, _repeating(refresh):
        yield emit


@contextmanager
def _repeating(work: Callable[[], None]) -> Iterator[None]:
    """Do something now and then while the block runs, on another thread."""
    over = Flag()

    def repeat() -> None:
        while not over.wait(_FRAME):
            work()

    thread = Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the run stands; `started` is the clock's reading at its start, in seconds."""

    started: float
    stage: str = "starting"
    kept: int = 0
    refused: int = 0
    files: int = 0
    done: int = 0
    usages: Mapping[str, Usage] = field(default_factory=dict)  # by file

    @property
    def usage(self) -> Usage:
        """Tokens and cost of all files."""
        return sum(self.usages.values(), Usage())

    def after(self, event: Event) -> Tally:
        """The tally with one event more."""
        match event:
            case Surveyed(missing=missing):
                return replace(self, stage=f"0 of {count(len(missing), 'file')} done", files=len(missing))
            case Done():
                done = self.done + 1
                return replace(self, stage=f"{done} of {count(self.files, 'file')} done", done=done)
            case Stage(title):
                return replace(self, stage=one_line(title))
            case About(name, inner):
                return self._after(inner, name)
        return self._after(event, "")

    def _after(self, event: Event, name: str) -> Tally:
        """The same for what happens in the work on a file."""
        match event:
            case Answered(usage=usage):
                return replace(self, usages={**self.usages, name: usage})
            case Judged(verdict) if verdict.kept:
                return replace(self, kept=self.kept + 1)
            case Judged():
                return replace(self, refused=self.refused + 1)
        return self

    def status(self, now: float) -> Iterator[Span]:
        """The tally on two lines."""
        yield Span(f"{self.stage}\n", "bold cyan")
        yield Span(f"  {self.kept + self.refused} judged, ")
        yield Span(f"{self.kept} kept", "green")
        yield Span(f", {self.refused} refused · {count(tokens(self.usage), 'token')} · ")
        yield Span(f"{money(self.usage.cost)} · {phrases.duration(now - self.started)}")


def describe(event: Event, detail: Detail) -> Iterator[Span]:
    """What to say about an event, without a last newline; nothing where the detail asks for less."""
    if isinstance(event, Noted):
        yield Span("note: ", "yellow")
        yield Span(one_line(event.text))
    elif isinstance(event, About):
        yield from _of_one(event, detail)
    elif detail is not Detail.PROBLEMS:
        yield from _said(event, detail)


def _of_one(about: About, detail: Detail) -> Iterator[Span]:
    """What to say about one of many files: what the user should know, or everything."""
    if detail is Detail.ALL or isinstance(about.event, Noted):
        spans = tuple(describe(about.event, detail))
        yield from (Span(f"{one_line(about.name)}: ", "dim"), *spans) if spans else ()


def _said(event: Event, detail: Detail) -> Iterator[Span]:
    match event:
        case Stage(name):
            yield Span(one_line(name), "bold")
        case Measured(coverage, touching):
            yield Span(f"before: {phrases.covered(coverage)}{_by(touching)}")
        case Surveyed():
            yield from _surveyed(event)
        case Done():
            yield from _done(event)
        case Asking(number, gaps, questions):
            several = f" in {questions} questions" if questions > 1 else ""
            yield Span(f"round {number}: asking for {phrases.some(gaps)}{several}")
        case Answered(candidates=candidates, usage=Usage(calls=0, remembered=0)):
            yield Span(f"{count(candidates, 'candidate')} given")
        case Answered(number, candidates, usage):
            yield Span(f"round {number}: {count(candidates, 'candidate')} in the reply; so far ")
            yield Span(f"{count(tokens(usage), 'token')}, {money(usage.cost)}")
        case Judged(verdict):
            yield from _judged(verdict, detail)


def _by(touching: Iterable[TestResult]) -> str:
    """Which existing tests get there."""
    tests = tuple(touching)
    files = tuple(dict.fromkeys(test.file for test in tests))
    return f", by {count(len(tests), 'existing test')} in {phrases.some(files)}" if tests else ""


def _surveyed(event: Surveyed) -> Iterator[Span]:
    failed = f", {count(event.failed, 'file')} cannot be worked on" if event.failed else ""
    yield Span(f"something is missing in {count(len(event.missing), 'file')}, ", "bold")
    yield Span(f"nothing in {len(event.complete)}{failed}")


def _done(event: Done) -> Iterator[Span]:
    yield Span(f"{one_line(event.name)}  ", "green" if event.kept else "yellow")
    if event.trouble:
        yield Span(one_line(event.trouble, _REASON_WIDTH), "dim")
        return
    before, after = event.before.line_percent, event.after.line_percent
    yield Span(f"{phrases.percent(before)} → {phrases.percent(after)}  ")
    yield Span(f"{event.kept} kept, {event.refused} refused", "dim")


def _judged(verdict: Verdict, detail: Detail) -> Iterator[Span]:
    if verdict.refused_at is None:
        yield Span(f"  {'kept':<8}", "bold green")
        yield Span(f"{title(verdict)}  {phrases.gain(verdict)}")
        return
    yield Span(f"  {'suspect' if verdict.suspect else verdict.refused_at.value:<8}", "yellow")
    yield Span(f"{title(verdict)}  ")
    everything = detail is Detail.ALL
    yield Span(one_line(verdict.reason, 0 if everything else _REASON_WIDTH), "dim")
    failure = failure_of(verdict)
    if everything and failure:
        told = plain(failure.trace or failure.message).strip("\n")
        yield Span("\n" + textwrap.indent(told, " " * 10), "dim")
