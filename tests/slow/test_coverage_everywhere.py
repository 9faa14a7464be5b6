"""Settings of coverage.py on the newest Python, whose core is another."""

from __future__ import annotations

import os

import pytest
from test_coverage import CASES, Case, same_reach_and_nothing_written

from projects import newest_version


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_project_measured_with(case: Case, tmp_path):
    same_reach_and_nothing_written(case, newest_version(os.environ), tmp_path)
