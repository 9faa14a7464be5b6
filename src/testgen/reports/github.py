"""What is still missing as commands to GitHub's runner, which shows them beside the code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from testgen.domain import Result
from testgen.reports.remarks import Remark, remarks

MOST = 10  # GitHub shows no more warnings of a step
_IN_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_TEXT = str.maketrans(_IN_TEXT)
_PROPERTY = str.maketrans(_IN_TEXT | {":": "%3A", ",": "%2C"})


def render(result: Result, base: Path) -> str:
    """A line for each place; "" when nothing is missing."""
    return listed(remarks(result, base))


def listed(places: Iterable[Remark]) -> str:
    """The commands for these places, as many as are shown."""
    found = list(places)
    lines = [_command(one) for one in found[:MOST]]
    if len(found) > MOST:
        lines[-1] = f"::warning title=testgen::No test reaches {len(found) - MOST + 1} further places."
    return "".join(f"{line}\n" for line in lines)


def _command(one: Remark) -> str:
    place = f"file={one.path.translate(_PROPERTY)},line={one.first_line},endLine={one.last_line}"
    return f"::warning {place},title=testgen::{one.text.translate(_TEXT)}"
