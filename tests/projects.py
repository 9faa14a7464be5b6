"""Interpreters that stand in for users' projects: pytest, coverage, a sample's needs, nothing of testgen.

Each is a virtual environment in `.cache/environments`, made on first use (seconds, and the package registry)
and kept. Pytest processes that run at the same time share them: a lock lets one build while others wait.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLES = REPOSITORY / "sample_projects"
CACHE = REPOSITORY / ".cache" / "environments"
TOOLS = ("coverage", "pytest")
VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
PROBE = "import sys; print('%d.%d.%d' % sys.version_info[:3])"


class MissingInterpreterError(LookupError):
    """This machine has no such Python."""


@dataclass(frozen=True, slots=True)
class Base:
    """A Python of this machine, and its version, such as "3.12.1"."""

    python: Path
    version: str


def base(version: str, environ: Mapping[str, str]) -> Base:
    """The Python of a minor version, such as "3.9"; raises MissingInterpreterError if there is none."""
    for python in _places(version, environ):
        found = _version(python)
        if found.startswith(f"{version}."):
            return Base(python, found)
    raise MissingInterpreterError(f"no Python {version} on PATH or in ~/.pyenv/versions")


def running() -> Base:
    """The Python that runs these tests."""
    return Base(Path(sys.executable), "{}.{}.{}".format(*sys.version_info[:3]))


def running_version() -> str:
    """Its minor version, such as "3.11": the one that every machine has."""
    return running().version.rpartition(".")[0]


def newest_version(environ: Mapping[str, str]) -> str:
    """The newest minor version that this machine has."""

    def is_there(version: str) -> bool:
        try:
            return bool(base(version, environ))
        except MissingInterpreterError:
            return False

    return next(version for version in (*VERSIONS[::-1], running_version()) if is_there(version))


def environment(python: Base, packages: tuple[str, ...] = TOOLS, cache: Path = CACHE) -> Path:
    """The interpreter of a virtual environment with these packages; made if it is not there yet.

    Made by uv, which takes a second where venv and pip take eight. Raises CalledProcessError, with uv's own
    words on stderr, when it cannot be made.
    """
    folder = cache / "-".join((python.version, *packages))
    made, ready = folder / "bin" / "python", folder / ".ready"
    with _locked(folder.with_name(f"{folder.name}.lock")):
        if not (ready.exists() and made.exists()):  # the Python it was made with may be gone
            uv = find_uv_bin()
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", python.python, folder], check=True)
            install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", made, *packages]
            subprocess.run(install, check=True)
            ready.touch()
    return made


def sample_environment(name: str) -> Path:
    """The interpreter of a sample project, with its dependencies, for the running version of Python."""
    config = tomllib.loads((SAMPLES / name / "pyproject.toml").read_text(encoding="utf-8"))
    return environment(running(), (*TOOLS, *config["project"].get("dependencies", ())))


def copy_sample(name: str, folder: Path) -> Path:
    """A sample project of one's own to change, below `folder`; without its recordings."""
    ignored = shutil.ignore_patterns(".*", "__pycache__", "recordings")
    return Path(shutil.copytree(SAMPLES / name, folder / name, ignore=ignored))


def _places(version: str, environ: Mapping[str, str]) -> Iterator[Path]:
    if running().version.startswith(f"{version}."):
        yield Path(sys.executable)
    versions = Path(environ.get("HOME", "/nonexistent"), ".pyenv", "versions")
    yield from sorted(versions.glob(f"{version}.*/bin/python"))
    found = shutil.which(f"python{version}", path=environ.get("PATH"))
    if found:
        yield Path(found)


def _version(python: Path) -> str:
    answer = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
