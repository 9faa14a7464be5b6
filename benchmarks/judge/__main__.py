"""How long it takes to judge forty candidates, ours beside other ways, and how often each way is wrong.

    python benchmarks/judge                     everything; about half an hour on two cores
    python benchmarks/judge --projects light --suites 2 --runs 1
    python benchmarks/judge --tables ways --projects light --suites 2 --ways floor ours a     one cell

Figures are for one machine at one time: read the ratios, which come from one run. No model answers here: the
candidates are written by candidates.py, each with the one verdict that is right. The other tools' ways are
imitated, but run their real pytest commands and plug-ins. Interpreters with what the projects need are made
on first use, from the package registry.
"""

from __future__ import annotations

import argparse
import compileall
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))  # for the interpreters of projects.py

import memory
import parts
import ways
from candidates import Kind, Written, written
from shops import Setting, Weight, opened
from ways import Took, Way

import testgen

SAMPLE = 6  # where each takes long, every sixth of the candidates that do not end a run early stands for all


@dataclass(frozen=True, slots=True)
class Entry:
    """A way with its name; `often` ways are measured as often as asked for and in turns, the others once."""

    key: str
    name: str
    way: Way
    often: bool = False


OURS = "**testgen keep**, every pass 3 times"
FLOOR = "d. floor: one process for all, no verdicts"
OURS_ONCE = "**testgen keep**, every pass once"
SHUT_IN = (OURS, OURS_ONCE)  # a sandbox does not tell how much CPU its processes used
ENTRIES = (
    Entry("floor", FLOOR, ways.floor, often=True),
    Entry("ours", OURS, ways.ours, often=True),
    Entry("open", "**testgen keep**, the same without its sandbox", ways.ours_open, often=True),
    Entry("once", OURS_ONCE, ways.ours_once, often=True),
    Entry("a", "a. whole suite for each candidate (keploy gen, qodo-cover)", ways.whole_suite),
    Entry("b", "b. one process for each, its own test only", ways.own_node),
    Entry("c", "c. new process for each, a fork for each repeat (CoverUp)", ways.forked_repeats),
)
ALWAYS = ("floor", "ours")  # what the others are compared with
TABLES = ("ways", "parts", "scaling", "start")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a way took, and whether that is calculated from a sample."""

    took: Took
    sampled: bool
    hang: float | None = None  # seconds with the candidate that loops


def main() -> None:
    options = arguments()
    compileall.compile_dir(Path(testgen.__file__).parent, quiet=1)  # as whoever installs it has it
    print(f"{len(written(1, True))} candidates: {census(written(1, True))}\n")
    settings = [Setting(weight, suite) for weight in options.projects for suite in options.suites]
    entries = [entry for entry in ENTRIES if entry.key in (*ALWAYS, *options.ways)]
    if "ways" in options.tables:
        for setting in settings:
            compare(setting, entries, options.runs)
    if "parts" in options.tables:
        for setting in settings:
            profile(setting)
    if "scaling" in options.tables:
        scaling(options.runs)
    if "start" in options.tables:
        latency(options.projects)


def arguments() -> argparse.Namespace:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    projects = [weight.name.lower() for weight in Weight]
    parser.add_argument("--projects", nargs="+", choices=projects, default=projects)
    parser.add_argument("--suites", nargs="+", type=int, default=[0, 2, 10], metavar="SECONDS")
    keys = [entry.key for entry in ENTRIES]
    parser.add_argument("--ways", nargs="+", choices=keys, default=keys, help="beside the floor and ours")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES, help="all, unless named")
    parser.add_argument("--runs", type=int, default=3, help="ours and the floor: medians of so many runs")
    options = parser.parse_args()
    options.projects = [Weight[name.upper()] for name in options.projects]
    return options


def census(candidates: Sequence[Written]) -> str:
    counted = Counter(one.kind for one in candidates)
    return ", ".join(f"{counted[kind]} {kind.value}" for kind in Kind)


def compare(setting: Setting, entries: Sequence[Entry], runs: int) -> None:
    """Print what each way takes in one setting."""
    found = measured(setting, entries, runs)
    floor, ours = found[FLOOR].took.seconds, found[OURS].took.seconds
    print(f"## {setting}\n\n| way | seconds | × floor | × ours | CPU s | with the loop | wrong |")
    print("|---|--:|--:|--:|--:|--:|---|")
    for name, one in found.items():
        seconds = one.took.seconds
        cells = (
            name,
            f"{'≈ ' if one.sampled else ''}{seconds:.1f}",
            f"{seconds / floor:.1f}",
            f"{seconds / ours:.1f}",
            "" if one.sampled or name in SHUT_IN else f"{one.took.cpu:.1f}",
            "" if one.hang is None else f"{one.hang:.1f}",
            "" if name == FLOOR or one.sampled else faults(one.took.wrong),
        )
        print(f"| {' | '.join(cells)} |")
    print(flush=True)


def measured(setting: Setting, entries: Sequence[Entry], runs: int) -> dict[str, Measured]:
    """Each way on the candidates that do not loop; those that are measured often take turns."""
    candidates, results = written(1, False), defaultdict[str, list[Took]](list)
    for turn in range(runs):
        for entry in entries:
            if entry.often:
                tell(f"{setting}: {entry.name}, {turn + 1}")
                results[entry.name].append(once(entry.way, setting, candidates))
    found = {name: Measured(middle(took), False) for name, took in results.items()}
    found[OURS] = replace(found[OURS], hang=once(ways.ours, setting, written(1, True)).seconds)
    for entry in entries:
        if not entry.often:
            tell(f"{setting}: {entry.name}")
            found[entry.name] = other(entry.way, setting, candidates)
    return found


def other(way: Way, setting: Setting, candidates: Sequence[Written]) -> Measured:
    """Another tool's way: all candidates in the quickest setting, else some of them, which stand for all."""
    if setting == Setting(Weight.LIGHT, 0):
        return Measured(once(way, setting, candidates), False)
    lasting = [one for one in candidates if one.kind not in ways.ONE_PROCESS]
    chosen = lasting[::SAMPLE]
    return Measured(once(way, setting, chosen).scaled(len(lasting) / len(chosen)), True)


