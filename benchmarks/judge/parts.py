"""Where our time goes: the parts of one run, and the steps of one forked child."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from candidates import Written
from shops import Shop, file_text
from ways import HANG

from testgen.benches import bench_for, limits
from testgen.domain import Candidate, Reply, Run, Usage
from testgen.judge.bench import Bench
from testgen.judge.sandbox import choose
from testgen.judge.sandbox.surroundings import WORKER
from testgen.judge.sandbox.terms import NOTHING
from testgen.judge.survey import Baseline
from testgen.languages import Merged, Merger
from testgen.pipeline import begin
from testgen.scene import look
from testgen.settings import Settings


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the work from start to end, in seconds; `inside` is what of it a child spent on its job."""

    part: str
    start: float
    end: float
    inside: float = 0.0


@dataclass(slots=True)
class Stopwatch:
    """The spans of a run."""

    spans: list[Span] = field(default_factory=list)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.spans.append(Span(name, start, time.perf_counter()))

    def of(self, part: str) -> list[Span]:
        return [span for span in self.spans if span.part == part]

    def wall(self, part: str) -> float:
        """From the first start to the last end."""
        spans = self.of(part)
        return max(span.end for span in spans) - min(span.start for span in spans) if spans else 0.0

    def total(self, part: str) -> float:
        """The sum of all spans, which is more than the wall time where several ran at once."""
        return sum(span.end - span.start for span in self.of(part))


class WatchedBench(Bench):
    """A bench that notes what it is asked for and how long it takes."""

    watch: Stopwatch

    def measure(self) -> Baseline:
        with self.watch.part("baseline"):
            return super().measure()

    def ready(self) -> str:
        with self.watch.part("workers"):
            return super().ready()

    def confirm_all(self, contents: Mapping[Path, bytes]) -> Run:
        with self.watch.part("confirmation"):
            return super().confirm_all(contents)

    def try_out(
        self, content: bytes, tests: Sequence[str] | None = None, *, reverse: bool = False, turn: int = 0
    ) -> Run:
        alone = tests is not None and len(tests) == 1
        start = time.perf_counter()
        run = super().try_out(content, tests, reverse=reverse, turn=turn)
        part = "candidates" if alone else "company"
        self.watch.spans.append(Span(part, start, time.perf_counter(), run.seconds))
        return run


@dataclass(frozen=True, slots=True)
class WatchedMerger:
    """A merger whose time is noted."""

    merger: Merger
    watch: Stopwatch

    def merge(self, candidates: Sequence[Candidate]) -> Merged:
        with self.watch.part("merging"):
            return self.merger.merge(candidates)


@dataclass(frozen=True, slots=True)
class Row:
    """One part: its wall seconds, and how they came about."""

    part: str
    seconds: float
    note: str = ""


IMPORTS = "import testgen.cli, testgen.pipeline, testgen.reports.terminal"  # what `testgen keep` needs


def parts(shop: Shop, written: Sequence[Written], repeat: int) -> list[Row]:
    """The parts of one run of `testgen keep`, in order; they add up to the whole."""
    settings = Settings(
        source_file=shop.source,
        test_file=shop.test_file,
        python=shop.python,
        timeout=HANG,
        repeat=repeat,
    )
    watch = Stopwatch()
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    start_up = time.perf_counter() - started
    started = time.perf_counter()
    run_watched(settings, watch, file_text("", written))
    return rows(watch, start_up, time.perf_counter() - started)


def run_watched(settings: Settings, watch: Stopwatch, text: str) -> None:
    """What `pipeline.keep` does, with a stopwatch beside it, and no candidate tried before its turn."""
    with watch.part("looking"):
        scene = look(settings, os.environ)
    scene = replace(scene, merger=WatchedMerger(scene.merger, watch))
    with watch.part("sandbox"):
        enclosure = choose(settings.sandbox, NOTHING, scene.project, os.environ)
    with WatchedBench(scene.project, limits(settings), os.environ, enclosure) as bench:
        bench.watch = watch
        rounds = begin(bench, scene, settings, lambda _: None)
        rounds.warm_up()
        rounds.judge(Reply(text, Usage()))
        rounds.confirm()


def wait_for_workers(shop: Shop, answer: float) -> float:
    """Seconds that judging has to wait for the workers if a model answers after so many seconds."""
    settings = Settings(source_file=shop.source, test_file=shop.test_file, python=shop.python)
    with bench_for(settings, look(settings, os.environ).project, os.environ) as bench:
        bench.warm(bench.measure().preload)
        time.sleep(answer)
        started = time.perf_counter()
        bench.ready()
        return time.perf_counter() - started


def rows(watch: Stopwatch, start_up: float, whole: float) -> list[Row]:
    """The parts of a run, the rest last."""
    tried, company = watch.of("candidates"), watch.of("company")
    inside = sum(span.inside for span in tried)
    found = [
        Row("looking at the project", watch.wall("looking"), "asks its interpreter what it has"),
        Row("choosing the sandbox", watch.total("sandbox"), "the strongest that works here is tried once"),
        Row("baseline", watch.total("baseline"), "the existing suite, under coverage, in a new process"),
        Row("waiting for the warm workers", watch.total("workers"), "each imports pytest and the project"),
        Row(
            "candidates, alone and repeated",
            watch.wall("candidates"),
            f"{len(tried)} forks of {1000 * watch.total('candidates') / len(tried):.0f} ms, "
            f"{1000 * inside / len(tried):.0f} ms of it collecting and running; two at a time; "
            f"merging {1000 * watch.total('merging'):.0f} ms in all",
        ),
        Row("company", watch.total("company"), f"{len(company)} runs: both orders, bisection, both again"),
        Row("confirmation", watch.total("confirmation"), "the whole suite once more, with what is kept"),
    ]
    rest = whole - sum(row.seconds for row in found)
    start = Row("starting testgen", start_up, "Python and its imports")
    return [start, *found, Row("the rest", rest, "parsing, selection, ending the workers")]


def steps(shop: Shop, one: Written) -> dict[str, float]:
    """The steps of one forked child and their median milliseconds, seen from inside the project's Python."""
    content = shop.root / "content.txt"
    content.write_text(file_text(shop.existing, (one,)))
    order = {
        "worker": str(WORKER.parent),
        "root": str(shop.root),
        "content": str(content),
        "test": one.name,
        "preload": ["prices"] if shop.setting.suite else [*shop.setting.weight.imports],
    }
    script = Path(__file__).with_name("child_steps.py")
    environ = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [shop.python, str(script), json.dumps(order)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environ, cwd=shop.root)
    rounds: list[dict[str, float]] = json.loads(answer.stderr)
    return {step: 1000 * median(each[step] for each in rounds) for step in rounds[0]}
