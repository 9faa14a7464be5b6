"""What every test may rely on: no key, option or proxy of the machine, and a scripted endpoint."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from endpoint import ScriptedEndpoint
from projects import VERSIONS, MissingInterpreterError, base, environment, running
from testgen.providers.keys import is_secret_name


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what would make a test depend on who runs it."""
    for name in list(os.environ):
        if is_secret_name(name) or name.startswith("TESTGEN_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    """A scripted model endpoint on loopback; `endpoint.will(...)` adds steps."""
    with ScriptedEndpoint() as server:
        yield server


@pytest.fixture(scope="session")
def project_python() -> Path:
    """The interpreter of a user's project: pytest and coverage, nothing of testgen."""
    return environment(running())


@pytest.fixture(scope="session", params=VERSIONS)
def any_python(request: pytest.FixtureRequest) -> Path:
    """The same for each version of Python on this machine; skips those that it does not have."""
    try:
        return environment(base(request.param, os.environ))
    except MissingInterpreterError as missing:
        pytest.skip(str(missing))
