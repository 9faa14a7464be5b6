"""Where candidates run, code that nobody has read: one module each, one Protocol, one literal dict.

A sandbox encloses a worker, not each candidate: it turns the command that starts the worker into another, and
says how the worker then shuts itself in. The line to testgen stays standard input and output.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from testgen.errors import UsageError
from testgen.judge.sandbox import bwrap, docker, landlock, plain
from testgen.judge.sandbox.surroundings import DOORS, WORKER, place_for
from testgen.judge.sandbox.terms import NOTHING, Confine, Grants, Place, Start, texts
from testgen.project import Project
from testgen.providers.keys import is_secret

TRYING = 20  # seconds


class Sandbox(Protocol):
    """`NOTE` says what candidates can and cannot do in it, with a place for `{network}`."""

    NOTE: str

    def missing(self, environ: Mapping[str, str]) -> str:
        """What has to be there for it and is not, with what to do about it; "" if nothing."""
        ...

    def enclose(self, start: Start, place: Place) -> Start:
        """How to start the same worker inside."""
        ...


SANDBOXES: dict[str, Sandbox] = {
    "bwrap": bwrap,
    "docker": docker,
    "landlock": landlock,
    "none": plain,
}
AUTO = ("bwrap", "landlock", "none")  # the strongest first


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The sandbox of a run and what is granted in it; `passed_over` says why a stronger one is not used."""

    name: str = "none"
    grants: Grants = NOTHING
    passed_over: tuple[str, ...] = ()

    @property
    def apart(self) -> bool:
        """Whether two workers in it cannot meet: neither in the network nor in files that both may write."""
        return self.name != "none" and not self.grants.network and not self.grants.write

    @property
    def note(self) -> str:
        """Which one it is, for the summary."""
        why = f"; {'; '.join(self.passed_over)}" if self.passed_over else ""
        network = "network allowed" if self.grants.network else "no network"
        return f"sandbox {self.name}: {SANDBOXES[self.name].NOTE.format(network=network)}{why}"

    def start(self, project: Project, own: Path, environ: Mapping[str, str]) -> Start:
        """How to start a worker for a project; `own` is made, in the folder with the texts to be tried."""
        place = place_for(project, own, self.grants, environ)
        for folder in place.private:
            folder.mkdir(parents=True, exist_ok=True)
        named = project.interpreter.path
        # Of the links on its way only the last is kept: it may lead out of a virtual environment.
        python = named.parent.resolve() / named.name
        confine = Confine(private=texts(place.private))
        bare = Start((str(python), str(WORKER)), environ_for(environ, place), confine)
        return SANDBOXES[self.name].enclose(bare, place)


def choose(wanted: str, grants: Grants, project: Project, environ: Mapping[str, str]) -> Enclosure:
    """The sandbox asked for, or for "auto" the strongest that works here, each really tried.

    Raises UsageError if one was named that does not work.
    """
    passed_over: tuple[str, ...] = ()
    for name in AUTO if wanted == "auto" else (wanted,):
        enclosure = Enclosure(name, grants, passed_over)
        why = SANDBOXES[name].missing(environ) or tried(enclosure, project, environ)
        if not why:
            return enclosure
        passed_over = (*passed_over, f"{name} does not work here: {why}")
    raise UsageError(passed_over[-1], "Choose another with --sandbox, or let --sandbox auto do so.")


def tried(enclosure: Enclosure, project: Project, environ: Mapping[str, str]) -> str:
    """Start a program in it that shuts itself in like a worker; returns why that fails, "" if it does not."""
    with tempfile.TemporaryDirectory(prefix="testgen-") as folder:
        start = enclosure.start(project, Path(folder, "own"), environ)
        command = (*start.command[:-1], "-I", "-S", str(WORKER), "--try")
        try:
            answer = subprocess.run(
                command,
                input=json.dumps(asdict(start.confine)).encode(),
                env=dict(start.environ),
                cwd=project.root,
                capture_output=True,
                timeout=TRYING,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
    return "" if answer.stdout == b"ok\n" else last_line(answer.stderr) or f"exit code {answer.returncode}"


def last_line(output: bytes) -> str:
    """What a program said last."""
    return output.decode(errors="replace").strip().rpartition("\n")[2]


def environ_for(environ: Mapping[str, str], place: Place) -> dict[str, str]:
    """The user's environment without secrets and without what leads out, unless it is granted."""
    private = {
        "HOME": str(place.home),
        "TMPDIR": str(place.tmp),
        "PYTHONUSERBASE": environ.get("PYTHONUSERBASE") or str(Path(environ.get("HOME", "/"), ".local")),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    granted = {name: environ[name] for name in place.grants.variables if name in environ}
    harmless = {name: value for name, value in environ.items() if not is_secret(name, value)}
    return {name: value for name, value in harmless.items() if name not in DOORS} | private | granted
