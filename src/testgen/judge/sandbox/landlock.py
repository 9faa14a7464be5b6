"""Landlock, where Linux has it: needs no package and no rights; what is not allowed is refused.

The worker shuts itself in. Other processes can be seen in the list but neither read nor signalled, and files
written to the private folders are there until the run ends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from testgen.judge.sandbox.terms import Place, Start, texts

NOTE = "{network}, files outside the project hidden, writing refused"
# Shared memory, because locks between processes live there. Not the terminals, where the user types, nor
# the disks, which root could read.
DEVICES = tuple(Path("/dev", name) for name in ("null", "zero", "full", "random", "urandom", "shm"))


def missing(environ: Mapping[str, str]) -> str:  # noqa: ARG001
    """Whether this is Linux at all."""
    return "" if sys.platform == "linux" else "Landlock is a part of Linux"


def enclose(start: Start, place: Place) -> Start:
    """The same command; the worker allows itself what may be read and written."""
    closed = (*place.hidden, *place.masked, Path("/dev"))
    grants = place.grants
    visible = (*place.shown, place.scratch, *grants.read, *grants.write)
    reading = [*around(Path("/"), closed)]
    for folder in visible:
        reading += around(folder, place.masked)
    confine = replace(
        start.confine,
        reading=texts(tuple(dict.fromkeys(reading))),
        listing=(str(place.root),),
        writing=texts((place.own, *grants.write)),
        sharing=texts(DEVICES),
        network=grants.network,
    )
    return replace(start, confine=confine)


def around(folder: Path, closed: tuple[Path, ...]) -> Iterator[Path]:
    """The largest files and folders of a folder that hold nothing of what is closed."""
    if folder in closed:
        return
    if not any(path.is_relative_to(folder) for path in closed):
        yield folder
        return
    try:
        below = sorted(folder.iterdir())
    except OSError:
        return
    for path in below:
        yield from around(path, closed)
