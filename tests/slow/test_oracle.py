"""Every construct and every torture that an oracle survives, on further versions of Python."""

from __future__ import annotations

import os

import pytest
from constructs import BODIES, content
from test_oracle import DIFFERENT, agree, constructs_under, tortures_under
from tortures import TORTURES

from projects import newest_version
from testgen.domain import Outcome

VERSIONS = ("3.9", "3.10", "3.12", "3.13", "3.14")
FEWER = ("3.9", newest_version(os.environ))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return lambda: tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module", params=VERSIONS)
def constructs_bench(request, folders):
    with constructs_under(request.param, folders()) as ready:
        yield ready.bench


@pytest.fixture(scope="module", params=FEWER)
def tortures_bench(request, folders):
    with tortures_under(request.param, folders()) as ready:
        yield ready.bench


@pytest.mark.parametrize("name", BODIES)
def test_bench_and_oracle_agree_on_constructs(constructs_bench, name):
    agree(constructs_bench, content(BODIES[name]))


@pytest.mark.parametrize("torture", TORTURES, ids=lambda torture: torture.name)
def test_bench_and_oracle_agree_on_tortures(tortures_bench, torture):
    if torture.name in DIFFERENT:
        pytest.skip(DIFFERENT[torture.name])
    hangs = torture.outcome is Outcome.TIMEOUT
    agree(tortures_bench, torture.content, torture.test, timeout=4 if hangs else 60)
