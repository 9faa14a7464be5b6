"""Which of the existing tests run code of which source, found out while all of them run."""

from __future__ import annotations

import sys
import threading
from typing import Any, Dict, Iterator, List, Set

import pytest

import coverage


class Touching:
    """A pytest plugin; `tests` are the node ids of those that ran code of a source, by its path.

    What was measured before a test is laid aside until all have run, so that what is there after it is its
    own. Nothing is said of a test that begins while other threads are alive, and what it runs in a process of
    its own is not seen. coverage.py's contexts would tell the same, but one of its cores has none.
    """

    def __init__(self, measurer: coverage.Coverage) -> None:
        self.measurer = measurer
        self.tests: Dict[str, List[str]] = {}
        self.aside: Dict[str, Set[Any]] = {}

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        alone = threading.active_count() == 1  # what another thread measures meanwhile might be lost
        if alone:
            self.lay_aside()
        yield
        for source, found in self.measured().items() if alone else ():
            if found:
                self.tests.setdefault(source, []).append(item.nodeid)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Iterator[None]:
        yield
        measured = self.measured()
        for source, found in self.aside.items():
            measured[source] |= found

    def lay_aside(self) -> None:
        for source, found in self.measured().items():
            if found:
                self.aside.setdefault(source, set()).update(found)
                found.clear()
        if sys.version_info >= (3, 12):
            sys.monitoring.restart_events()  # that core hears of a line once; the others do not mind

    def measured(self) -> Dict[str, Set[Any]]:
        """What the collector holds, by source: numbers or pairs of lines, as its core has them."""
        collector: Any = self.measurer._collector
        return dict(collector.data) if collector else {}
