"""A test command's runs, wall time and kept tests: in groups as testgen does, and one run for each candidate.

    python benchmarks/commands.py [NAME...]      (needs Node.js, Go, a JDK and Maven, as far as there are)

The samples with their recorded replies, and for every runner twelve candidates of which three fail. Both ways
run in the same sandbox with the same command. One run for each is the least that it takes that way: what
passes once beside those kept before it, and reaches something new, is kept. testgen sees each pass several
times, proves that it is needed, and confirms all with the whole suite.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "tests"), str(REPOSITORY / "sample_projects")]

from demo import Foreign, copy_sample  # noqa: E402
from foreign import FOREIGN, environment, install, recorded  # noqa: E402
from testgen.benches import bench_for  # noqa: E402
from testgen.domain import Candidate, Outcome, Reply, Usage  # noqa: E402
from testgen.judge.command.bench import CommandBench  # noqa: E402
from testgen.languages import Parsed, language_of  # noqa: E402
from testgen.pipeline import begin, see_through  # noqa: E402
from testgen.scene import Scene, look  # noqa: E402
from testgen.settings import Settings  # noqa: E402
from twelves import TWELVES  # noqa: E402


@dataclass(frozen=True)
class Case:
    """A project to be made in a folder, and candidates for one of its sources."""

    name: str
    foreign: Foreign
    source: str
    test_file: str
    reply: str
    make: Callable[[Path], None]

    def settings(self, root: Path) -> Settings:
        """What a user would say, in a way that writes nothing."""
        return Settings(
            source_file=root / self.source,
            test_file=root / self.test_file,
            test_command=self.foreign.command,
            coverage_report=self.foreign.report,
            diff_only=True,
        )


@dataclass(frozen=True)
class Took:
    """How often the command was run, how many tests were kept, and wall seconds."""

    runs: int
    kept: int
    seconds: float


def cases() -> Iterator[Case]:
    """The samples, then twelve candidates for every runner."""
    for name, (sample, foreign) in FOREIGN.items():
        make = partial(copy_sample, name)
        yield Case(name, foreign, sample.source, sample.test_file, recorded(name), make)
    for name, twelve in TWELVES.items():
        title = f"twelve, {name}"
        yield Case(title, twelve.foreign, twelve.source, twelve.test_file, twelve.reply, twelve.make)


def in_groups(settings: Settings, scene: Scene, bench: CommandBench, reply: str) -> int:
    """testgen's way; how many are kept."""
    rounds = begin(bench, scene, settings, lambda _: None)
    see_through(settings, rounds, lambda: rounds.judge(Reply(reply, Usage())))
    return len(rounds.kept)


def one_by_one(settings: Settings, scene: Scene, bench: CommandBench, reply: str) -> int:  # noqa: ARG001
    """A run for each; how many are kept."""
    reached = bench.measure().coverage.reached
    kept: list[Candidate] = []
    for parsed in scene.language.parse(reply):
        run = bench.confirm(scene.merger.merge([*kept, parsed.candidate]).content)
        if run.outcome is Outcome.PASSED and run.reach - reached:
            kept.append(parsed.candidate)
            reached |= run.reach
    return len(kept)


def took(way: Callable[[Settings, Scene, CommandBench, str], int], case: Case, root: Path) -> Took:
    """What a way takes from a fresh start."""
    started = time.perf_counter()
    settings, environ = case.settings(root), environment()
    scene = look(settings, environ)
    with bench_for(settings, scene.project, environ) as bench:
        assert isinstance(bench, CommandBench)
        kept = way(settings, scene, bench, case.reply)
        return Took(bench.runs, kept, time.perf_counter() - started)


def row(case: Case) -> str:
    """A line of the table; a run before both fills the caches."""
    with tempfile.TemporaryDirectory(prefix="testgen-bench-") as folder:
        root = Path(folder).resolve() / "project"
        with redirect_stdout(sys.stderr):
            case.make(root)
            install(case.foreign, root)
            took(one_by_one, replace(case, reply=""), root)
            ours, theirs = took(in_groups, case, root), took(one_by_one, case, root)
    candidates = len(look_at(case))
    ratio = ours.seconds / theirs.seconds
    return (
        f"| {case.name} | {candidates} | {ours.runs} | {theirs.runs} | {ours.kept} | {theirs.kept} "
        f"| {ours.seconds:.1f} s | {theirs.seconds:.1f} s | {ratio:.2f} |"
    )


def look_at(case: Case) -> Sequence[Parsed]:
    """The candidates of a case."""
    language = language_of(Path(case.source))
    assert language is not None
    return language.parse(case.reply)


def main() -> None:
    """Print the table, or the lines of it that are named."""
    print("| project | candidates | runs | one each | kept | one each | time | one each | ratio |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for case in cases():
        if sys.argv[1:] and case.name not in sys.argv[1:]:
            continue
        print(row(case) if not case.foreign.missing else f"| {case.name} | not installed |", flush=True)


if __name__ == "__main__":
    main()
