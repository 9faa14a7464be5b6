"""How much smaller `testgen minimise` makes tests that another generator accepted, with nothing lost.

    git clone --depth 1 https://github.com/plasma-umass/coverup-eval
    python benchmarks/minimise coverup-eval [--only NAME...] [--strength]

The tests are those that CoverUp kept for the modules of benchmarks/quality (its evaluation, run
`cm.gpt4o-v2`), all that name the module in one file. They were made for other versions of the packages: a
test whose imports do not work is left out, one that is red stays in the file. Lines and branches are counted
by coverage.py in runs of its own, before and after.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "quality"))

from measuring import Counts, counted, settings_of
from modules import MODULES, TOOLS, Module, Project, lay_out

from testgen.domain import Candidate, Gate, Result
from testgen.errors import TestgenError, UsageError
from testgen.languages.python import PYTHON
from testgen.minimise import minimise

RUN = "output/cm.gpt4o-v2"
HEAD = """\
| module | tests | red | gone | became cases | left | bytes left | lines + branches covered | after |
|---|---:|---:|---:|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one module's tests."""

    module: Module
    given: int
    result: Result
    before: Counts
    after: Counts

    @property
    def gone(self) -> int:
        """Tests that are not needed."""
        return sum(one.refused_at is Gate.NEEDED for one in self.result.verdicts)

    @property
    def folded(self) -> tuple[int, int]:
        """Tests that became cases, and the parametrised tests that these are in."""
        return sum(map(len, self.result.folded)), len(self.result.folded)

    def __str__(self) -> str:
        cases, tables = self.folded
        there = len(self.result.verdicts)
        old, new = len(self.result.old or b""), len(self.result.new or self.result.old or b"")
        left = there - self.gone - cases + tables
        return (
            f"| `{self.module.name}` | {self.given} | {self.given - there} | {self.gone} | {cases} | {left} "
            f"| {new / old:.0%} | {_covered(self.before)} | {_covered(self.after)} |"
        )


def _covered(counts: Counts) -> str:
    return f"{counts.lines_covered} + {counts.branches_covered}"


def accepted(module: Module, clone: Path) -> Iterator[Candidate]:
    """The tests of the other generator that name a module, with what they need."""
    folder = clone / RUN / module.path.partition("/")[0] / "coverup-tests"
    parent, _, last = module.name.rpartition(".")
    named = re.compile(rf"{re.escape(module.name)}\b|from {re.escape(parent)} import [^\n]*\b{last}\b")
    for path in sorted(folder.glob("test_*.py"), key=lambda path: (len(path.name), path.name)):
        text = path.read_text(encoding="utf-8")
        if named.search(text):
            yield from (one.candidate for one in PYTHON.parse(f"```python\n{text}\n```\n"))


def importable(candidates: Sequence[Candidate], project: Project) -> list[Candidate]:
    """Those whose imports work with this version of the package."""
    lines = sorted({line for one in candidates for line in one.imports})
    work = {line for line in lines if _runs(project, line)}
    return [one for one in candidates if work.issuperset(one.imports)]


def _runs(project: Project, line: str) -> bool:
    command = (project.python, "-c", line)
    return not subprocess.run(command, cwd=project.root, capture_output=True, check=False).returncode


def measured(module: Module, clone: Path, folder: Path, options: Sequence[str]) -> Row:
    """Put the tests into one file, make that smaller, and count; raises TestgenError."""
    project = lay_out(module, folder / module.name / "project")
    merged = PYTHON.merger(b"").merge(importable(list(accepted(module, clone)), project))
    if not merged.names:
        raise UsageError(f"no test names {module.name}", "Give a clone of coverup-eval.")
    project.test_file.write_bytes(merged.content)
    settings = settings_of(project, ("--deselect-failing", *options))
    before = counted(project, folder)
    result = minimise(settings, os.environ, lambda _event: None)
    return Row(module, len(set(merged.names)), result, before, counted(project, folder))


def main() -> int:
    """Print the table; returns 1 if a module has no row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    names = {module.name: module for module in MODULES}
    parser.add_argument("clone", type=Path, help="a clone of coverup-eval")
    parser.add_argument("--only", nargs="+", choices=names, default=list(names), metavar="NAME")
    given, options = parser.parse_known_args()
    failures = 0
    print(f"{datetime.now(UTC):%Y-%m-%d}, {', '.join(TOOLS)}\n\n{HEAD}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in given.only:
            try:
                print(measured(names[name], given.clone, Path(folder), options), flush=True)
            except TestgenError as error:
                failures += 1
                print(f"{name}: {error.cause} {error.remedy}", file=sys.stderr)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
