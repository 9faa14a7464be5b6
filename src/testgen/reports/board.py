"""The files that are being worked on, as a table that changes while the run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TextIO

from testgen.events import About, Asking, Done, Event, Judged, Stage
from testgen.reports.text import encodable, one_line

if TYPE_CHECKING:
    from rich.table import Table

_STAGE_WIDTH = 20
_FIGURES_WIDTH = _STAGE_WIDTH + len("  999 kept  999 refused  ")
_NAME_WIDTH = 16  # for the least


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

    def table(self, stream: TextIO, width: int, height: int) -> Table:
        """For so much room on the terminal; of the files beyond it only the number is shown."""
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        most = len(self.rows) if len(self.rows) <= height else max(height - 1, 0)
        for name, row in list(self.rows.items())[:most]:
            shown = tail(one_line(name), max(width - _FIGURES_WIDTH, _NAME_WIDTH))
            cells = (shown, one_line(row.stage, _STAGE_WIDTH), f"{row.kept} kept", f"{row.refused} refused")
            styles = ("bold", "cyan", "green", "dim")
            fitting = cells if width >= _FIGURES_WIDTH + _NAME_WIDTH else cells[:2]
            table.add_row(
                *(Text(encodable(cell, stream), style) for cell, style in zip(fitting, styles, strict=False))
            )
        if more := len(self.rows) - most:
            table.add_row(Text(encodable(f"… {more} more", stream), "dim"))
        return table


def tail(text: str, most: int) -> str:
    """The end of a text, which of a path says most."""
    return text if len(text) <= most else f"…{text[1 - most :]}"
