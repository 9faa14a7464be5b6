"""Ways to judge candidates: ours, those of the tools that came before, and the least that it can take."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from candidates import RIGHT, Kind, Written
from shops import Shop, file_text

from testgen.domain import Gate, Reach
from testgen.judge.workers import cores

HANG = 5.0  # seconds that a candidate may run
SLOW = 600.0  # seconds after which anything else is given up
ONE_PROCESS = (Kind.BREAKS, Kind.LOOPS, Kind.EXITS)  # these would end or hold up a process that others share
# One seed for all who look once, so that the answers on the flaky candidate are the same every time.
ENVIRON = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True, slots=True)
class Took:
    """Wall seconds for some candidates, those of them that do not grow with their number (`fixed`), and the
    candidates whose verdict was wrong; `cpu` are seconds of all processes together."""

    seconds: float
    fixed: float = 0.0
    wrong: tuple[str, ...] = ()
    cpu: float = 0.0

    def scaled(self, factor: float) -> Took:
        """What so many times as many candidates would take."""
        return replace(self, seconds=self.fixed + (self.seconds - self.fixed) * factor)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a candidate: whether it ended well, and what was reached."""

    passed: bool
    reach: Reach


Way: TypeAlias = Callable[[Shop, Sequence[Written]], Took]


def ours(shop: Shop, written: Sequence[Written], *options: str) -> Took:
    """`testgen keep` as a user calls it, from start to end."""
    given, report = shop.root.parent / f"{shop.root.name}.txt", shop.root.parent / f"{shop.root.name}.json"
    given.write_text(file_text("", written))
    command = [
        *(sys.executable, "-m", "testgen", "keep", str(given), f"--report=json:{report}", "--quiet"),
        *(f"--source-file={shop.source}", f"--test-file={shop.test_file}", f"--python={shop.python}"),
        *(f"--timeout={HANG}", *options),
    ]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    said = {one["name"]: one["gate"] for one in json.loads(report.read_text())["candidates"]}
    given.unlink()
    report.unlink()
    return Took(seconds, wrong=tuple(one.name for one in written if not right(one, said.get(one.name, ""))))


def ours_once(shop: Shop, written: Sequence[Written]) -> Took:
    """The same with one run of each, which cannot tell what is flaky."""
    return ours(shop, written, "--repeat=1")


def ours_open(shop: Shop, written: Sequence[Written]) -> Took:
    """The same without a sandbox."""
    return ours(shop, written, "--sandbox=none")


def right(one: Written, gate: str | None) -> bool:
    """Whether testgen's verdict, the name of a gate or None, is the right one."""
    return (None if gate is None else Gate(gate) if gate else gate) in RIGHT[one.kind]


def floor(shop: Shop, written: Sequence[Written]) -> Took:
    """One process under coverage for the suite and all candidates that let a process live: no verdicts."""
    shop.test_file.write_text(
        file_text(shop.existing, [one for one in written if one.kind not in ONE_PROCESS])
    )
    started = time.perf_counter()
    ends_well([shop.python, "-m", "coverage", "run", "--branch", "-m", "pytest", "-q"], shop, SLOW)
    return Took(time.perf_counter() - started)


def whole_suite(shop: Shop, written: Sequence[Written]) -> Took:
    """keploy gen's and qodo-cover's: the whole suite for each candidate; kept if more lines are covered."""
    started = time.perf_counter()
    best, kept = len(covered(shop, ["tests"]).reach.lines), list[Written]()
    fixed = time.perf_counter() - started
    for one in written:
        shop.test_file.write_text(file_text(shop.existing, [*kept, one]))
        attempt = covered(shop, ["tests"], limit=HANG + fixed)
        if attempt.passed and len(attempt.reach.lines) > best:
            best, kept = len(attempt.reach.lines), [*kept, one]
    return Took(time.perf_counter() - started, fixed, wrong(written, kept))


def own_node(shop: Shop, written: Sequence[Written]) -> Took:
    """One process for each candidate that runs nothing else; kept when it reaches something new."""
    started = time.perf_counter()
    before = covered(shop, ["tests", "--cov-branch"]).reach
    fixed = time.perf_counter() - started
    attempts = list[Attempt]()
    for one in written:
        shop.test_file.write_text(file_text(shop.existing, [one]))
        attempts.append(covered(shop, [f"{shop.test_file}::{one.name}", "--cov-branch"], limit=HANG + fixed))
    return Took(time.perf_counter() - started, fixed, wrong(written, gaining(written, attempts, before)))


def forked_repeats(shop: Shop, written: Sequence[Written], repeat: int = 3) -> Took:
    """CoverUp's: for each candidate a new process that forks for each repeat, as many at once as cores."""
    started = time.perf_counter()
    before = slipcovered(shop, shop.root / "tests", [], SLOW).reach
    fixed = time.perf_counter() - started

    def attempt(one: Written) -> Attempt:
        path = shop.test_file.with_name(f"tmp_{one.name}.py")
        path.write_text(file_text("", [one]))
        options = [f"--count={repeat}", "--isolate", "-x", "--disable-warnings"]
        return slipcovered(shop, path, options, HANG + fixed)

    with ThreadPoolExecutor(cores()) as threads:
        attempts = list(threads.map(attempt, written))
    return Took(time.perf_counter() - started, fixed, wrong(written, gaining(written, attempts, before)))


def covered(shop: Shop, args: Sequence[str], limit: float = SLOW) -> Attempt:
    """One pytest process with pytest-cov."""
    report = shop.root / "coverage.json"
    command = [shop.python, "-m", "pytest", "-q", *args, "--cov=prices", f"--cov-report=json:{report}"]
    return Attempt(ends_well(command, shop, limit), reach_in(report))


def slipcovered(shop: Shop, tests: Path, options: Sequence[str], limit: float) -> Attempt:
    """One pytest process under SlipCover."""
    report = shop.root / f"{tests.stem}.json"
    measuring = ["-m", "slipcover", "--branch", "--json", "--out", str(report)]
    command = [
        str(shop.setting.weight.isolating_python),
        *measuring,
        "-m",
        "pytest",
        *options,
        "-qq",
        str(tests),
    ]
    return Attempt(ends_well(command, shop, limit), reach_in(report))


def reach_in(report: Path) -> Reach:
    """What a JSON report of coverage.py or SlipCover says of the source; it is taken away."""
    if not report.exists():
        return Reach()
    text = report.read_text()
    report.unlink()
    said = json.loads(text)["files"].get("prices.py", {}) if text else {}
    return Reach.of(said.get("executed_lines", ()), said.get("executed_branches", ()))


def ends_well(command: Sequence[str], shop: Shop, limit: float) -> bool:
    """Whether a command ends with exit code 0 within so many seconds; nothing of it runs on."""
    process = subprocess.Popen(
        command,
        cwd=shop.root,
        env=ENVIRON,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(limit) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False


def gaining(written: Iterable[Written], attempts: Iterable[Attempt], before: Reach) -> list[Written]:
    """The candidates that passed and reached something that those before them did not."""
    kept = list[Written]()
    for one, attempt in zip(written, attempts, strict=True):
        if attempt.passed and attempt.reach - before:
            before |= attempt.reach
            kept.append(one)
    return kept


def wrong(written: Iterable[Written], kept: Iterable[Written]) -> tuple[str, ...]:
    """The candidates that were kept or refused wrongly."""
    names = {one.name for one in kept}
    return tuple(one.name for one in written if (one.name in names) != one.kind.kept)
