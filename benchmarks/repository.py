"""Runs over a whole repository: wall time and memory as the files grow, and judging while the model thinks.

    python benchmarks/repository.py [FILES...]      (on a machine that does nothing else)

Makes repositories of small modules without tests but for the first, and runs `testgen` on them with an
endpoint on loopback that answers from a script: two good tests and a bad one for each module. Prints a table.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests")]

from endpoint import Say, ScriptedEndpoint  # noqa: E402
from projects import environment, running  # noqa: E402
from repositories_of_modules import Modules, reply  # noqa: E402

FILES = (25, 50, 100, 200)
LATENCY = 2.0  # seconds a model thinks


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds, the part of all processors' time, and MiB of the largest process."""

    wall: float
    busy: float
    memory: float


def processors() -> tuple[float, float]:
    """Ticks of all processors since the machine began: at work, and all."""
    ticks = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def run(files: int, latency: float) -> Cost:
    """One run over a fresh repository; its modules must all end with their two tests."""

    def answer(prompt: str) -> str:
        time.sleep(latency)
        return reply(prompt)

    with tempfile.TemporaryDirectory() as folder, ScriptedEndpoint() as endpoint:
        endpoint.always(Say(answer))
        names = [f"module_{number:03}" for number in range(files)]
        modules = Modules.of(Path(folder, "project"), environment(running()), *names)
        began, before = time.perf_counter(), processors()
        process = modules.start("--max-iterations", "1", "--quiet", "--api-base", endpoint.url)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        wall = time.perf_counter() - began
        worked, passed = (now - then for now, then in zip(processors(), before, strict=True))
        assert status == 0, status
        assert all(f"test_twice_{name}" in modules.text_of(name) for name in names)
    return Cost(wall, worked / passed, used.ru_maxrss / 1024)


def main() -> None:
    counts = [int(text) for text in sys.argv[1:]] or FILES
    print("| files | model thinks | wall | a file | processors busy | largest process |")
    print("|--:|--:|--:|--:|--:|--:|")
    for files, latency in [*((files, 0.0) for files in counts), (counts[0], LATENCY)]:
        cost = run(files, latency)
        print(
            f"| {files} | {latency:g} s | {cost.wall:.1f} s | {1000 * cost.wall / files:.0f} ms "
            f"| {100 * cost.busy:.0f} % | {cost.memory:.0f} MiB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
