"""The files that are being worked on, as a table that changes while the run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TextIO

from testgen.events import About, Asking, Done, Event, Judged, Stage
from testgen.reports.text import encodable, one_line

if TYPE_CHECKING:
    from rich.table import Table

_ROWS = 16
_NAME_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A file that is being worked on: what is done for it, and its verdicts so far."""

    stage: str = "beginning"
    kept: int = 0
    refused: int = 0

    def after(self, event: Event) -> Row:
        """The row with one event more."""
        match event:
            case Stage(title):
                return replace(self, stage=title)
            case Asking(number):
                return replace(self, stage=f"asking, round {number}")
            case Judged(verdict) if verdict.kept:
                return replace(self, kept=self.kept + 1)
            case Judged():
                return replace(self, refused=self.refused + 1)
        return self


@dataclass(frozen=True, slots=True)
class Board:
    """The rows by the name of the file, in the order in which the files were begun."""

    rows: Mapping[str, Row] = field(default_factory=dict)

    def after(self, event: Event) -> Board:
        """The board with one event more; a file that is done is taken off."""
        match event:
            case About(name, inner):
                return Board({**self.rows, name: self.rows.get(name, Row()).after(inner)})
            case Done(name=name):
                return Board({other: row for other, row in self.rows.items() if other != name})
        return self

    def table(self, stream: TextIO) -> Table:
        """For the terminal; the files beyond what it can show are left out."""
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        for name, row in list(self.rows.items())[:_ROWS]:
            shown = encodable(one_line(name, _NAME_WIDTH), stream)
            cells = (shown, one_line(row.stage), f"{row.kept} kept", f"{row.refused} refused")
            styles = ("bold", "cyan", "green", "dim")
            table.add_row(*(Text(cell, style) for cell, style in zip(cells, styles, strict=True)))
        return table
