"""What earlier runs paid for and what they did: replies by question, and the history of runs.

Verdicts are not kept. What a test does depends on every module it imports, on data files, on packages and the
machine; none of that can be proven unchanged for less than the few milliseconds in which it is judged again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from testgen.domain import Finish, Reply, Result, Usage
from testgen.files import OwnFolder, locked

PATIENCE = 10  # seconds to wait for another run that is writing
T = TypeVar("T")


class NewerStoreError(Exception):
    """The file was written by a later version of testgen."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A line of the history; coverage in per cent, cost in US dollars and None if it is not known."""

    started: str
    source: str
    model: str
    stop: str
    candidates: int
    kept: int
    lines_before: float
    lines_after: float
    branches_before: float
    branches_after: float
    calls: int
    tokens: int
    cost: float | None

    @classmethod
    def of(cls, result: Result, started: datetime, root: Path) -> PastRun:
        """What is remembered of a run in a project."""
        before, after, usage = result.before, result.after, result.usage
        return cls(
            started.isoformat(timespec="seconds"),
            result.source.relative_to(root).as_posix(),
            result.model,
            result.stop.value,
            len(result.verdicts),
            len(result.kept),
            before.line_percent,
            after.line_percent,
            before.branch_percent,
            after.branch_percent,
            usage.calls,
            usage.prompt_tokens + usage.completion_tokens,
            usage.cost,
        )


class Store:
    """`session.sqlite` in our own folder, made with the first reply. Threads and processes may share it.

    It is only a help: where it cannot be used `trouble` says why, and everything goes on without it.
    """

    def __init__(self, folder: OwnFolder) -> None:
        self.trouble = ""
        self.path = folder.path / "session.sqlite"
        self._folder = folder
        self._usable = True

    def recall(self, question: str) -> Reply | None:
        """The reply that was remembered for a question; it costs nothing now."""
        select = "SELECT text, finish, model FROM replies WHERE question = ?"
        row = self._read(lambda connection: connection.execute(select, (question,)).fetchone())
        return Reply(row[0], Usage(remembered=1), Finish(row[1]), row[2]) if row else None

    def remember(self, question: str, reply: Reply) -> None:
        """Keep a reply, in the place of an earlier one to the same question."""
        text = reply.text.encode("utf-8", "replace").decode()  # half a character cannot be kept
        row = (question, text, reply.finish.value, reply.model)
        insert = "INSERT OR REPLACE INTO replies (question, text, finish, model) VALUES (?, ?, ?, ?)"
        self._try(lambda connection: connection.execute(insert, row))

    def log(self, run: PastRun) -> None:
        """Add a run to the history."""
        names = [field.name for field in fields(PastRun)]
        insert = f"INSERT INTO runs ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        self._try(lambda connection: connection.execute(insert, astuple(run)))

    def runs(self) -> tuple[PastRun, ...]:
        """The history, the latest run first."""
        names = ", ".join(field.name for field in fields(PastRun))
        select = f"SELECT {names} FROM runs ORDER BY rowid DESC"  # noqa: S608
        rows = self._read(lambda connection: connection.execute(select).fetchall())
        return tuple(PastRun(*row) for row in rows or ())

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        return self._try(work) if self.path.exists() else None

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What the work gives; None if the store cannot be used. A damaged one makes room for a new one."""
        if not self._usable:
            return None
        try:
            with closing(self._connection()) as connection:
                return work(connection)
        except (sqlite3.OperationalError, OSError, NewerStoreError) as error:
            self._give_up(f"{self.path} cannot be used, so replies are not remembered: {error}")
        except sqlite3.DatabaseError as error:
            if not self.trouble and (aside := self._set_aside()):
                self.trouble = f"the session store was damaged ({error}); it is now {aside}"
                return self._try(work)
            self._give_up(f"{self.path} is damaged: {error}")
        return None

    def _give_up(self, why: str) -> None:
        self.trouble, self._usable = why, False

    def _connection(self) -> sqlite3.Connection:
        """An open connection to a store of this version."""
        self._folder.made()
        with locked(self._folder.path):
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self.path, PATIENCE, isolation_level=None)
            try:
                migrate(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _set_aside(self) -> Path | None:
        """Move a damaged file out of the way, unless another run has done so and begun a new one."""
        aside = self.path.with_suffix(".damaged")
        with locked(self._folder.path):
            if not sound(self.path):
                self.path.replace(aside)
        return aside if aside.exists() else None


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a store up to this version, step by step; raises NewerStoreError if it is beyond it."""
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    steps = migrations()
    if done > len(steps):
        raise NewerStoreError(f"it was written by a newer testgen (version {done}, known are {len(steps)})")
    for number, step in enumerate(steps[done:], done + 1):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(step)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")


def migrations() -> list[str]:
    """The numbered files beside this one, one statement each."""
    found = [file for file in files(__name__).iterdir() if file.name.endswith(".sql")]
    return [file.read_text("utf-8") for file in sorted(found, key=lambda file: file.name)]


def sound(path: Path) -> bool:
    """Whether a file is a whole database."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False
