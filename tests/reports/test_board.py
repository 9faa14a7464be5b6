"""The table of the files under way, as a terminal of its size shows it: its screen read back."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator

import pyte
import pytest

FILES = 30
RUN = f"""
import sys
from pathlib import Path
from testgen.domain import CoverageMap, Reach
from testgen.events import About, Asking, Done, Stage, Surveyed
from testgen.reports import terminal

name = "packages/core/src/shop/orders/module_{{:02}}.py".format
coverage = CoverageMap(Path("/x.py"), Reach(frozenset(range(10))))
try:
    with terminal.progress(sys.stderr, quiet=False, verbose=False, environ={{"TERM": "xterm"}}) as emit:
        emit(Surveyed((coverage,) * {FILES}, (), 0))
        for number in range({FILES}):
            emit(About(name(number), Asking(1, ("a",))))
        emit(About(name(1), Stage("judging")))
        emit(Done(name(0), coverage, coverage, 2, 1, ""))
        sys.stdin.readline()
        for number in range(1, {FILES}):
            emit(Done(name(number), coverage, coverage, 0, 0, ""))
        sys.stdin.readline()
except KeyboardInterrupt:
    pass
"""


class Terminal:
    """A terminal of some size with a run on it."""

    def __init__(self, width: int, height: int) -> None:
        self.master, self.slave = pty.openpty()
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self.resize(width, height)
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN],
            env={k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")} | {"TERM": "xterm"},
            stdin=subprocess.PIPE,
            stderr=self.slave,
        )

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.resize(height, width)

    def go_on(self) -> None:
        assert self.process.stdin
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def shows(self, what: Callable[[list[str]], bool]) -> None:
        """Read until the screen shows it, which it never does in the middle of a frame."""
        os.set_blocking(self.master, False)
        end = time.monotonic() + 30
        while not what(lines := [line.rstrip() for line in self.screen.display]):
            assert time.monotonic() < end, "\n".join(lines)
            try:
                self.stream.feed(os.read(self.master, 65536))
            except BlockingIOError:
                time.sleep(0.02)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminal_of() -> Iterator[Callable[[int, int], Terminal]]:
    opened: list[Terminal] = []

    def open_one(width: int, height: int) -> Terminal:
        opened.append(Terminal(width, height))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def table(lines: list[str]) -> list[str]:
    return [line for line in lines if "asking, round 1" in line or "judging" in line]


@pytest.mark.parametrize(
    ("width", "height", "row", "shown"),
    [
        (80, 16, "…/core/src/shop/orders/module_01.py  judging          0 kept  0 refused", 11),
        (120, 50, "packages/core/src/shop/orders/module_01.py  judging          0 kept  0 refused", 29),
        (40, 12, "…rs/module_01.py  judging", 7),
    ],
    ids=["usual", "large", "narrow"],
)
def test_as_many_files_as_fit_stand_above_the_status(terminal_of, width, height, row, shown):
    def fits(lines: list[str]) -> bool:
        more = f"… {FILES - 1 - shown} more" in lines
        status = sum("1 of 30 files done" in line or "0 judged, 0 kept" in line for line in lines)
        return row in lines and len(table(lines)) == shown and status == 2 and more == (shown < FILES - 1)

    terminal_of(width, height).shows(fits)


def test_the_table_follows_the_size_and_leaves_nothing_behind(terminal_of):
    terminal = terminal_of(80, 16)
    terminal.shows(lambda lines: "… 18 more" in lines)
    terminal.resize(120, 40)
    terminal.shows(lambda lines: len(table(lines)) == FILES - 1)
    terminal.go_on()
    terminal.shows(lambda lines: not table(lines) and any("30 of 30 files done" in one for one in lines))
    terminal.go_on()
    assert terminal.process.wait(30) == 0
    last = f"module_{FILES - 1}.py  0.0 % → 0.0 %  0 kept, 0 refused"
    terminal.shows(
        lambda lines: not table(lines) and "files done" not in (text := "".join(lines)) and last in text
    )


def test_an_interrupt_gives_the_terminal_back(terminal_of):
    terminal = terminal_of(80, 16)
    terminal.shows(lambda lines: "… 18 more" in lines)
    assert terminal.screen.cursor.hidden
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(30) == 0
    terminal.shows(lambda lines: not terminal.screen.cursor.hidden and not table(lines))