def once(way: Way, setting: Setting, candidates: Sequence[Written]) -> Took:
    """One run in a project of its own."""
    with opened(setting) as shop:
        before = cpu_seconds()
        took = way(shop, candidates)
        return replace(took, cpu=cpu_seconds() - before)


def cpu_seconds() -> float:
    """What all processes that were started from here, and have ended, have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def middle(results: Sequence[Took]) -> Took:
    """The one with the median time, with every verdict that was wrong in any of them."""
    wrong = tuple(sorted({name for took in results for name in took.wrong}))
    return replace(sorted(results, key=lambda took: took.seconds)[len(results) // 2], wrong=wrong)


def faults(names: Sequence[str]) -> str:
    kinds = {one.name: one.kind for one in written(10, True)}
    counted = Counter(kinds[name].value for name in names)
    return ", ".join(f"{count} that {kind}" for kind, count in counted.items()) or "none"


def profile(setting: Setting) -> None:
    """Print where our time goes, and what a fork costs in time and memory."""
    tell(f"{setting}: parts")
    candidates = written(1, False)
    print(f"## Where the time goes: {setting}\n\n| part | seconds | |\n|---|--:|---|")
    with opened(setting) as shop:
        for row in parts.parts(shop, candidates, repeat=3):
            print(f"| {row.part} | {row.seconds:.2f} | {row.note} |")
        steps, used = parts.steps(shop, candidates[0]), memory.measured(shop, candidates)
    said = ", ".join(f"{step} {milliseconds:.1f}" for step, milliseconds in steps.items())
    print(f"\nOne child, with no other beside it, medians in ms: {said}.")
    print(f"Private MiB: worker {used.worker:.0f}, fork {used.fork:.1f}, largest fork {used.largest:.1f}.\n")


def scaling(runs: int) -> None:
    """Print what ten times as many candidates take, on a source of ten times the size."""
    tell("ten times as many candidates")
    few = middle([once(ways.ours, Setting(Weight.LIGHT, 0), written(1, False)) for _ in range(runs)])
    many = once(ways.ours, Setting(Weight.LIGHT, 0, sets=10), written(10, False))
    times = many.seconds / few.seconds
    print("## Ten times as many, for a source ten times as long\n")
    print(f"39 candidates: {few.seconds:.1f} s; 390: {many.seconds:.1f} s, {times:.1f} times")
    print(f"wrong: {faults(many.wrong)}.\n")


def latency(projects: Sequence[Weight]) -> None:
    """Print how long warm workers take to start, and what is left to wait for after a model's answer."""
    print("## The workers' start beside the first question\n")
    print("| project | ready after | left to wait after an answer of 3 s |\n|---|--:|--:|")
    for weight in projects:
        tell(f"{weight.name.lower()}: start of the workers")
        with opened(Setting(weight, 2)) as shop:
            at_once, later = (parts.wait_for_workers(shop, answer) for answer in (0.0, 3.0))
        print(f"| {weight.name.lower()} | {at_once:.2f} s | {later:.2f} s |")


def tell(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
