from __future__ import annotations

import os
import subprocess

import pytest

from projects import MissingInterpreterError, base, environment, running

INSTALLED = "from importlib.metadata import distributions as d; print(*(x.metadata['Name'] for x in d()))"


def test_the_running_python_is_found_without_path_or_home():
    minor = running().version.rpartition(".")[0]
    assert base(minor, {}) == running()


def test_a_version_nobody_has_is_named_in_the_error():
    with pytest.raises(MissingInterpreterError, match=r"no Python 3\.99"):
        base("3.99", os.environ)


def test_an_environment_is_made_once(project_python):
    before = project_python.parent.parent.joinpath(".ready").stat().st_mtime_ns
    assert environment(running()) == project_python
    assert project_python.parent.parent.joinpath(".ready").stat().st_mtime_ns == before


def test_every_python_has_pytest_and_coverage_and_not_testgen(any_python, tmp_path):
    installed = subprocess.check_output([any_python, "-c", INSTALLED], cwd=tmp_path, text=True).split()
    assert {"pytest", "coverage"} <= set(installed)
    assert "testgen" not in installed
