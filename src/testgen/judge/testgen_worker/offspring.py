"""Processes that the tests start, measured where the project's own settings ask coverage.py for that.

coverage.py starts itself in them, by settings named in the environment, and each leaves a data file when it
ends. The settings and the folder of the files are ours, so that nothing comes to lie in the project.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import List

import coverage

from .leaving_out import listed

SETTINGS = """\
[run]
branch = true
parallel = true
sigterm = true
data_file = {folder}/data
include =
    {sources}
concurrency = {concurrency}
patch = {patch}
disable_warnings = no-data-collected, module-not-measured
"""


class Offspring:
    """What of the sources the processes reach that one supervisor's children start.

    A supervisor has one child at a time, so one folder is enough; the child empties it first.
    """

    def __init__(self, measurer: coverage.Coverage, sources: List[str], subprocesses: bool) -> None:
        self.measurer = measurer
        concurrency, patch = listed(measurer, "run:concurrency"), listed(measurer, "run:patch")
        self.subprocesses = subprocesses or "subprocess" in patch
        self.wanted = self.subprocesses or "multiprocessing" in concurrency
        if self.wanted:
            self.folder = Path(tempfile.mkdtemp(prefix="offspring-"))
            self.settings = self.folder / "settings"
            text = SETTINGS.format(
                folder=self.folder,
                sources="\n    ".join(sources),
                concurrency=",".join(concurrency),
                patch=",".join(patch),
            )
            self.settings.write_text(text.replace("$", "$$"), encoding="utf-8")
        if patch:
            measurer.set_option("run:patch", [])

    def start(self) -> None:
        """To be called before coverage starts in this process."""
        if self.wanted:
            self.measurer.config.config_file = str(self.settings)  # multiprocessing hands on its name
        if self.subprocesses:
            os.environ["COVERAGE_PROCESS_START"] = str(self.settings)

    def clear(self) -> None:
        """Forget what earlier children left."""
        if self.wanted:
            for path in self.folder.glob("data*"):
                path.unlink()

    def collect(self, data: coverage.CoverageData) -> None:
        """Add what the processes that have ended reached."""
        if self.wanted:
            for path in self.folder.glob("data*"):
                with contextlib.suppress(coverage.CoverageException):  # cut off in the middle
                    one = coverage.CoverageData(str(path))
                    one.read()
                    data.update(one)
