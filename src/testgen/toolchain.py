"""What build tools need of the machine: programs in the user's home, and caches that they write to.

In a sandbox the home is empty. Programs are shown as they are; caches are shown too, and where there are
overlays what is written to them is forgotten.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Variables that name the folder of a toolchain.
HOMES = ("JAVA_HOME", "GOROOT", "M2_HOME", "MAVEN_HOME", "RUSTUP_HOME", "NVM_DIR", "VOLTA_HOME")
WRITTEN = ("GOCACHE",)  # without which nothing can be built
# What the run is to look like to the tools: nobody watches, nobody sees colours.
UNATTENDED = {"CI": "true", "NO_COLOR": "1", "FORCE_COLOR": "0", "TERM": "dumb"}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Folders with programs, folders with caches, and the variables by which tools find both."""

    programs: tuple[Path, ...]
    caches: tuple[Path, ...]
    environ: Mapping[str, str]

    def environ_in(self, home: Path, *, written: bool) -> Mapping[str, str]:
        """The variables for a home of one's own; a cache that is not `written` is replaced if need be."""
        own = {} if written else {name: str(home / name) for name in WRITTEN if name in self.environ}
        return {**self.environ, **own}


def toolchain(environ: Mapping[str, str]) -> Toolchain:
    """What of the user's home the tools of any language may need; only what is there."""
    home = Path(environ.get("HOME") or "/")
    go_path = Path(environ.get("GOPATH") or home / "go")
    caches = {
        "GOCACHE": Path(environ.get("GOCACHE") or home / ".cache/go-build"),
        "GOMODCACHE": Path(environ.get("GOMODCACHE") or go_path / "pkg/mod"),
        "CARGO_HOME": Path(environ.get("CARGO_HOME") or home / ".cargo"),
    }
    there = {name: path for name, path in caches.items() if path.is_dir()}
    repository = home / ".m2/repository"
    variables = {name: str(path) for name, path in there.items()} | UNATTENDED
    if repository.is_dir():
        # Java asks the system for the home folder, not the environment.
        local = f"-Dmaven.repo.local={repository} -Dmaven.legacyLocalRepo=true"
        variables["MAVEN_OPTS"] = f"{environ.get('MAVEN_OPTS', '')} {local}".strip()
    if (rustup := Path(environ.get("RUSTUP_HOME") or home / ".rustup")).is_dir():
        variables["RUSTUP_HOME"] = str(rustup)
    folders = [*there.values(), repository]
    return Toolchain(
        tuple(_programs(environ, home)), tuple(path for path in folders if path.is_dir()), variables
    )


def _programs(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Where programs on the search path are, with what lies beside a `bin`, but never the home itself."""
    for text in environ.get("PATH", "").split(os.pathsep):
        folder = Path(text)
        if text and folder.is_absolute() and folder.is_dir():
            beside = folder.name == "bin" and folder.parent not in (home, home / ".local", Path("/"))
            yield folder.parent if beside else folder
    yield from (Path(environ[name]) for name in HOMES if environ.get(name))
    if (rustup := home / ".rustup").is_dir():
        yield rustup
    yield from map(Path, (sys.prefix, sys.base_prefix))


NO_TOOLS = Toolchain((), (), {})
