"""What the project's coverage settings say about which files count at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import List

from coverage.exceptions import ConfigError

import coverage


class Rules:
    """The project's own `source`, `include` and `omit`; to be read before any of them is set otherwise."""

    def __init__(self, measurer: coverage.Coverage) -> None:
        named = [*listed(measurer, "run:source"), *listed(measurer, "run:source_dirs")]
        self.folders = [os.path.realpath(name) for name in named if os.path.isdir(name)]  # noqa: PTH112
        self.packages = [name for name in named if not os.path.isdir(name)]  # noqa: PTH112
        self.packages += listed(measurer, "run:source_pkgs")
        self.include = listed(measurer, "report:include")
        self.omit = listed(measurer, "report:omit")

    def objection(self, source: str, module: str) -> str:
        """Why a source, imported as `module`, does not count; empty if it does."""
        if (self.folders or self.packages) and not self._named(source, module):
            return "it is outside the `source` of the coverage settings"
        if self.include and not matches(self.include, source):
            return "it is not in the `include` of the coverage settings"
        return "it is in the `omit` of the coverage settings" if matches(self.omit, source) else ""

    def _named(self, source: str, module: str) -> bool:
        in_folder = any(Path(folder) in Path(source).parents for folder in self.folders)
        return in_folder or any(f"{module}.".startswith(f"{package}.") for package in self.packages)


def listed(measurer: coverage.Coverage, option: str) -> List[str]:
    """The texts that an option holds; none if it is not set."""
    with contextlib.suppress(ConfigError):  # an option that this version does not know
        value = measurer.get_option(option)
        return [str(name) for name in value] if isinstance(value, list) else []
    return []


def matches(patterns: List[str], path: str) -> bool:
    """Whether coverage.py would say that a path fits one of the patterns."""
    try:
        from coverage.files import GlobMatcher, prep_patterns
    except ImportError:  # before coverage 7
        return False
    return bool(patterns and GlobMatcher(prep_patterns(patterns)).match(path))
