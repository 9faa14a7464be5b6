"""The door to git: read-only, and the same whatever the user has configured."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from testgen.errors import UsageError


@dataclass(frozen=True, slots=True)
class Repository:
    """A working tree; `root` is its top folder."""

    root: Path
    environ: Mapping[str, str]

    @classmethod
    def around(cls, folder: Path, environ: Mapping[str, str]) -> Repository:
        """The repository that a folder lies in; raises UsageError if there is none, or no git."""
        found = cls(folder, environ).ask("rev-parse", "--show-toplevel")
        if not found:
            raise UsageError(
                f"{folder} is in no git repository that git can read",
                "Run it where the project is checked out; 'git status' there says what is wrong.",
            )
        return cls(Path(found).resolve(), environ)

    def ask(self, *arguments: str) -> str:
        """What git answers, without the last newline; "" if it says no."""
        done = self._run(arguments)
        return done.stdout.removesuffix("\n") if done.returncode == 0 else ""

    def read(self, *arguments: str) -> str:
        """What git prints, to the byte (surrogate escapes stand for what is not UTF-8); raises UsageError."""
        done = self._run(arguments)
        if done.returncode:
            words = done.stderr.strip() or f"exit code {done.returncode}"
            raise UsageError(f"git {arguments[0]} failed in {self.root}: {words}", "See 'git status' there.")
        return done.stdout

    def _run(self, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        environ = {**self.environ, "LC_ALL": "C"}
        command = ["git", "-C", str(self.root), "-c", "core.quotePath=false", *arguments]
        try:
            done = subprocess.run(command, env=environ, capture_output=True, check=False)
        except FileNotFoundError as error:
            raise UsageError("there is no git", "Install git, or leave out what needs it.") from error
        stdout, stderr = (raw.decode("utf-8", "surrogateescape") for raw in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(command, done.returncode, stdout, stderr)
