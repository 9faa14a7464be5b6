"""Running a test command of any language, with a text in the place of the test file.

The folder is a copy of the project, or the project under an overlay, so that nothing of this stays. Reports
of earlier runs are taken away first: what is there afterwards was written by this run.
"""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from fnmatch import fnmatch
from pathlib import Path
from time import perf_counter
from typing import BinaryIO, Iterator, List, Tuple

from . import Json

MOST_OUTPUT = 1 << 19  # bytes of the beginning and of the end that are kept
LARGEST_REPORT = 64 << 20
# What coverage tools add to when they find it.
ADDED_TO = (".coverage", ".coverage.*", ".nyc_output", "jacoco*.exec", "*.profraw", "*.gcda")
NOT_SEARCHED = {"node_modules", ".git", ".venv", "venv", ".testgen"}


class Command:
    """The test command of one project."""

    def __init__(self, setup: Json) -> None:
        self.setup = setup
        self.root = Path(setup["cwd"])

    def run(self, job: Json) -> Json:
        """Run it once; the answer holds how it ended, what it said, and the reports it wrote."""
        stale = self.clear()
        if job["content"]:
            path = Path(self.setup["test_file"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(Path(job["content"]).read_bytes())
        started = perf_counter()
        with tempfile.TemporaryFile() as output:
            status, ended = self.wait(output, job["limit"], {"TESTGEN_EACH": "\n".join(job["each"])})
            said = clipped(output)
        return {
            "outcome": ended,
            "status": status,
            "output": said,
            "seconds": perf_counter() - started,
            "stale": stale,
            "reports": [read(path) for path in found(self.root, self.setup["reports"])],
            "results": [read(path) for path in found(self.root, self.setup["results"])],
        }

    def wait(self, output: BinaryIO, limit: float, environ: Json) -> Tuple[int, str]:
        process = subprocess.Popen(
            ["/bin/sh", "-c", self.setup["command"]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=self.root,
            env={**os.environ, **environ},
            start_new_session=True,
        )
        try:
            return process.wait(limit), "ended"
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return process.wait(), "timeout"

    def clear(self) -> List[str]:
        """Take away what an earlier run left; returns the reports that were there."""
        stale = [*found(self.root, self.setup["reports"])]
        for path in [*stale, *found(self.root, self.setup["results"]), *added_to(self.root)]:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        return [str(path) for path in stale]


def found(root: Path, patterns: List[str]) -> Iterator[Path]:
    """The files there that paths or patterns mean, starting from the root; each once, as patterns overlap."""
    meant = {path: None for pattern in patterns for path in meant_by(root, pattern)}
    yield from (path for path in meant if path.is_file())


def meant_by(root: Path, pattern: str) -> List[Path]:
    """The paths of a pattern, or the one that it is."""
    if not any(letter in pattern for letter in "*?["):
        return [root / pattern]
    return sorted(Path(Path(pattern).anchor or root).glob(pattern.lstrip("/")))


def added_to(root: Path) -> Iterator[Path]:
    """What would make the next report hold more than its own run."""
    for folder, below, files in os.walk(root):
        names = [name for name in (*below, *files) if any(fnmatch(name, one) for one in ADDED_TO)]
        yield from (Path(folder, name) for name in names)
        below[:] = [name for name in below if name not in NOT_SEARCHED and name not in names]


def read(path: Path) -> List[str]:
    """A file's path and its content, in letters."""
    with path.open("rb") as stream:
        return [str(path), base64.b64encode(stream.read(LARGEST_REPORT)).decode("ascii")]


def clipped(output: BinaryIO) -> str:
    """The beginning and the end of what was said."""
    size = output.seek(0, os.SEEK_END)
    output.seek(0)
    data = output.read(MOST_OUTPUT)
    if size > MOST_OUTPUT:
        output.seek(max(MOST_OUTPUT, size - MOST_OUTPUT))
        data += b"\n...\n" + output.read()
    return data.decode("utf-8", "replace")
