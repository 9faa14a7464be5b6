"""How many known bugs testgen reports, and how many where there are none: a table in Markdown.

    API_KEY=... python benchmarks/bugs --model gpt-4o   the programs of QuixBugs, each version by itself
    python benchmarks/bugs --replay                     from the recordings, no key

A model is asked once for each version, in an order made from their names alone; nothing that it is shown
tells which version it is. Options that are not the benchmark's are testgen's own. With --record the replies
take the place of those in benchmarks/bugs/recordings. A report on a buggy version counts as found if one of
its tests passes on the right one. QuixBugs (MIT licence) is fetched from GitHub on first use, and is not part
of this repository.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from programs import CACHE, Program, Version, programs, python

from testgen.commandline import Call, read
from testgen.configuration import resolve
from testgen.domain import Result
from testgen.errors import UsageError
from testgen.pipeline import run
from testgen.reports import write
from testgen.settings import Settings
from testgen.suspects.findings import Finding, findings

RECORDINGS = Path(__file__).resolve().parent / "recordings"
USUAL = ("--jobs", "1", "--max-iterations", "1", "--timeout", "3", "--no-store")
PATIENCE = 20  # seconds for a test that shows a bug to pass on the right version


@dataclass(frozen=True, slots=True)
class Row:
    """What was reported of one version; `confirmed` is whether a test of it passes on the right version."""

    program: Program
    result: Result
    confirmed: bool

    @property
    def reports(self) -> tuple[Finding, ...]:
        return findings(self.result.verdicts)


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--parallel", type=int, default=2, metavar="N", help="versions at the same time")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--record", action="store_true", help="keep the replies as the recordings")
    source.add_argument("--replay", action="store_true", help="take the replies from the recordings")
    given, options = parser.parse_known_args()
    folder = CACHE / "runs" / time.strftime("%Y%m%d-%H%M%S")
    order = sorted(programs(), key=lambda one: hashlib.sha256(one.id.encode()).digest())
    if given.record:
        shutil.rmtree(RECORDINGS, ignore_errors=True)
    way = "--replay" if given.replay else "--record"

    def measured(program: Program) -> Row:
        replies = (RECORDINGS if given.record or given.replay else folder / "replies") / program.id
        return measure(program, folder / program.id, (way, str(replies), *options))

    with ThreadPoolExecutor(given.parallel) as pool:
        rows = sorted(pool.map(measured, order), key=lambda row: row.program.id)
    print("\n".join(table(rows)))
    return 0


def measure(program: Program, folder: Path, options: Sequence[str]) -> Row:
    """Ask for tests of a version and look what is reported."""
    source = program.lay_out(folder / "project")
    settings = settings_of(source, options)
    result = run(settings, os.environ, lambda _: None)
    write(result, settings.report, sys.stderr, folder)
    paths = [finding.suspect.path for finding in findings(result.verdicts)]
    confirmed = any(path and passes(path, program, folder / "right") for path in paths)
    print(f"{program.id}: {len(paths)}", file=sys.stderr, flush=True)
    return Row(program, result, confirmed)


def settings_of(source: Path, options: Sequence[str]) -> Settings:
    """testgen's own settings; raises UsageError for an option that it does not have."""
    files = (
        "--source-file",
        str(source),
        "--test-file",
        str(source.parent / "tests" / f"test_{source.name}"),
    )
    report = ("--report", f"json:{source.parent.parent / 'report.json'}")
    call = read([*files, "--python", str(python()), *report, *USUAL, *options])
    if not isinstance(call, Call):
        raise UsageError(f"these are no options of a run: {' '.join(options)}")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TESTGEN_")}
    return resolve(call.flags, environ, source.parent).settings


def passes(test: Path, program: Program, folder: Path) -> bool:
    """Whether a test that shows a bug passes on the right version of its program."""
    root = folder / test.stem
    Program(program.name, Version.RIGHT).lay_out(root)
    shutil.copy(test, root / "tests" / f"test_{test.name}")
    command = (python(), "-m", "pytest", "-q", "-p", "no:cacheprovider")
    try:
        return not subprocess.run(
            command, cwd=root, capture_output=True, timeout=PATIENCE, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return False


def table(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each program, and what they come to."""
    by_version = {version: [row for row in rows if row.program.version is version] for version in Version}
    buggy, right = by_version[Version.BUGGY], by_version[Version.RIGHT]
    yield "| program | reports on the buggy version | passes on the right one | on the right version |"
    yield "|---|--:|---|--:|"
    for one, other in zip(buggy, right, strict=True):
        confirmed = "yes" if one.confirmed else "no" if one.reports else ""
        yield f"| `{one.program.name}` | {len(one.reports)} | {confirmed} | {len(other.reports)} |"
    found, false = sum(row.confirmed for row in buggy), sum(bool(row.reports) for row in right)
    yield f"| **all** | found {found} of {len(buggy)} | | false reports {false} of {len(right)} |"


if __name__ == "__main__":
    sys.exit(main())
