"""What a command is given: what is asked for, and what surrounds the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from testgen.configuration import Resolved
from testgen.settings import STDOUT, Settings


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds the process."""

    environ: Mapping[str, str]
    here: Path
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: the options, and what else the command line says (see `Call`)."""

    resolved: Resolved
    arguments: tuple[str, ...] = ()
    sure: bool = False
    origin: str = ""
    switches: frozenset[str] = frozenset()

    @property
    def settings(self) -> Settings:
        """The values of the options."""
        return self.resolved.settings


def for_people(settings: Settings, shell: Shell) -> TextIO:
    """Where a summary goes: not to stdout where that holds what another program will read."""
    filled = settings.diff_only or any(target.path == STDOUT for target in settings.report)
    return shell.stderr if filled else shell.stdout
