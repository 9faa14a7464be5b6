"""The oldest pytest and coverage.py that are supported: the same verdicts, the same reach."""

from __future__ import annotations

from dataclasses import replace

import pytest
import test_coverage
import test_plugins

from testgen.project import OLDEST

PACKAGES = tuple(f"{name}=={version}" for name, version in OLDEST.items())
COVERAGE = ("tracing in C", "no branches", "sources", "contexts", "threads")
PLUGINS = ("nothing special", "reports", "doctests too", "a package of tests", "a chain of conftest files")


@pytest.mark.parametrize(
    "case", [case for case in test_coverage.CASES if case.name in COVERAGE], ids=lambda case: case.name
)
def test_coverage_with(case: test_coverage.Case, tmp_path):
    oldest = replace(case, packages=PACKAGES)
    test_coverage.same_reach_and_nothing_written(oldest, "3.9", tmp_path)


@pytest.mark.parametrize(
    "case", [case for case in test_plugins.CASES if case.name in PLUGINS], ids=lambda case: case.name
)
def test_pytest_with(case: test_plugins.Case, tmp_path):
    oldest = replace(case, packages=PACKAGES)
    test_plugins.same_verdicts_and_nothing_written(oldest, "3.9", tmp_path)
