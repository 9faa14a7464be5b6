"""The order of a reply's candidates changes neither how much the kept ones reach nor their safety."""

from __future__ import annotations

import os
import random
from functools import reduce
from operator import or_

import pytest

from shop import Shop, fenced
from test_main_job import GOOD, IMPORTS, MAKES_IT_SUPERFLUOUS, REFUSED
from testgen.company import Company
from testgen.confirming import Confirmation
from testgen.domain import Outcome, Reach
from testgen.judge.bench import Bench
from testgen.judge.survey import Baseline
from testgen.judge.workers import Limits
from testgen.keep import Keeper
from testgen.languages import LANGUAGES
from testgen.project import Project, probe
from testgen.trying import OneByOne

LIMITS = Limits(timeout=10, suite_timeout=60, jobs=2, repeat=2)
DEPENDS = "def test_depends():\n    assert SEEN == []\n    assert shipping(20) == 9"
OVERLAPS = "def test_overlaps():\n    assert (shipping(1), shipping(20)) == (5, 9)"
CANDIDATES = (GOOD, *REFUSED.values(), MAKES_IT_SUPERFLUOUS, DEPENDS, OVERLAPS)


@pytest.fixture(scope="module")
def bench(tmp_path_factory, project_python):
    shop = Shop.at(tmp_path_factory.mktemp("order"), project_python)
    project = Project(shop.root, shop.source, shop.test_file, probe(project_python))
    with Bench(project, LIMITS, os.environ) as bench:
        yield bench


@pytest.fixture(scope="module")
def baseline(bench):
    baseline = bench.measure()
    bench.warm(baseline.preload)
    bench.ready()
    return baseline


def test_order_changes_neither_reach_nor_safety(bench, baseline):
    orders = [random.Random(seed).sample(CANDIDATES, len(CANDIDATES)) for seed in range(6)]
    reached = [reach_of_kept(bench, baseline, order) for order in orders]
    assert len(set(reached)) == 1
    assert reached[0] - baseline.coverage.reached


def test_a_verdict_is_said_as_soon_as_it_is_known(bench, baseline):
    slow = "def test_slow():\n    time.sleep(1.5)\n    assert shipping(1) == 6"
    language, said = LANGUAGES["python"], []
    trying = OneByOne(bench, baseline.coverage.possible, lambda event: said.append(event.verdict.name))
    parsed = language.parse(fenced("import time", IMPORTS, slow, REFUSED["alone"]))
    verdicts = trying.judge(parsed, (), language.merger(bench.project.test_file.read_bytes()), Reach(), 1)
    assert [one.name for one in verdicts] == ["test_slow", "test_is_wrong"]
    assert said == ["test_is_wrong", "test_slow"]


def reach_of_kept(bench: Bench, baseline: Baseline, candidates) -> Reach:
    """What the existing tests and those kept of the candidates reach; sees that they are safe together."""
    language, old = LANGUAGES["python"], bench.project.test_file.read_bytes()
    merger, coverage = language.merger(old), baseline.coverage
    company, confirmation = Company(bench, merger, old), Confirmation(bench)
    keeper = Keeper(
        bench,
        OneByOne(bench, coverage.possible, lambda event: None),
        merger,
        old,
        company,
        confirmation,
        coverage.reached,
        coverage.possible,
        lambda event: None,
    )
    parsed = language.parse(fenced(IMPORTS, *candidates))
    verdicts = keeper.confirmed(keeper.judge(parsed, (), 1))
    content = keeper.merged(verdicts).content
    assert bench.confirm(content).outcome is Outcome.PASSED
    assert bench.try_out(content, reverse=True).outcome is Outcome.PASSED
    return reduce(or_, (one.reached for one in verdicts if one.kept), coverage.reached)
