"""The torture suite in fresh processes, and on further versions of Python."""

from __future__ import annotations

import os

import pytest
from test_torture import FORKING, SPAWNING, test_every_end_has_its_verdict_and_harms_nobody, tormented

from projects import newest_version, running_version

NEWEST = newest_version(os.environ)
__all__ = ["test_every_end_has_its_verdict_and_harms_nobody"]


@pytest.fixture(
    scope="module",
    params=[
        ("3.9", FORKING),
        (NEWEST, FORKING),
        (running_version(), SPAWNING),
        ("3.9", SPAWNING),
        (NEWEST, SPAWNING),
    ],
    ids=lambda param: param[0] + ("" if param[1].fork else " without fork"),
)
def bench(request, tmp_path_factory):
    with tormented(tmp_path_factory.mktemp("project"), *request.param) as ready:
        assert ready.why == ""
        yield ready.bench
