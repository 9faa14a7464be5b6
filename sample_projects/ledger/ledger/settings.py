"""Settings: a TOML file that people edit by hand, so their comments survive when we write to it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import tomlkit
from tomlkit.exceptions import ParseError


class SettingsError(Exception):
    """The settings file is missing, is not TOML, or says something that makes no sense."""


@dataclass(frozen=True)
class Settings:
    """What can be set. `overdraft` is in cents: how far below zero an account may go.

    `date_format` (as for strptime) and `delimiter` describe the bank's CSV files; `last_import`
    is the day of the newest entry that was imported.
    """

    currency: str = "EUR"
    overdraft: int = 0
    date_format: str = "%Y-%m-%d"
    delimiter: str = ","
    last_import: date | None = None

    def __post_init__(self) -> None:
        if self.overdraft < 0:
            raise SettingsError("overdraft must not be negative")
        if len(self.delimiter) != 1:
            raise SettingsError("delimiter must be one character")


def load_settings(path: Path) -> Settings:
    """Read the table [ledger] of a TOML file; what it does not name keeps its default.

    Raises SettingsError for a file that is missing or is not TOML, an unknown key, a negative
    overdraft, and a delimiter that is not one character.
    """
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    except FileNotFoundError:
        raise SettingsError(f"there is no {path}") from None
    except ParseError as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error
    values = document.get("ledger", {})
    unknown = sorted(values.keys() - {field.name for field in fields(Settings)})
    if unknown:
        raise SettingsError(f"unknown in {path}: {', '.join(unknown)}")
    return Settings(**values)


def remember_import(path: Path, newest: date) -> None:
    """Note the day of the newest imported entry in the file, whose other lines stay as they are.

    A file or table that is missing is made; a day before the one noted changes nothing.
    """
    document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    table = document.setdefault("ledger", tomlkit.table())
    noted = table.get("last_import")
    if noted is None or newest > noted:
        table["last_import"] = newest
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
