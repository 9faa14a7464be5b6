"""Where the gaps are: what nothing reaches, sorted by the definition it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from testgen.domain import Gap, Line, Reach
from testgen.languages import Unit

MODULE = "<module>"


def find_gaps(missing: Reach, units: Sequence[Unit]) -> tuple[Gap, ...]:
    """Every definition with something missing directly in it, in source order."""
    homes: dict[Unit | None, set[Line]] = {}
    for line in missing.lines | {start for start, _ in missing.branches}:
        homes.setdefault(innermost(units, line), set()).add(line)
    gaps = [_gap(home, lines, missing) for home, lines in homes.items()]
    return tuple(sorted(gaps, key=lambda gap: gap.first_line))


def innermost(units: Sequence[Unit], line: Line) -> Unit | None:
    """The smallest definition around a line, None at the module's own level."""
    around = [unit for unit in units if unit.first_line <= line <= unit.last_line]
    return min(around, key=lambda unit: unit.last_line - unit.first_line, default=None)


def reach_of(units: Sequence[Unit], wanted: Sequence[str], reach: Reach) -> Reach:
    """The part of a reach inside the wanted definitions (such as `Cart.total`); all if none are named."""
    if not wanted:
        return reach
    parts = Reach()
    for unit in units:
        if is_wanted(unit.name, wanted):
            parts |= reach.within(unit.first_line, unit.last_line)
    return parts


def _gap(home: Unit | None, lines: set[Line], missing: Reach) -> Gap:
    own = Reach(
        frozenset(line for line in missing.lines if line in lines),
        frozenset(arc for arc in missing.branches if arc[0] in lines),
    )
    if home is None:
        return Gap(MODULE, min(lines), max(lines), own)
    return Gap(home.name, home.first_line, home.last_line, own)


def is_wanted(name: str, wanted: Sequence[str]) -> bool:
    """Whether a definition is a wanted one or stands inside of one; `total` also names `Cart.total`."""
    return any(f".{one}." in f".{name}." for one in wanted)
