"""Every hostile candidate, in every sandbox that works here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

import pytest
from hostiles import ALL, HOSTILES, LYING, Hostile
from tortures import GOOD
from worlds import GOT, SECRET, World, world

from testgen.domain import Outcome, Reach, Run
from testgen.errors import UsageError
from testgen.judge.bench import Bench
from testgen.judge.sandbox import choose
from testgen.judge.sandbox.terms import NOTHING
from testgen.judge.workers import Limits
from testgen.project import probe

LIMITS = Limits(timeout=1, suite_timeout=60, jobs=1, repeat=1, memory=300)
EVERYTHING = Reach.of([3, 6, 7, 8], [(7, 8)])
TABLE = [
    pytest.param(sandbox, hostile, id=f"{sandbox}-{hostile.name}")
    for sandbox in ALL
    for hostile in HOSTILES
    if sandbox in hostile.runs
]


@dataclass(frozen=True)
class Room:
    """A sandbox with a world around it, and a bench in it."""

    here: World
    bench: Bench


@pytest.fixture(scope="module")
def open_room(tmp_path_factory, project_python) -> Iterator[Callable[[str], Room]]:
    """The room of a sandbox, opened when it is first asked for; skips where that sandbox does not work."""
    interpreter = probe(project_python)
    with ExitStack() as stack:

        @cache
        def opened(sandbox: str) -> Room:
            here = stack.enter_context(world(tmp_path_factory.mktemp(sandbox), interpreter))
            project = here.project(interpreter)
            try:
                enclosure = choose(sandbox, NOTHING, project, here.environ)
            except UsageError as reason:
                pytest.skip(reason.cause)
            bench = stack.enter_context(Bench(project, LIMITS, here.environ, enclosure))
            bench.warm([bench.measure().module])
            assert bench.ready() == ""
            return Room(here, bench)

        yield opened


@pytest.mark.parametrize(("sandbox", "hostile"), TABLE)
def test_it_gets_nothing_and_its_neighbour_is_judged_right(open_room, sandbox: str, hostile: Hostile):
    room = open_room(sandbox)
    here, bench = room.here, room.bench
    running = here.processes()
    run = bench.try_out(here.content(hostile.body), ["test_it"])
    harm = [*got(run), *here.harm(), *(believed(hostile, run) if hostile in LYING else [])]
    assert bool(harm) == (sandbox in hostile.gets), (harm, run)
    neighbour = bench.try_out(GOOD.encode(), ["test_it"])
    assert (neighbour.outcome, neighbour.failure) == (Outcome.PASSED, None)
    assert neighbour.reach == EVERYTHING
    assert here.processes() == running


def got(run: Run) -> list[str]:
    """What a candidate says that it has got hold of."""
    return [text for text in (SECRET, GOT) if text in repr(run)]


def believed(hostile: Hostile, run: Run) -> list[str]:
    """Whether it is believed to pass though it fails, or to reach the branch that it does not."""
    lies = "assert 0" in hostile.body or (7, 8) in run.reach.branches
    return ["a lie"] if run.outcome is Outcome.PASSED and lies else []
