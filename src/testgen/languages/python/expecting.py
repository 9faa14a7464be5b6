"""A test that shows a bug, as it can stand in a green suite: marked as expected to fail."""

from __future__ import annotations

import json
from dataclasses import replace

from testgen.domain import Candidate
from testgen.languages.python.splitting import decorated


def expected_to_fail(candidate: Candidate, reason: str, *, runs: bool) -> Candidate:
    """The test under `pytest.mark.xfail`: red as soon as it passes, or not run at all."""
    how = "strict=True" if runs else "run=False"
    mark = f"@pytest.mark.xfail(\n    {how},\n    reason={json.dumps(reason, ensure_ascii=False)},\n)"
    imports = tuple(dict.fromkeys((*candidate.imports, "import pytest")))
    return replace(candidate, code=decorated(candidate.code, (mark,)), imports=imports)
