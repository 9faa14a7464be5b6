"""A repository with two languages: each source is judged by the test command of its own suite."""

from __future__ import annotations

import subprocess

import pytest

from endpoint import Say
from repositories_of_modules import Modules, reply

SUITE = """
[[tool.testgen.suite]]
sources = ["web/"]
test-command = "sh run.sh"
coverage-report = "report"
"""
PRICE = """\
const price = (number) => (number > 10 ? "dear"
  : "cheap");
module.exports = { price };
"""
PRICE_TEST = """\
const { price } = require("./price");

test("a few are cheap", () => {
  expect(price(1)).toBe("cheap");
});
"""
# Stands for a runner: the report says that line 2 is reached where a test of the file reaches it.
RUN = """\
cp report.base report
if grep -q 'price(11)' price.test.js; then sed -i s/DA:1,0/DA:1,1/ report; fi
if grep -q broken price.test.js; then exit 1; fi
"""
REPORT = "TN:\nSF:price.js\nDA:1,0\nDA:2,1\nend_of_record\nTN:\nSF:tax.js\nDA:1,1\nend_of_record\n"
ANSWER = """```js
test("many are dear", () => {
  expect(price(11)).toBe("dear");
});

test("is broken", () => {
  expect(price(12)).toBe("broken");
});
```
"""


@pytest.fixture
def both(tmp_path, project_python):
    """A Python module, and two of JavaScript in a folder that is a project of its own."""
    made = Modules.of(tmp_path / "project", project_python, "cart")
    made.write({"pyproject.toml": (made.root / "pyproject.toml").read_text() + SUITE})
    made.write({"web/package.json": "{}", "web/price.js": PRICE, "web/price.test.js": PRICE_TEST})
    made.write({"web/tax.js": "module.exports = 7;\n", "web/run.sh": RUN, "web/report.base": REPORT})
    made.write({"web/jest.config.js": "module.exports = {};\n"})
    return made


def answer(prompt: str) -> str:
    return ANSWER if "price.js" in prompt else reply(prompt)


def worked_on(ended):
    return {file["source"]: len([*file["candidates"]]) for file in ended.report["files"]}


def test_every_source_is_judged_by_its_own_suite(both, endpoint):
    endpoint.always(Say(answer))
    ended = both.testgen("--max-iterations", "1", "--report", "json:-", endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    assert worked_on(ended) == {"src/shop/cart.py": 3, "web/price.js": 2}
    assert "many are dear" in (both.root / "web" / "price.test.js").read_text()
    assert "is broken" not in (both.root / "web" / "price.test.js").read_text()
    assert "def test_twice_cart" in both.text_of("cart")
    assert not (both.root / "web" / "report").exists()


def test_one_source_is_too(both, endpoint):
    endpoint.always(Say(answer))
    ended = both.testgen("--source-file", "web/price.js", "--max-iterations", "1", endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    assert "many are dear" in (both.root / "web" / "price.test.js").read_text()


def test_only_what_was_changed_is_asked_for_in_each(both, endpoint):
    def git(*words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *who, *words], cwd=both.root, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "all")
    (both.root / "web" / "price.js").write_text(PRICE.replace("10", "9"))
    git("add", ".")
    endpoint.always(Say(answer))
    ended = both.testgen("--diff", "HEAD", "--max-iterations", "1", "--report", "json:-", endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    assert worked_on(ended) == {"web/price.js": 2}


def test_a_command_for_one_language_asks_for_its_sources_only(both, endpoint):
    endpoint.always(Say(answer))
    command = ("--test-command", "sh run.sh; true npx jest", "--coverage-report", "report", "--cwd", "web")
    ended = both.testgen(*command, "--max-iterations", "1", "--report", "json:-", endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    assert worked_on(ended) == {"web/price.js": 2}


WRONG = {
    "not a list": ('[tool.testgen.suite]\nsources = "web"\n', "Write [[tool.testgen.suite]]"),
    "no sources": ('[[tool.testgen.suite]]\ntest-command = "npm test"\n', "for which sources it is"),
    "unknown key": (
        '[[tool.testgen.suite]]\nsources = "web"\ntest-comand = "a"\n',
        "Did you mean test-command",
    ),
    "key of all": ('[[tool.testgen.suite]]\nsources = "web"\nmodel = "a"\n', "cannot differ for a suite"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_suite_that_is(both, endpoint, name):
    text, says = WRONG[name]
    both.write({"pyproject.toml": text})
    ended = both.testgen(endpoint=endpoint)
    assert (ended.code, says in ended.stderr) == (2, True), ended.stderr
    assert not endpoint.requests
