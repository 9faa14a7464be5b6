"""Several tasks at the same time, on threads that keep nobody from ending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

PARTING = 1.0  # seconds for what is under way when nobody waits for it any more


@contextmanager
def side_by_side(
    tasks: Iterable[Task], work: Callable[[Task], Answer], threads: int, over: Event
) -> Iterator[Iterator[tuple[Task, Answer | Exception]]]:
    """Give each task with what its work gave or raised, as they end; none is begun once it is `over`.

    At the end of the block what is still under way is left alone.
    """
    waiting: SimpleQueue[Task] = SimpleQueue()
    done: SimpleQueue[tuple[Task, Answer | Exception] | None] = SimpleQueue()
    for task in tasks:
        waiting.put(task)

    def run() -> None:
        while not over.is_set():
            try:
                task = waiting.get_nowait()
            except Empty:
                break
            done.put((task, _tried(work, task)))
        done.put(None)

    def answers() -> Iterator[tuple[Task, Answer | Exception]]:
        running = threads
        while running:
            if (answer := done.get()) is None:
                running -= 1
            else:
                yield answer

    started = [Thread(target=run, daemon=True) for _ in range(threads)]
    for thread in started:
        thread.start()
    try:
        yield answers()
    finally:
        over.set()
        for thread in started:
            thread.join(PARTING / threads)


def _tried(work: Callable[[Task], Answer], task: Task) -> Answer | Exception:
    try:
        return work(task)
    except Exception as error:  # noqa: BLE001 (the end of a thread: it is the task's answer)
        return error
