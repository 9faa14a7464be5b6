from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "proxy: needs a liteLLM proxy, which `make test-proxy` installs")
