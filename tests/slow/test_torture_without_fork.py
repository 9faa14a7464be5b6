"""The torture suite in fresh processes, on further versions of Python; one of them is in tests/judge."""

from __future__ import annotations

import pytest
from test_torture import SPAWNING, test_every_end_has_its_verdict_and_harms_nobody, tormented

__all__ = ["test_every_end_has_its_verdict_and_harms_nobody"]


@pytest.fixture(scope="module", params=["3.9", "3.12", "3.13"])
def bench(request, tmp_path_factory):
    with tormented(tmp_path_factory.mktemp("project"), request.param, SPAWNING) as ready:
        assert ready.why == ""
        yield ready.bench
