"""Runs over a whole repository: wall time and memory as the files grow, and judging while the model thinks.

    python benchmarks/repository [FILES...]      (on a machine that does nothing else)

Makes repositories of small modules without tests but for the first, and runs `testgen` on them with an
endpoint on loopback that answers from a script after two seconds: two good tests and a bad one for each.
Prints a table. `asking` is the part of the wall time in which some question is with the model, `judging` the
part in which a worker runs something, `both` the part in which both is so.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "tests")]

from endpoint import Say, ScriptedEndpoint  # noqa: E402
from projects import environment, running  # noqa: E402
from repositories_of_modules import Modules, reply  # noqa: E402

FILES = (25, 50, 100, 200)
LATENCY = 2.0  # seconds a model thinks
OBSERVED = Path(__file__).with_name("observed.py")

Span = tuple[float, float]


class Observed(Modules):
    """A repository where testgen keeps a diary beside the project."""

    @property
    def diary(self) -> Path:
        return self.root.parent / "diary.json"

    def command(self, *arguments: str) -> list[str]:
        python, _, _, *rest = super().command(*arguments)
        return [python, str(OBSERVED), str(self.diary), *rest]


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds in all, asking, judging and both, and MiB of testgen's own process."""

    wall: float
    asking: float
    judging: float
    both: float
    memory: float


def measure(files: int) -> Cost:
    """One run over a fresh repository; its modules must all end with their two tests."""
    asking: list[Span] = []

    def answer(prompt: str) -> str:
        began = time.monotonic()
        time.sleep(LATENCY)
        asking.append((began, time.monotonic()))
        return reply(prompt)

    with tempfile.TemporaryDirectory() as folder, ScriptedEndpoint() as endpoint:
        endpoint.always(Say(answer))
        names = [f"module_{number:03}" for number in range(files)]
        modules = Observed.of(Path(folder, "project"), environment(running()), *names)
        began = time.monotonic()
        ended = modules.testgen("--max-iterations", "1", "--quiet", endpoint=endpoint)
        wall = time.monotonic() - began
        assert ended.code == 0, ended.stderr
        assert all(f"test_twice_{name}" in modules.text_of(name) for name in names)
        diary = json.loads(modules.diary.read_text())
    judging = [(start, end) for start, end in diary["judging"]]
    asked, judged = length(asking), length(judging)
    return Cost(wall, asked, judged, asked + judged - length([*asking, *judging]), diary["memory"])


def length(spans: Iterable[Span]) -> float:
    """How long at least one of the spans lasts."""
    total, seen = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, seen))
        seen = max(seen, end)
    return total


def main() -> None:
    print("| files | wall | a file | asking | judging | both | memory |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for files in [int(text) for text in sys.argv[1:]] or FILES:
        cost = measure(files)
        parts = " | ".join(
            f"{100 * part / cost.wall:.0f} %" for part in (cost.asking, cost.judging, cost.both)
        )
        print(
            f"| {files} | {cost.wall:.1f} s | {1000 * cost.wall / files:.0f} ms "
            f"| {parts} | {cost.memory:.0f} MiB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
