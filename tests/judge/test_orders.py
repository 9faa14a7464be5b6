"""Where a runner's arguments go in a command of a shell, or of package.json."""

from __future__ import annotations

import json

import pytest

from testgen.judge.command.runners import jest, runner_for, vitest
from testgen.judge.command.runners.terms import Order

SCRIPTS = {
    "test": "jest --coverage",
    "build": "tsc",
    "both": "jest && eslint .",
    "built": "tsc && jest",
    "watch": "vitest",
}
# With ARGS where the arguments of the runner are to be; a command without gets none.
COMMANDS = {
    "npx jest ARGS": jest,
    "npx jest --coverage ARGS; echo done": jest,
    "npx tsc && npx jest ARGS 2>&1 | tail -5": jest,
    "(cd web && npx jest -t 'a; b' $(cat list) ARGS) > log": jest,
    "npm test -- ARGS": jest,
    "npm test -- --coverage ARGS": jest,
    "npm t -- ARGS && echo done": jest,
    "npm run build && npm test -- ARGS": jest,
    "npm ci && npm run built -- ARGS": jest,
    "yarn test ARGS": jest,
    "yarn jest ARGS": jest,
    "npm run both": jest,
    "pnpm run watch ARGS": vitest,
    "node_modules/.bin/vitest run ARGS": vitest,
}


@pytest.mark.parametrize("wanted", COMMANDS)
def test_arguments_go_to_the_runner(tmp_path, wanted):
    (tmp_path / "package.json").write_text(json.dumps({"scripts": SCRIPTS}))
    command = wanted.replace("-- ARGS", "ARGS").replace(" ARGS", "")
    source = tmp_path / "a.js"
    runner = runner_for(command, tmp_path)
    assert runner is COMMANDS[wanted]
    program = "jest|react-scripts" if runner is jest else "vitest"
    order = Order(command, source, tmp_path, tmp_path / "own", tmp_path / "a.test.js")
    assert order.with_arguments(program, "ARGS").command == wanted
    assert ("outputFile" in runner.prepare(order).command) is ("ARGS" in wanted)


def test_a_script_that_is_not_there_is_no_runner(tmp_path):
    (tmp_path / "package.json").write_text("no JSON")
    assert runner_for("npm test", tmp_path) is runner_for("make", tmp_path)
