"""Suspected bugs and what is missing as a code quality report, which GitLab shows in a merge request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from testgen.domain import Result
from testgen.reports.remarks import Remark, Weight, remarks

SEVERITIES = {Weight.ERROR: "major", Weight.INFO: "minor"}


def render(result: Result, base: Path) -> str:
    """A JSON list with an entry for each place."""
    return listed(remarks(result, base))


def listed(found: Iterable[Remark]) -> str:
    """The JSON list for these places."""
    return json.dumps([_issue(one) for one in found], indent=2) + "\n"


def _issue(one: Remark) -> dict[str, object]:
    place = f"{one.path}:{one.first_line}-{one.last_line}:{one.text}"
    return {
        "description": one.text,
        "check_name": "testgen",
        "fingerprint": hashlib.sha256(place.encode()).hexdigest(),
        "severity": SEVERITIES[one.weight],
        "location": {"path": one.path, "lines": {"begin": one.first_line, "end": one.last_line}},
    }
