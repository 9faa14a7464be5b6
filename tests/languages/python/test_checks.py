from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from testgen.domain import Candidate
from testgen.languages.python.checks import RULES, objection
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.splitting import split


def examples_of(rules: tuple[Rule, ...]) -> Iterator[object]:
    for rule in rules:
        for number, code in enumerate(rule.refused):
            yield pytest.param(code, rule.objection, id=f"{rule.objection}-refused-{number}")
        for number, code in enumerate(rule.accepted):
            yield pytest.param(code, "", id=f"{rule.objection}-accepted-{number}")


@pytest.mark.parametrize(("code", "expected"), tuple(examples_of(RULES)))
def test_every_rule_refuses_its_examples_and_no_near_miss(code: str, expected: str) -> None:
    assert objection(split([code])[-1]) == expected


def test_every_rule_has_examples_of_both_kinds() -> None:
    assert all(rule.refused and rule.accepted for rule in RULES)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def test_x(:\n    assert 1", "does not compile: invalid syntax (line 1)"),
        ("def helper():\n    assert f()", "is not a test that pytest collects"),
        ("@pytest.fixture\ndef test_client():\n    assert f()", "is not a test that pytest collects"),
        ("x = 1", "is not a test that pytest collects"),
    ],
)
def test_what_is_no_test_at_all_is_refused(code: str, expected: str) -> None:
    assert objection(Candidate("test_x", code)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "    x = 1\n" + "    x = x + f(x)\n" * 2000 + "    os.remove(x)\n" * 2000,
        "    x0 = 1\n" + "".join(f"    x{n} = x{n - 1}\n    os.remove(x{n})\n" for n in range(1, 2000)),
        "".join(f"    monkeypatch.setattr(os, 'a{n}', 1)\n    os.a{n}(q)\n" for n in range(2000)),
        "    exec(\"exec('exec(1)')\")\n" * 2000,
        "    os.system('echo 1; ls $(a) | sh -c \"b\"')\n" * 2000,
    ],
)
def test_a_huge_test_holds_nobody_up(body: str) -> None:
    start = time.perf_counter()
    objection(Candidate("test_x", f"def test_x():\n{body}"))
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("calls", [1, 2])
def test_helpers_that_call_each_other_for_ever_are_looked_at_once(calls: int) -> None:
    helpers = tuple(f"def help{n}():\n" + f"    help{n + 1}()\n" * calls for n in range(2000))
    around = "def help2000():\n    help0()"
    test = Candidate("test_x", "def test_x():\n    help0()", support=(*helpers, around))
    assert objection(test) == "asserts nothing"
    assert objection(replace(test, support=(*helpers, "def help2000():\n    assert f() == 1"))) == ""
