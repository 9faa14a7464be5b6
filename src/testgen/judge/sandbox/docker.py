"""Docker: the machine's own programs in an otherwise empty container.

The image only lends its root folder: what a Python needs of this machine is mounted over it, read-only, so
that the tests run with the project's own interpreter. Never chosen by `auto`: it starts slowly and needs the
image.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from testgen.judge.sandbox.terms import DISK, PROCESSES, Place, Start

NOTE = "{network}, files outside the project hidden, writing refused"
IMAGE = "debian:stable-slim"
SYSTEM = tuple(Path("/", name) for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64", "opt"))


def missing(environ: Mapping[str, str]) -> str:
    """Whether the program is there; whether an engine answers shows when it is tried."""
    return "" if shutil.which("docker", path=environ.get("PATH")) else "docker is not installed"


def enclose(start: Start, place: Place) -> Start:
    """The command in a container of its own that vanishes with it."""
    docker = shutil.which("docker", path=start.environ.get("PATH")) or "docker"
    walls = (
        *("run", "--rm", "--interactive", "--init", "--pull", "never", "--read-only"),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", str(PROCESSES)),
        *("--network", "bridge" if place.grants.network else "none"),
        *("--user", f"{os.getuid()}:{os.getgid()}", "--workdir", str(place.root)),
    )
    handed = (word for name in sorted(start.environ) for word in ("--env", name))
    command = (docker, *walls, *_mounts(place), *handed, IMAGE, *start.command)
    return replace(start, command=command)


def _mounts(place: Place) -> Iterator[str]:
    for path in (*SYSTEM, *place.shown, place.scratch, *place.grants.read):
        if path.exists():
            yield from ("--volume", f"{path}:{path}:ro")
    for path in place.grants.write:
        yield from ("--volume", f"{path}:{path}")
    for path in place.masked:
        yield from ("--tmpfs", f"{path}:ro") if path.is_dir() else ("--volume", f"/dev/null:{path}:ro")
    for path in (place.home, place.tmp, Path("/tmp")):  # noqa: S108
        yield from ("--tmpfs", f"{path}:rw,exec,mode=1777,size={DISK}")
