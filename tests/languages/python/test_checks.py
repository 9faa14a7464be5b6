from __future__ import annotations

from collections.abc import Iterator

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
