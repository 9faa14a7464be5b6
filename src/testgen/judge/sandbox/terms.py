"""What the sandboxes are told and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DISK = 1 << 30  # bytes that may be written to a private folder
PROCESSES = 512


@dataclass(frozen=True, slots=True)
class Grants:
    """What the user lets tests have beside their project; paths are absolute.

    `variables` are the names of environment variables that are handed on although they look like a secret or
    lead out of the sandbox.
    """

    network: bool = False
    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    variables: tuple[str, ...] = ()


NOTHING = Grants()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one worker runs and what it must and must not see; paths are absolute and without links.

    `own` is a folder that only this worker writes to, with `home` and `tmp` in it; it lies in `scratch`,
    where the texts to be tried are put. Of the folders in `hidden` nothing is to be seen but what is `shown`
    (the project among it) or granted, and even there nothing of what is `masked`, files and folders.
    To `caches`, which are shown, tools write; where that can be forgotten, they may.
    """

    root: Path
    scratch: Path
    own: Path
    hidden: tuple[Path, ...]
    shown: tuple[Path, ...]
    masked: tuple[Path, ...]
    grants: Grants
    caches: tuple[Path, ...] = ()

    @property
    def private(self) -> tuple[Path, ...]:
        """The folders to which only this worker writes."""
        return (self.own, self.home, self.tmp)

    @property
    def home(self) -> Path:
        """The home folder of the tests."""
        return self.own / "home"

    @property
    def tmp(self) -> Path:
        """The folder for temporary files of the tests."""
        return self.own / "tmp"


@dataclass(frozen=True, slots=True)
class Confine:
    """What a worker does to itself before anything of the project runs; see testgen_worker/confine.py.

    From the folders in `private` it takes away what each job leaves; see testgen_worker/leavings.py.
    """

    overlays: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    listing: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    sharing: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    network: bool = True


OPEN = Confine()


@dataclass(frozen=True, slots=True)
class Start:
    """How a worker is started: its command, its environment, and how it shuts itself in."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    confine: Confine = OPEN


def texts(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Paths as they stand in a command or a message."""
    return tuple(map(str, paths))
