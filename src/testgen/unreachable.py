"""What the model says no input can reach: lines of its reply such as "Unreachable 95-97: x is never both"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from testgen.domain import Line, Reach

LONGEST = 400  # characters of a line that are read

_SPAN = r"\d{1,7}(?:\s?[-\u2013]\s?\d{1,7})?"
_SPANS = rf"{_SPAN}(?:(?:,| and) ?{_SPAN})*"
_SAID = re.compile(
    rf"[^\w]*unreachable\W{{1,9}}(?:lines?\W{{1,9}})?({_SPANS})[\s:\u2013\u2014-]{{1,9}}(\S.*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why lines, or the branches that begin on them, cannot be reached, in the model's words."""

    first: Line
    last: Line
    why: str

    def within(self, missing: Reach) -> Reach:
        """The part of what is missing that it is about."""
        lines = missing.within(self.first, self.last)
        into = frozenset(arc for arc in missing.branches if arc[1] in lines.lines)
        return Reach(lines.lines, lines.branches | into)


def excuses(reply: str) -> Iterator[Excuse]:
    """All that a reply says so; one without a reason is none."""
    for line in reply.splitlines():
        if found := _SAID.match(line[:LONGEST]):
            for span in re.findall(_SPAN, found[1]):
                lines = [int(number) for number in re.findall(r"\d+", span)]
                yield Excuse(lines[0], lines[-1], found[2].strip())
