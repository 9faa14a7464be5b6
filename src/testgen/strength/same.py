"""What the model says no test can notice: lines of its reply such as "Same 3: it is never empty"."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 400  # characters of a line that are read

_SAID = re.compile(r"[^\w]*same\W{1,9}(\d{1,4})[`*]{0,3}[\s:\u2013\u2014-]{1,9}(\S.*)", re.IGNORECASE)


def said_same(reply: str) -> Iterator[tuple[int, str]]:
    """The numbers of the changes that a reply says so of, with the reason; one without a reason is none."""
    for line in reply.splitlines():
        if found := _SAID.match(line[:LONGEST]):
            yield int(found[1]), found[2].strip()
