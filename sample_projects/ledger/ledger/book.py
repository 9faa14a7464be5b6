"""The book: accounts and their entries, kept in SQLite. Amounts are whole cents."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType

from ledger.settings import Settings

AMOUNT = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}))?")
NAME = re.compile(r"[a-z][a-z0-9-]*")

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, closed TEXT);
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name),
    day TEXT NOT NULL,
    cents INTEGER NOT NULL,
    text TEXT NOT NULL
);
"""


class LedgerError(Exception):
    """Something the book refuses; nothing was written."""


class UnknownAccount(LedgerError):
    """There is no account of that name, or it has been closed."""


class Overdrawn(LedgerError):
    """An account would sink below its limit."""


@dataclass(frozen=True)
class Entry:
    """One movement on one account; what leaves the account is negative."""

    account: str
    day: date
    cents: int
    text: str


@dataclass(frozen=True)
class Problem:
    """A row of a CSV file that was left out: its line in the file, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Import:
    """What became of a CSV file: rows entered, rows already in the book, rows left out."""

    entered: int
    known: int
    problems: tuple[Problem, ...]


def parse_amount(text: str) -> int:
    """Read an amount as the bank writes it, such as "12", "-1.234,5" or "+0,05"; cents.

    Raises ValueError for anything else.
    """
    match = AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an amount")
    sign, whole, fraction = match.groups()
    cents = int(whole.replace(".", "")) * 100 + int((fraction or "0").ljust(2, "0"))
    return -cents if sign == "-" else cents


class Book:
    """A ledger in a SQLite file, made when it is missing; use it in a `with` block or close it."""

    def __init__(self, path: Path, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._db = sqlite3.connect(path)
        self._db.executescript(SCHEMA)

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    def open_account(self, name: str) -> None:
        """Open an account; a closed one is opened again, with its entries.

        Raises LedgerError for a name that is not lower-case letters, digits and hyphens after a
        first letter, and for an account that is already open.
        """
        if not NAME.fullmatch(name):
            raise LedgerError(f"{name!r} is not a name for an account")
        if name in self.accounts():
            raise LedgerError(f"{name} is already open")
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO account VALUES (?, NULL)", (name,))

    def close_account(self, name: str) -> None:
        """Close an account, whose entries stay; raises LedgerError unless its balance is zero."""
        balance = self.balance(name)
        if balance:
            raise LedgerError(f"{name} still holds {self.format(balance)}")
        with self._db:
            self._db.execute(
                "UPDATE account SET closed = ? WHERE name = ?", (self._today().isoformat(), name)
            )

    def accounts(self) -> list[str]:
        """The names of the open accounts, sorted."""
        rows = self._db.execute("SELECT name FROM account WHERE closed IS NULL ORDER BY name")
        return [name for (name,) in rows]

    def balance(self, account: str, on: date | None = None) -> int:
        """What an account holds, in cents: after everything, or at the end of the day `on`."""
        self._require(account)
        until = (on or date.max).isoformat()
        (cents,) = self._db.execute(
            "SELECT COALESCE(SUM(cents), 0) FROM entry WHERE account = ? AND day <= ?",
            (account, until),
        ).fetchone()
        return int(cents)

    def deposit(self, account: str, cents: int, text: str = "") -> Entry:
        """Enter money that came in today; raises LedgerError unless it is positive."""
        return self._move(account, self._positive(cents), text)

    def withdraw(self, account: str, cents: int, text: str = "") -> Entry:
        """Enter money that went out today; raises LedgerError unless it is positive.

        The balance may sink to minus the overdraft of the settings; below it, Overdrawn is raised.
        """
        self._require_cover(account, self._positive(cents))
        return self._move(account, -cents, text)

    def transfer(self, source: str, target: str, cents: int, text: str = "") -> tuple[Entry, Entry]:
        """Move money between two accounts, both entries or neither; returns them, out first.

        Raises LedgerError for an amount that is not positive and for one account given twice.
        """
        if source == target:
            raise LedgerError(f"{source} cannot pay itself")
        self._require(target)
        outgoing = self._entry(source, -self._positive(cents), text or f"to {target}")
        incoming = self._entry(target, cents, text or f"from {source}")
        self._require_cover(source, cents)
        with self._db:
            self._insert(outgoing)
            self._insert(incoming)
        return outgoing, incoming

    def statement(self, account: str, first: date, last: date) -> list[Entry]:
        """The entries of an account from `first` to `last`, both included, the oldest first.

        Raises LedgerError when `last` is before `first`.
        """
        self._require(account)
        if last < first:
            raise LedgerError("a statement cannot end before it begins")
        rows = self._db.execute(
            "SELECT account, day, cents, text FROM entry"
            " WHERE account = ? AND day BETWEEN ? AND ? ORDER BY day, id",
            (account, first.isoformat(), last.isoformat()),
        )
        return [
            Entry(name, date.fromisoformat(day), cents, text) for name, day, cents, text in rows
        ]

    def import_csv(self, path: Path, account: str) -> Import:
        """Enter the rows of a bank's CSV file with the columns date, amount and text.

        A row that equals an entry in the book is known and left out. A row without a proper date
        or amount, or dated later than today, is left out as a problem with its line number, where
        the header is line 1. Overdrafts are the bank's business here. Raises LedgerError for
        missing columns.
        """
        self._require(account)
        entered = known = 0
        problems = []
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter=self._settings.delimiter, restval="")
            missing = {"date", "amount", "text"} - set(rows.fieldnames or ())
            if missing:
                raise LedgerError(f"{path.name} has no column {', '.join(sorted(missing))}")
            for line, row in enumerate(rows, start=1):
                try:
                    entry = self._read(row, account)
                except ValueError as error:
                    problems.append(Problem(line, str(error)))
                    continue
                if self._has(entry):
                    known += 1
                else:
                    entered += 1
                    with self._db:
                        self._insert(entry)
        return Import(entered, known, tuple(problems))

    def format(self, cents: int) -> str:
        """An amount as people read it, such as "-1,234.50 EUR"."""
        return f"{cents / 100:,.2f} {self._settings.currency}"

    def _read(self, row: dict[str, str], account: str) -> Entry:
        day = datetime.strptime(row["date"].strip(), self._settings.date_format).date()
        if day > self._today():
            raise ValueError(f"{day} is later than today")
        return Entry(account, day, parse_amount(row["amount"]), row["text"].strip())

    def _today(self) -> date:
        return self._clock().date()

    def _require(self, account: str) -> None:
        if account not in self.accounts():
            raise UnknownAccount(account)

    def _require_cover(self, account: str, cents: int) -> None:
        if self.balance(account) - cents < -self._settings.overdraft:
            raise Overdrawn(f"{account} cannot pay {self.format(cents)}")

    def _positive(self, cents: int) -> int:
        if cents <= 0:
            raise LedgerError(f"{cents} is not a positive amount")
        return cents

    def _entry(self, account: str, cents: int, text: str) -> Entry:
        return Entry(account, self._today(), cents, text)

    def _move(self, account: str, cents: int, text: str) -> Entry:
        self._require(account)
        entry = self._entry(account, cents, text)
        with self._db:
            self._insert(entry)
        return entry

    def _insert(self, entry: Entry) -> None:
        self._db.execute(
            "INSERT INTO entry (account, day, cents, text) VALUES (?, ?, ?, ?)",
            (entry.account, entry.day.isoformat(), entry.cents, entry.text),
        )

    def _has(self, entry: Entry) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM entry WHERE account = ? AND day = ? AND cents = ? AND text = ?",
            (entry.account, entry.day.isoformat(), entry.cents, entry.text),
        ).fetchone()
        return row is not None
