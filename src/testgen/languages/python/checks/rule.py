"""A rule of the first gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from testgen.languages.python.assertions import Subject


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a test is refused, when, and examples of both: `refused` tests and `accepted` near misses."""

    objection: str
    applies: Callable[[Subject], bool]
    refused: tuple[str, ...]
    accepted: tuple[str, ...]
