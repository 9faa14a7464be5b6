"""What each test of Node.js' own runner reaches, in the terms of the report, which stays as it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from testgen.coverage import Report, Wanted, read
from testgen.domain import CoverageMap, Reach, way
from testgen.judge.command.apart import TOGETHER, Apart, believed
from testgen.judge.command.runners import node
from testgen.judge.command.runners.terms import Order

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not installed")

SOURCE = """
export function word(n) {
  if (n === 1) return 'one';
  for (let i = 0; i < n; i += 1) { if (i === 7) throw new RangeError('💥'); }
  if (n === 3) {
    return 'three';
  }
  return n > 1 ? 'many' : 'none';
}
export function known(n) {
  return n ? 'yes' : 'no';
}
"""
TESTS = """
import assert from 'node:assert';
import { describe, it, test } from 'node:test';
import { word } from './word.mjs';

test('one (1)', () => assert.equal(word(1), 'one'));
describe('more', () => {
  it('is two', () => assert.equal(word(2), 'many'));
  it('throws', () => assert.throws(() => word(9)));
});
test('in steps', async (t) => {
  await t.test('none', () => assert.equal(word(0), 'none'));
  await t.test('three', () => assert.equal(word(3), 'three'));
});
test('fails', () => assert.equal(word(1), 'two'));
test('is left out', { skip: true }, () => word(4));
"""
NAMES = ("one (1)", "more is two", "more throws", "in steps", "fails", "is left out", "is not there")
COMMAND = (
    "node --test --experimental-test-coverage --test-reporter=lcov --test-reporter-destination=cover.info"
)


@pytest.fixture
def root(tmp_path):
    root = tmp_path.resolve() / "project"
    root.mkdir()
    (root / "word.mjs").write_text(SOURCE)
    (root / "word.test.mjs").write_text(TESTS)
    return root


def coverage_in(root: Path, report: str) -> CoverageMap:
    return read([Report(root / "cover.info", report.encode())], Wanted(root / "word.mjs", root))


def report_of(order: Order, names: Iterable[str] = ()) -> str:
    environ = {**os.environ, **order.environ, "TESTGEN_EACH": "\n".join(names)}
    subprocess.run(order.command, shell=True, cwd=order.root, env=environ, check=False, capture_output=True)
    return (order.root / "cover.info").read_text()


def measured(root: Path) -> Apart:
    """What single tests reach, from a run of all; its report is what it is without our looking on."""
    order = Order(COMMAND, root / "word.mjs", root, root.parent / "own", root / "word.test.mjs")
    order.own.mkdir(exist_ok=True)
    undisturbed, report = report_of(order), report_of(node.prepare(order), NAMES)
    assert without_counters(report) == without_counters(undisturbed)
    records = defaultdict(str)
    for path in order.own.glob("*.each"):
        name, _, text = path.read_text().partition("\n")
        records[name] += text
        path.unlink()
    return believed(
        {name: coverage_in(root, text) for name, text in records.items()}, coverage_in(root, report)
    )


def without_counters(report: str) -> list[str]:
    """Its records in any order, without the number that a branch has in its file."""
    return sorted(re.sub(r"(BRDA:\d+),\d+,", r"\1,", line) for line in report.splitlines())


MANY, NONE = (8, way(0)), (8, way(1))


def test_each_has_what_it_reaches_by_itself_with_the_branches_of_the_whole_run(root):
    found = measured(root)
    assert found.branches
    ways = {name: reach.branches & {MANY, NONE} for name, reach in found.reaches.items()}
    assert ways == {"one (1)": set(), "more is two": {MANY}, "more throws": set(), "in steps": {NONE}}
    for pattern, name in (("one", "one (1)"), ("is two", "more is two"), ("in steps|none|three", "in steps")):
        command = COMMAND.replace("--test ", f"--test '--test-name-pattern=^({pattern})' ")
        alone = report_of(Order(command, root / "word.mjs", root, root, root / "word.test.mjs"))
        assert coverage_in(root, alone).reached.lines == found.reaches[name].lines


def test_where_another_file_counts_too_lines_are_told_apart_and_no_branches(root):
    alone = measured(root)
    (root / "other.test.mjs").write_text("import { known } from './word.mjs';\nknown(2);\n")
    found = measured(root)
    assert not found.branches
    assert found.reaches == {name: Reach(reach.lines) for name, reach in alone.reaches.items()}


def test_what_a_process_of_its_own_does_not_show_is_left_out(root):
    """Of tests that fail there, are two of one name, or have a title that the name of another ends with."""
    more = "test('again', () => word(1));\ntest('again', () => word(2));\ntest('two', () => word(2));\n"
    more += "let ran = 0;\ntest('first', () => { ran += 1; });\ntest('second', () => assert.equal(ran, 1));\n"
    (root / "word.test.mjs").write_text(TESTS + more)
    order = Order(COMMAND, root / "word.mjs", root, root.parent / "own", root / "word.test.mjs")
    order.own.mkdir()
    report_of(node.prepare(order), ["again", "more is two", "first", "second"])
    assert {path.read_text().partition("\n")[0] for path in order.own.glob("*.each")} == {TOGETHER, "first"}


ENDING = """
process.on('exit', () => { if (known(1) === 'yes') process.exitCode = 3; });
test('ends twice', () => { process.once('exit', () => process.emit('exit')); });
"""
ASIDE = """
import { Worker } from 'node:worker_threads';
test('works aside', () => new Promise((done) => {
  new Worker(new URL('./word.mjs', import.meta.url)).on('exit', done);
}));
"""


@pytest.mark.parametrize("aside", ["", ASIDE])
def test_a_process_that_ends_in_its_own_way_ends_like_that_and_is_counted_to_its_end(root, aside):
    """With a folder for coverage still to be made, code that runs at the end, and a thread or none."""
    text = TESTS.replace("{ word }", "{ known, word }") + ENDING + aside
    (root / "word.test.mjs").write_text(text)
    command = "rm -rf raw; NODE_V8_COVERAGE=raw node word.test.mjs; echo $? > cover.info"
    order = Order(command, root / "word.mjs", root, root.parent / "own", root / "word.test.mjs")
    order.own.mkdir()
    assert report_of(order) == report_of(node.prepare(order), ["one (1)"])
    first, second = sorted(path.read_text() for path in order.own.glob("*.each"))
    assert (first.partition("\n")[0], second.partition("\n")[0]) == (TOGETHER, "one (1)")
    assert "DA:11,0" not in first  # `known`


def test_what_all_together_reach_has_to_be_what_the_report_says():
    report = CoverageMap(Path("a"), Reach.of({1, 2}, {(1, -9), (1, -8)}), Reach.of({1}, {(1, -9)}))
    single = replace(report, reached=Reach.of({1}, {(1, -9)}))
    renumbered = replace(report, possible=Reach.of({1, 2}, {(1, -9)}))
    other = replace(report, reached=Reach.of({1, 2}, {(1, -9)}))
    assert believed({"a": single}, report) == Apart({"a": single.reached})
    assert believed({"a": single, TOGETHER: report}, report) == Apart({"a": single.reached})
    assert believed({"a": single, TOGETHER: renumbered}, report) == Apart(
        {"a": Reach.of({1})}, branches=False
    )
    assert believed({"a": single, TOGETHER: other}, report) == Apart()
    assert believed({"a": single, TOGETHER: report}, None) == Apart()
