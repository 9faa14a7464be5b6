"""Projects with plugins and settings of their own, on further versions of Python."""

from __future__ import annotations

import pytest
from test_plugins import CASES, Case, same_verdicts_and_nothing_written


@pytest.mark.parametrize("version", ["3.9", "3.13", "3.14"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_project_with(case: Case, version, tmp_path):
    same_verdicts_and_nothing_written(case, version, tmp_path)
