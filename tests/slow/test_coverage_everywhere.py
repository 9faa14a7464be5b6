"""Settings of coverage.py on the newest Python, whose core is another."""

from __future__ import annotations

import pytest
from test_coverage import CASES, Case, same_reach_and_nothing_written


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_project_measured_with(case: Case, tmp_path):
    same_reach_and_nothing_written(case, "3.14", tmp_path)
