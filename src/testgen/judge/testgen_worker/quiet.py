"""What the project's own plugins and options would do to a measurement, left undone."""

from __future__ import annotations

import os
from typing import Any, Dict, Iterator

import pytest

# Options of pytest and of well-known plugins, by the names under which they are kept, and a value that asks
# for nothing. Arguments would not do: with `-p no:xdist` in addopts, `-n0` is an error.
EVERYWHERE: Dict[str, Any] = {
    # report into the project
    "xmlpath": None,
    "htmlpath": None,
    "report_log": None,
    "log_file": os.devnull,
    "basetemp": None,
    # leave out, stop early, ask
    "lf": False,
    "failedfirst": False,
    "newfirst": False,
    "stepwise": False,
    "stepwise_skip": False,
    "maxfail": 0,
    "usepdb": False,
    "trace": False,
    # distribute, shuffle
    "numprocesses": None,
    "dist": "no",
    "distload": False,
    "tx": [],
    "forked": False,
    "randomly_reorganize": False,
}
FOR_CANDIDATES = {"force_reruns": 0}  # the project may need them for its own tests; a candidate may not


class Quiet:
    """A pytest plugin that sets such options, as far as this project's pytest knows them."""

    def __init__(self, options: Dict[str, Any]) -> None:
        self.options = options

    @pytest.hookimpl(hookwrapper=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Iterator[None]:
        early_config.known_args_namespace.no_cov = True  # pytest-cov starts to measure right here
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Iterator[None]:
        for name, value in self.options.items():
            if hasattr(config.option, name):
                setattr(config.option, name, value)
        yield
