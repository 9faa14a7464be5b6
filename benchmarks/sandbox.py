"""What a sandbox costs: starting the workers, and judging a candidate, as a ratio to no sandbox at all.

    python benchmarks/sandbox.py

The sandboxes take turns, so that what else the machine does falls on all of them alike. Medians; the project
is as light as can be, which makes the ratio as bad as it gets.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "judge"))

from tortures import GOOD, SOURCE

from projects import environment, running
from testgen.errors import UsageError
from testgen.judge.bench import Bench
from testgen.judge.sandbox import choose
from testgen.judge.sandbox.terms import NOTHING
from testgen.judge.workers import Limits
from testgen.project import Project, probe

NAMES = ("none", "landlock", "bwrap")
STARTS, CANDIDATES = 9, 200
LIMITS = Limits(timeout=10, suite_timeout=60, jobs=1, repeat=1)


def project_in(folder: Path) -> Project:
    (folder / "things.py").write_text(SOURCE)
    tests = folder / "test_things.py"
    tests.write_text("import things\n\n\ndef test_limit():\n    assert things.LIMIT\n")
    return Project(folder, folder / "things.py", tests, probe(environment(running())))


def started(project: Project, name: str, stack: ExitStack) -> Bench:
    """A bench whose workers are ready: what a run waits for before its first candidate."""
    enclosure = choose(name, NOTHING, project, os.environ)
    bench = stack.enter_context(Bench(project, LIMITS, os.environ, enclosure))
    bench.warm([bench.measure().module])
    bench.ready()
    return bench


def starting(project: Project, name: str) -> None:
    with ExitStack() as stack:
        started(project, name, stack)


def timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def show(title: str, seconds: dict[str, list[float]]) -> None:
    reference = statistics.median(seconds["none"])
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"{title:<15}{name:<10}{median * 1000:8.1f} ms   {median / reference:5.2f}")


def main() -> None:
    starts, candidates = defaultdict(list), defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        project = project_in(Path(folder))
        benches = {}
        for name in NAMES:
            try:
                benches[name] = started(project, name, stack)
            except UsageError as reason:
                print(reason.cause)
        for _ in range(STARTS):
            for name in benches:
                starts[name].append(timed(lambda name=name: starting(project, name)))
        for _ in range(CANDIDATES):
            for name, bench in benches.items():
                candidates[name].append(timed(lambda bench=bench: bench.try_out(GOOD.encode(), ["test_it"])))
    show("start", starts)
    show("a candidate", candidates)


if __name__ == "__main__":
    main()
