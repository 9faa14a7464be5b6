"""Bubblewrap: namespaces of one's own, without rights. What is written succeeds and is forgotten.

bwrap makes the outer walls: no network but its own loopback, no other process, every file system read-only,
what is hidden replaced by empty folders. Inside, the worker covers the project and its private folder with an
overlay, and each job covers that with another (bwrap has overlays from 0.11 on only, and only one for all).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from testgen.judge.sandbox.surroundings import lies_in, socket_files
from testgen.judge.sandbox.terms import DISK, Confine, Place, Start, texts

NOTE = "{network}, files outside the project hidden, writing forgotten"
SHARED = (Path("/tmp"), Path("/dev/shm"))  # noqa: S108
# Root keeps one capability of its namespace: it takes that to be root in the next one.
WALLS = ("--unshare-all", "--unshare-user", "--cap-drop", "ALL", "--cap-add", "CAP_SETFCAP")


@dataclass(frozen=True, slots=True)
class Step:
    """Something to mount at a path: the words for bwrap."""

    path: Path
    words: tuple[str, ...]


def missing(environ: Mapping[str, str]) -> str:
    """Whether the program is there."""
    found = shutil.which("bwrap", path=environ.get("PATH"))
    return "" if found else "bwrap is not installed; on Debian and Ubuntu: apt install bubblewrap"


def enclose(start: Start, place: Place) -> Start:
    """The command inside bwrap; writing into the project is real, and only there, where it is granted."""
    bwrap = shutil.which("bwrap", path=start.environ.get("PATH")) or "bwrap"
    written = any(path.is_relative_to(place.root) for path in place.grants.write)
    caches = tuple(path for path in place.caches if path not in place.grants.write)
    overlays = (*caches, place.own) if written else (place.root, *caches, place.own)
    left = (path for path in place.masked if not any(path.is_relative_to(top) for top in overlays))
    steps = [*_hiding(place), *_showing(place), *_masking((*left, *_open_sockets(place)))]
    steps.sort(key=lambda step: len(step.path.parts))  # outer folders first, and hiding before showing
    network = ("--share-net",) if place.grants.network else ()
    walls = (*WALLS, *network, "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev")
    sealed = (path for path in place.hidden if path not in SHARED)
    closing = (word for path in sealed for word in ("--remount-ro", str(path)))
    mounts = (word for step in steps for word in step.words)
    return replace(
        start,
        command=(bwrap, *walls, *mounts, *closing, "--", *start.command),
        confine=Confine(overlays=texts(overlays), masked=texts(place.masked)),  # nothing that is left lasts
    )


def _hiding(place: Place) -> Iterator[Step]:
    for path in (*place.hidden, SHARED[1]):
        yield Step(path, ("--size", str(DISK), "--tmpfs", str(path)))


def _showing(place: Place) -> Iterator[Step]:
    for path in (*place.shown, place.scratch, *place.grants.read):
        yield Step(path, ("--ro-bind-try", str(path), str(path)))
    private = (word for path in (place.home, place.tmp) for word in ("--dir", str(path)))
    yield Step(place.own, ("--size", str(DISK), "--tmpfs", str(place.own), *private))
    for path in place.grants.write:
        yield Step(path, ("--bind", str(path), str(path)))


def _open_sockets(place: Place) -> Iterator[Path]:
    """The socket files that can be seen and were not granted; through an overlay they lead nowhere."""
    seen = (*place.shown, *place.grants.read)
    for path in dict.fromkeys(socket_files()):
        granted = path in place.grants.read or lies_in(path, place.grants.write)
        if not granted and (lies_in(path, seen) or not lies_in(path, place.hidden)):
            yield path


def _masking(paths: Iterable[Path]) -> Iterator[Step]:
    for path in paths:
        nothing = ("--tmpfs",) if path.is_dir() else ("--ro-bind", "/dev/null")
        yield Step(path, (*nothing, str(path)))
