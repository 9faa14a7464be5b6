"""What each test reaches by itself, from one run of a runner that shows it: its own, and no more."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from testgen.judge.command.runners import go, jest, vitest
from testgen.judge.command.runners.terms import Order

NO_NODE = pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not installed")
NO_GO = pytest.mark.skipif(not shutil.which("go"), reason="Go is not installed")

# Jest's way through a file, with counters as Istanbul keeps them; jest itself is in tests/slow.
RUNNER = """
module.exports = async (globalConfig, config, environment, runtime, testPath) => {
  const say = (name, test) => environment.handleTestEvent && environment.handleTestEvent({ name, test }, {});
  const root = { name: "ROOT_DESCRIBE_BLOCK" };
  const group = { name: "price", parent: root };
  const data = { s: { 0: 0, 1: 0, 2: 0, 3: 0 }, b: { 0: [0, 0] }, statementMap: {}, branchMap: {} };
  [1, 2, 4, 9].forEach((line, key) => (data.statementMap[key] = { start: { line } }));
  data.branchMap[0] = { loc: { start: { line: 4 } } };
  environment.global.__coverage__ = { [process.env.SOURCE]: data };
  const reach = (...keys) => keys.forEach((key) => (data.s[key] += 1));
  const test = (name, body) => {
    say("test_start", { name, parent: group });
    body();
    say("test_done", { name, parent: group });
  };
  reach(0);
  say("run_start");
  test("is A", () => reach(1));
  reach(3); // a hook of some tests, not known which
  say("test_start", { name: "is skipped", parent: group });
  say("test_skip", { name: "is skipped", parent: group });
  test("is B", () => (reach(2), (data.b[0][1] += 1)));
  say("test_start", { name: "is C", parent: group, concurrent: true });
  reach(1);
  say("test_done", { name: "is C", parent: group });
};
"""
MAIN = """
const runner = require(require("path").resolve("node_modules/jest-circus/runner.js"));
runner({}, {}, { global: {} }, {}, process.argv[2]);
"""


def run(order: Order, given: str = "") -> dict[str, set[str]]:
    """The records that a command leaves, by the test's name: what was reached."""
    order.own.mkdir()
    environ = {**os.environ, **order.environ, "TESTGEN_EACH": given, "SOURCE": str(order.source)}
    subprocess.run(order.command, shell=True, cwd=order.root, env=environ, check=True, capture_output=True)
    parts = (path.read_text().partition("\n") for path in order.own.glob("*.each"))
    return {name: set(text.splitlines()) for name, _, text in parts}


@NO_NODE
def test_jest_tests_have_what_they_reach_and_what_loading_does_and_no_more(tmp_path):
    root = tmp_path.resolve()
    (root / "node_modules" / "jest-circus").mkdir(parents=True)
    (root / "node_modules" / "jest-circus" / "runner.js").write_text(RUNNER)
    (root / "main.js").write_text(MAIN)
    tests = root / "price.test.js"
    found = {}
    for name in (tests, root / "other.test.js"):
        order = Order(f"node main.js {name}", root / "price.js", root, root / f"own-{name.stem}", tests)
        environ = jest.prepare(order).environ
        found[name] = run(Order(order.command, order.source, root, order.own, tests, environ))
    loaded = {"TN:", f"SF:{root / 'price.js'}", "DA:1,1", "end_of_record"}
    assert found[tests] == {
        "price is A": {*loaded, "DA:2,1", "DA:4,0", "DA:9,0", "BRDA:4,0,0,0", "BRDA:4,0,1,0"},
        "price is B": {*loaded, "DA:2,0", "DA:4,1", "DA:9,0", "BRDA:4,0,0,0", "BRDA:4,0,1,1"},
    }
    assert found[root / "other.test.js"] == {}


GO = """package price

import "testing"

func TestA(t *testing.T) {
	if Sign(1) != 1 {
		t.Fail()
	}
}

func TestB(t *testing.T) {
	if Sign(-1) != -1 {
		t.Fail()
	}
}

"""
SIGN = """package price

func Sign(n int) int {
	if n > 0 {
		return 1
	}
	return -1
}
"""


@NO_GO
def test_go_tests_have_what_each_reaches_in_a_process_of_its_own(tmp_path):
    root = tmp_path.resolve() / "project"
    root.mkdir()
    for name, text in (("go.mod", "module price\n"), ("price.go", SIGN), ("price_test.go", GO)):
        (root / name).write_text(text)
    tests = root / "price_test.go"
    order = Order("go test -coverprofile=cover.out ./...", root / "price.go", root, tmp_path / "own", tests)
    found = run(go.prepare(order), "TestA\nTestB")
    then, after = "price/price.go:4.11,6.3 1", "price/price.go:7.2,7.11 1"
    assert {name: lines & {f"{then} 1", f"{after} 1"} for name, lines in found.items()} == {
        "TestA": {f"{then} 1"},
        "TestB": {f"{after} 1"},
    }
    assert Path(root / "cover.out").is_file()


@pytest.mark.parametrize(
    ("installed", "told_apart"),
    [
        ({"coverage-v8": "3.2.0"}, True),
        ({"coverage-v8": "5.1.2"}, True),
        ({"coverage-v8": "3.1.4"}, False),
        ({"coverage-v8": "6.0.0-beta.1"}, False),
        ({"coverage-v8": "4.0.0", "coverage-istanbul": "4.0.0"}, False),
        ({}, False),
    ],
)
def test_vitest_is_watched_in_the_versions_that_are_known(tmp_path, installed, told_apart):
    for package, version in installed.items():
        folder = tmp_path / "node_modules" / "@vitest" / package
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(f'{{"version": "{version}"}}')
    root = tmp_path / "packages" / "web"
    order = Order("npx vitest", root / "a.ts", root, tmp_path / "own", root / "a.test.ts")
    prepared = vitest.prepare(order)
    assert ("--coverage.provider=custom" in prepared.command) is told_apart
    assert any(path.endswith(".each") for path in prepared.results) is told_apart
