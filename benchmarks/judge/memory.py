"""How much memory a forked child has for itself, beyond what it shares with its parent."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from candidates import Kind, Written
from shops import Shop, file_text

from testgen.benches import limits
from testgen.judge.bench import Bench
from testgen.scene import look
from testgen.settings import Settings


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB: a warm worker's own memory, and what is private to its forks at most (median and largest)."""

    worker: float
    fork: float
    largest: float


@dataclass(slots=True)
class Sampler:
    """Looks at the forks of this process's workers as often as it can, and keeps the most that each had."""

    most: dict[int, float] = field(default_factory=dict)
    worker: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.over.is_set():
            for worker in below(os.getpid()):
                self.worker = max(self.worker, private(worker))
                for fork in below(worker):
                    self.most[fork] = max(self.most.get(fork, 0.0), private(fork))


def measured(shop: Shop, written: Sequence[Written]) -> Memory:
    """The memory of the forks for all candidates that pass alone."""
    settings = Settings(source_file=shop.source, test_file=shop.test_file, python=shop.python)
    scene = look(settings, os.environ)
    with Bench(scene.project, limits(settings), os.environ) as bench:
        bench.warm(bench.measure().preload)
        bench.ready()
        sampler = Sampler()
        thread = threading.Thread(target=sampler.watch)
        thread.start()
        for turn, one in enumerate(written):
            if one.kind in (Kind.GAINS, Kind.REPEATS):
                content = file_text(shop.existing, (one,)).encode()
                bench.try_out(content, [one.name], turn=turn)
        sampler.over.set()
        thread.join()
    return Memory(sampler.worker, median(sampler.most.values()), max(sampler.most.values()))


def below(pid: int) -> list[int]:
    """The processes directly below one."""
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    return []


def private(pid: int) -> float:
    """MiB that a process has written to and shares with no other; 0 when it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) / 1024
    return 0.0
