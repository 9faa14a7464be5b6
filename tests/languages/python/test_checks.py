from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testgen.domain import Candidate
from testgen.languages.python.checks import RULES, objection
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.reading import is_python
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


NAMES = st.sampled_from(["a", "b", "c", "test_x", "self.a", "os", "help"])
STATEMENTS = st.builds(
    "    {0} = {1}".format,
    NAMES,
    st.builds(
        str.format,
        st.sampled_from(
            [
                *("{0}", "[{0}, {1}]", "{0} + {1}", "{0}({1})", "{0}.{1}", "f'{{{0}}}'", "open({0}, 'w')"),
                *("subprocess.run({0})", "os.remove({0})", "os.environ[{0}]", "getattr({0}, 'kill')({1})"),
                *("Path({0}) / {1}", "[{0} for {0} in {1}]", "(lambda {0}: {1})", "patch({0}, {1})"),
            ]
        ),
        NAMES,
        NAMES,
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=12))
def test_however_names_are_tangled_the_rules_come_to_an_end(statements: list[str]) -> None:
    body = "\n".join(line for line in statements if is_python(f"def test_x():\n{line}")) or "    pass"
    helper = f"def help(a, os):\n{body}\n    return help(a)"
    assert isinstance(objection(Candidate("test_x", f"def test_x():\n{body}", support=(helper,))), str)
