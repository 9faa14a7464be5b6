"""What a runner is told and what it leaves."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

SCRIPT = re.compile(r"\b(npm|yarn|pnpm)\s+(?:run\s+|run-script\s+)?([\w:-]+)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Order:
    """A test command as it is to be run: for a shell, with variables, and where it will leave results.

    `source` and `test_file` lie in `root`, the folder where the command runs. `own` is one that the command
    may write to and nobody else sees; it need not exist. `results` are paths or patterns, those without a
    root starting from the project's; of one that ends in `.each` the first line is the name of a test and the
    rest a coverage report of what that test reaches by itself.
    """

    command: str
    source: Path
    root: Path
    own: Path
    test_file: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    results: tuple[str, ...] = ()

    @property
    def source_name(self) -> str:
        """The source file as it is named from the root."""
        return self.source.relative_to(self.root).as_posix()

    @property
    def each(self) -> dict[str, str]:
        """What a program that watches single tests is told: the source, their file, where it writes."""
        return {
            "TESTGEN_EACH_OF": str(self.source),
            "TESTGEN_EACH_IN": str(self.test_file),
            "TESTGEN_EACH_TO": str(self.own),
        }

    def with_arguments(self, *arguments: str) -> Order:
        """The same with further arguments for the runner, behind `--` where npm stands between."""
        match = SCRIPT.search(self.command)
        through_npm = match is not None and match[1] == "npm" and " -- " not in f"{self.command} "
        words = ("--", *arguments) if through_npm else arguments
        return replace(self, command=" ".join((self.command, *words)))


@dataclass(frozen=True, slots=True)
class Written:
    """What a run left: its output, and the files with results."""

    output: str
    files: tuple[str, ...] = ()


def seconds(value: object) -> float:
    """A duration that a test may have written itself; 0 for what is none."""
    try:
        found = float(str(value))
    except ValueError:
        return 0.0
    return found if math.isfinite(found) and found >= 0 else 0.0


def is_named(script: str, *words: str) -> bool:
    """Whether words follow one another in a command, as `go test` do."""
    together = r"\s+".join(map(re.escape, words))
    return re.search(rf"(^|[\s/;&|]){together}(\s|$)", script) is not None
