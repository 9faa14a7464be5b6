"""Runs that several ask for, made once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a test file's content, as `Judge.try_out` is asked for it."""

    content: bytes
    tests: tuple[str, ...] | None
    reverse: bool
    turn: int

    @property
    def key(self) -> Hashable:
        """What it is known by, which is short however long the content is."""
        return digest(self.content), self.tests, self.reverse, self.turn


def key_of(contents: Mapping[Path, bytes]) -> Hashable:
    """What a run of the whole suite with these contents is known by."""
    return frozenset((path, digest(content)) for path, content in contents.items())


def digest(content: bytes) -> bytes:
    """A short name for a text."""
    return sha256(content).digest()


class Shared(Generic[Made]):
    """What several ask for is made once: by who asks first, while the others wait for it."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Future[Made]] = {}
        self._lock = Lock()

    def asker(self) -> Asker[Made]:
        """One more who asks."""
        return Asker(self)

    def knows(self, key: Hashable) -> bool:
        """Whether it was made, or is being made."""
        return key in self._made

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is known by the key; who waits in vain for somebody else makes it himself."""
        with self._lock:
            known, own = self._made.get(key), Future[Made]()
            if known is None:
                self._made[key] = own
        if known is not None:
            return make() if known.exception() else known.result()
        try:
            own.set_result(make())
        except BaseException as error:
            own.set_exception(error)
            raise
        return own.result()


class Asker(Generic[Made]):
    """One of those who ask; what is asked for again is made again, and is the others' second of its kind."""

    def __init__(self, shared: Shared[Made]) -> None:
        self._shared = shared
        self._times = Counter[Hashable]()
        self._lock = Lock()

    def foretold(self, what: Hashable) -> bool:
        """Whether what is asked for next was already asked for by somebody else."""
        return self._shared.knows((what, self._times[what]))

    def get(self, what: Hashable, make: Callable[[], Made]) -> Made:
        """It, made here or by somebody else."""
        with self._lock:
            key = what, self._times[what]
            self._times[what] += 1
        return self._shared.get(key, make)
