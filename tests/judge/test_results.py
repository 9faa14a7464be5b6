"""Results that a candidate spoiled: whatever a runner left, reading it gives tests or none."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testgen.domain import Outcome
from testgen.judge.answers import written
from testgen.judge.command.blame import complaints_about
from testgen.judge.command.complaints import readable
from testgen.judge.command.runners import go, jest, node, unknown
from testgen.judge.command.runners.terms import Written

GO = "\n".join(
    json.dumps({"Action": action, "Package": "cart", "Test": "TestTotal", "Output": "text\n", "Elapsed": 0.5})
    for action in ("run", "output", "pass")
)
JEST = json.dumps(
    {
        "testResults": [
            {
                "name": "/cart.test.js",
                "assertionResults": [
                    {
                        "title": "adds",
                        "ancestorTitles": ["cart"],
                        "status": "failed",
                        "failureMessages": ["no\n"],
                        "duration": 3,
                    }
                ],
            }
        ]
    }
)
JUNIT = (
    '<testsuites><testsuite name="a"><testcase name="b" classname="c" time="0.5">'
    '<failure message="m" type="T">text</failure></testcase></testsuite></testsuites>'
)
TAP = """TAP version 14
# Subtest: cart
    1..2
    ok 1 - adds
    not ok 2 - takes
      ---
      message: "it's no"
      ...
not ok 1 - cart
ok 2 - is slow # SKIP too slow
not ok 3 is to do #todo
1..3
"""
READERS = {"go": (go, GO), "jest": (jest, JEST), "junit": (unknown, JUNIT), "tap": (unknown, TAP)}
PIECES = re.compile(r"\d+|\w+|\s+|.")
TOKENS = st.sampled_from(
    ["-1", "1e999", "NaN", "null", "[]", "{}", "7", '"', "\\ud800", "\\u0000", "\n", "<x>", "&a;", "[" * 9000]
)


def read(name: str, text: str):
    """The tests in a text that a runner left, and what is shown of its output."""
    reader, _ = READERS[name]
    found = [written(test) for test in reader.results(Written(text, (text,)))]
    return found, readable(text)


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("go", ("TestTotal", Outcome.PASSED)),
        ("jest", ("cart adds", Outcome.FAILED)),
        ("junit", ("b", Outcome.FAILED)),
    ],
)
def test_what_a_runner_left_is_read(name, ends):
    (test,), _ = read(name, READERS[name][1])
    assert (test.name, test.outcome) == ends


def test_the_test_anything_protocol_is_read():
    found, _ = read("tap", TAP)
    assert {test.name: test.outcome for test in found} == {
        "cart adds": Outcome.PASSED,
        "cart takes": Outcome.FAILED,
        "cart": Outcome.FAILED,
        "is slow": Outcome.SKIPPED,
        "is to do": Outcome.SKIPPED,
    }
    assert next(test.failure.message for test in found if test.name == "cart takes") == "it's no"
    assert read("tap", "ok, all is well\nnot ok\n")[0] == []  # no plan


# What Node.js writes where a file cannot be loaded, and of a test with such a name.
UNLOADED = """<testsuites><testcase name="src/a.test.js" time="0.1" classname="test">
<failure message="test failed">[Error: test failed] { exitCode: 1, signal: null }</failure>
</testcase><testcase name="reads a.js" classname="test"><failure message="no">exitCode: 1</failure></testcase>
<testcase name="a.js" classname="test"><failure message="no">1 !== 2</failure></testcase></testsuites>"""


def test_a_file_that_could_not_be_loaded_is_no_test():
    found = node.results(Written("", (UNLOADED,)))
    assert [test.name for test in found] == ["reads a.js", "a.js"]


COMPLAINTS = {
    "./cart_test.go:23:5: undefined: x": (23, "./cart_test.go:23:5: undefined: x"),
    "error[E0308]: mismatched types\n  --> tests/cart_test.go:25:16": (25, "error[E0308]: mismatched types"),
    "file:///cart_test.go:1\nfoo();\n^\nReferenceError: foo is not defined": (1, ""),
}


@pytest.mark.parametrize("said", COMPLAINTS)
def test_a_complaint_is_what_is_wrong_and_not_only_where(said):
    assert next(complaints_about(Path("cart_test.go"), said)) == COMPLAINTS[said]


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, str]:
    name = draw(st.sampled_from([*READERS]))
    pieces = PIECES.findall(READERS[name][1])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(pieces) - 1))
        pieces[at] = draw(TOKENS | st.just(pieces[at] * 2) | st.just(""))
    return name, "".join(pieces)


@settings(max_examples=300, deadline=None)
@given(spoiled())
def test_nothing_that_a_candidate_leaves_there_raises(case: tuple[str, str]) -> None:
    found, said = read(*case)
    said.encode()
    for test in found:
        f"{test.name}{test.file}{test.failure}".encode()
        assert math.isfinite(test.seconds)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("go", '{"Action":"pass","Test":["x"],"Package":{}}'),
        ("go", '{"a":' * 9000 + "1" + "}" * 9000),
        ("jest", '{"testResults":[{"name":"x","assertionResults":[7]}]}'),
        ("jest", "[" * 9000 + "]" * 9000),
        ("junit", "<testsuite>" * 9000 + "</testsuite>" * 9000),
    ],
)
def test_what_no_runner_writes_is_no_error(name, text):
    found, _ = read(name, text)
    assert len(found) <= 1
