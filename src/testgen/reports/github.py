"""Suspected bugs and what is missing as commands to GitHub's runner, which shows them beside the code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from testgen.domain import Result
from testgen.reports.remarks import Remark, Weight, remarks

MOST = 10  # GitHub shows no more errors of a step, and no more warnings
COMMANDS = {Weight.ERROR: "error", Weight.INFO: "warning"}
_IN_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_TEXT = str.maketrans(_IN_TEXT)
_PROPERTY = str.maketrans(_IN_TEXT | {":": "%3A", ",": "%2C"})


def render(result: Result, base: Path) -> str:
    """A line for each place; "" when nothing is missing."""
    return listed(remarks(result, base))


def listed(places: Iterable[Remark]) -> str:
    """The commands for these places, as many as are shown."""
    found = list(places)
    wrong, missing = ([one for one in found if one.weight is weight] for weight in Weight)
    lines = [_command(one) for one in (*wrong[:MOST], *missing[:MOST])]
    if len(missing) > MOST:
        lines[-1] = f"::warning title=testgen::No test reaches {len(missing) - MOST + 1} further places."
    return "".join(f"{line}\n" for line in lines)


def _command(one: Remark) -> str:
    place = f"file={one.path.translate(_PROPERTY)},line={one.first_line},endLine={one.last_line}"
    return f"::{COMMANDS[one.weight]} {place},title=testgen::{one.text.translate(_TEXT)}"
