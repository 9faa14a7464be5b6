"""What mutants say of the tests that a model wrote for published modules, before and after it is told.

    python benchmarks/strength --replay                    from the recordings, no key
    API_KEY=... python benchmarks/strength --record --model gpt-4o

The modules are those of benchmarks/quality. Other options are testgen's own. Kills are counted on the
lines that the kept tests reach. Projects and reports stay in .cache/strength.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "quality"))

from measuring import settings_of, watched
from modules import CACHE, MODULES, Module, lay_out

from testgen.domain import Result
from testgen.errors import TestgenError

RECORDINGS = Path(__file__).resolve().parent / "recordings"
RUNS = CACHE.parent / "strength"
USUAL = ("--strength", "--strength-time", "300")
HEAD = """\
| module | kept tests | mutants | killed before, % | after, % | survive | tests kept for kills alone |
|---|--:|--:|--:|--:|--:|--:|"""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one module."""

    module: Module
    result: Result


def main() -> int:
    """Measure, print the table, and return 1 if a module has no row."""
    given, options = parser().parse_known_args()
    folder = RUNS / time.strftime("%Y%m%d-%H%M%S")
    recorded = [path.name for path in RECORDINGS.iterdir()]
    wanted = given.only or [module.name for module in MODULES if given.record or module.name in recorded]
    modules = [module for module in MODULES if module.name in wanted]
    rows = list(measured(modules, folder, options, record=given.record))
    print("\n".join([HEAD, *map(line, rows), total(rows)]))
    return int(len(rows) < len(modules))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    names = [module.name for module in MODULES]
    made.add_argument("--only", nargs="+", choices=names, metavar="NAME")
    how = made.add_mutually_exclusive_group(required=True)
    how.add_argument("--record", action="store_true", help="keep the replies as the benchmark's recordings")
    how.add_argument("--replay", action="store_true", help="take the replies from the recordings")
    return made


def measured(
    modules: Sequence[Module], folder: Path, options: Sequence[str], *, record: bool
) -> Iterator[Row]:
    """A row for each module, one after the other, so that the times mean something."""
    for module in modules:
        project, replies = lay_out(module, folder / module.name / "project"), RECORDINGS / module.name
        own = folder / module.name / "replies" if record else replies
        way = ("--record" if record else "--replay", str(own), "--no-store")
        try:
            report = f"json:{folder}/{module.name}/report.json"
            settings = settings_of(project, [*way, *USUAL, "--report", report, *options])
            result, _ = watched(settings, folder / module.name)
        except TestgenError as error:
            print(f"{module.name}: {error.cause}. {error.remedy}", file=sys.stderr)
            continue
        if record:
            shutil.rmtree(replies, ignore_errors=True)
            shutil.copytree(own, replies)
        yield Row(module, result)


def line(row: Row) -> str:
    """A module's row of the table."""
    strength = row.result.strength
    if strength is None:
        return f"| `{row.module.path}` | {len(row.result.kept)} | nothing could be tried | | | | |"
    before = strength.percent if strength.first is None else strength.first
    only_kills = sum(not one.gained.lines and not one.gained.branches for one in row.result.kept)
    return (
        f"| `{row.module.path}` | {len(row.result.kept)} | {len(strength.seen)} | {before:.1f} | "
        f"{strength.percent:.1f} | {len(strength.survivors)} | {only_kills} |"
    )


def total(rows: Sequence[Row]) -> str:
    """The last row: what is killed of all mutants at the end."""
    found = [row.result.strength for row in rows if row.result.strength]
    seen, killed = sum(len(one.seen) for one in found), sum(one.killed for one in found)
    survive = sum(len(one.survivors) for one in found)
    kept = sum(len(row.result.kept) for row in rows)
    return f"| **all** | {kept} | {seen} | | {100 * killed / max(seen, 1):.1f} | {survive} | |"


if __name__ == "__main__":
    sys.exit(main())
