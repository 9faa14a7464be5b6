"""Real git repositories for tests, whoever runs them and whatever their git is set to."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

NOBODY = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "C O Mitter",
    "GIT_COMMITTER_EMAIL": "committer@example.com",
}


@dataclass(frozen=True)
class Work:
    """A working tree."""

    root: Path

    @classmethod
    def at(cls, root: Path, files: dict[str, str] | None = None) -> Work:
        """A new repository on branch main with these files committed; None: without any commit."""
        root.mkdir(parents=True, exist_ok=True)
        work = cls(root)
        work.git("init", "-q", "-b", "main")
        if files is not None:
            work.commit(files)
        return work

    @classmethod
    def clone(cls, origin: Path, root: Path, *how: str) -> Work:
        """A clone, made as through a network, so that it can be shallow."""
        subprocess.run(["git", "clone", "-q", *how, f"file://{origin}", str(root)], env=environ(), check=True)
        return cls(root)

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            env=environ(),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))

    def commit(self, files: dict[str, str] | None = None, message: str = "change") -> None:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def branch(self, name: str = "feature") -> None:
        self.git("switch", "-q", "-c", name)


def environ() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.devnull} | NOBODY
