"""Projects with plugins and settings of their own, on further versions of Python."""

from __future__ import annotations

import os

import pytest
from test_plugins import CASES, Case, same_verdicts_and_nothing_written

from projects import newest_version


@pytest.mark.parametrize("version", ["3.9", newest_version(os.environ)])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_project_with(case: Case, version, tmp_path):
    same_verdicts_and_nothing_written(case, version, tmp_path)
