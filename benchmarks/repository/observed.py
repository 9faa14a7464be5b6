"""`testgen` as it is, but for a diary: when its workers ran something, and how large the process became.

python observed.py DIARY ARGUMENTS...
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from testgen.cli import main
from testgen.judge.server import Server


def noting(call: Callable[..., Any], spans: list[tuple[float, float]]) -> Callable[..., Any]:
    """The same function, with the time of each call added to `spans`."""

    @wraps(call)
    def noted(*arguments: Any) -> Any:
        began = time.monotonic()
        try:
            return call(*arguments)
        finally:
            spans.append((began, time.monotonic()))

    return noted


if __name__ == "__main__":
    diary, sys.argv[1:] = Path(sys.argv[1]), sys.argv[2:]
    spans: list[tuple[float, float]] = []
    Server.call = noting(Server.call, spans)  # type: ignore[method-assign]
    code = main()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    diary.write_text(json.dumps({"judging": spans, "memory": memory}))
    sys.exit(code)
