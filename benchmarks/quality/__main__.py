"""What testgen makes of published modules without tests, with any model: one table in Markdown.

    API_KEY=... python benchmarks/quality --model gpt-4o                       all modules
    python benchmarks/quality --api-base http://localhost:11434/v1 --model NAME --only sty.primitive
    python benchmarks/quality --replay                                         from the recordings, no key

Options that are not the benchmark's are testgen's own. With --record the replies take the place of those in
benchmarks/quality/recordings. Lines and branches are counted by coverage.py, in a run of its own with the
final test file. Projects, progress and reports stay in .cache/quality/runs; packages and interpreters come
from the package registry on first use. Several modules are asked at the same time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from measuring import Failed, Row, measure
from modules import CACHE, MODULES, Module, lay_out
from table import table

RECORDINGS = Path(__file__).resolve().parent / "recordings"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for; `options` are passed on to testgen."""

    modules: tuple[Module, ...]
    parallel: int
    record: bool
    replay: bool
    options: tuple[str, ...]


def main() -> int:
    """Measure, print the table, and return 1 if a module has no row."""
    wish = wished()
    folder = CACHE / "runs" / time.strftime("%Y%m%d-%H%M%S")
    rows = {row.module: row for row in measured(wish, folder)}
    print(table([rows[module] for module in wish.modules]))
    return int(any(isinstance(row, Failed) for row in rows.values()))


def wished() -> Wish:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    names = {module.name: module for module in MODULES}
    parser.add_argument("--only", nargs="+", choices=names, default=list(names), metavar="NAME")
    parser.add_argument("--parallel", type=int, default=4, metavar="N", help="modules at the same time")
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--record", action="store_true", help="keep the replies as the benchmark's recordings"
    )
    source.add_argument("--replay", action="store_true", help="take the replies from the recordings")
    given, options = parser.parse_known_args()
    modules = tuple(module for name, module in names.items() if name in given.only)
    return Wish(modules, given.parallel, given.record, given.replay, tuple(options))


def measured(wish: Wish, folder: Path) -> Iterator[Row | Failed]:
    """Every module's row as soon as it is there."""
    tell(f"projects, progress and reports are in {folder}")
    with ProcessPoolExecutor(wish.parallel, mp_context=get_context("spawn")) as pool:
        begun = {begin(pool, wish, module, folder / module.name): module for module in wish.modules}
        for future in as_completed(begun):
            error = future.exception()
            row = Failed(begun[future], repr(error)) if error else future.result()
            if wish.record and isinstance(row, Row):
                keep_replies(row.module, folder)
            tell(f"{row.module.name}: {row.why if isinstance(row, Failed) else row.result.stop.value}")
            yield row


def begin(pool: ProcessPoolExecutor, wish: Wish, module: Module, folder: Path) -> Future[Row | Failed]:
    project = lay_out(module, folder / "project")
    replies = RECORDINGS / module.name if wish.replay else folder / "replies"
    options = (
        f"--{'replay' if wish.replay else 'record'}",
        str(replies),
        "--report",
        f"json:{folder}/report.json",
    )
    return pool.submit(measure, project, folder, replies, (*options, *wish.options))


def keep_replies(module: Module, folder: Path) -> None:
    """Let the replies of this run take the place of the recording."""
    shutil.rmtree(RECORDINGS / module.name, ignore_errors=True)
    shutil.copytree(folder / module.name / "replies", RECORDINGS / module.name)


def tell(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
