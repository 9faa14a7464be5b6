"""Coverage reports that a candidate spoiled, or made up: it runs where they are written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testgen.coverage import Report, Wanted, read
from testgen.errors import ProjectError

REPORTS = Path(__file__).with_name("reports")
ROOT = Path("/tmp/shop")  # where make.sh ran the tools
SOURCES = {
    "istanbul.lcov": "js/src/cart/price.js",
    "istanbul.cobertura.xml": "js/src/cart/price.js",
    "coverage.py.json": "python/cart/price.py",
    "jacoco.groups.xml": "java/cart/src/main/java/com/example/Price.java",
}
WHOLE = {name: (REPORTS / name).read_bytes() for name in SOURCES}
PIECES = re.compile(rb"\d+|\w+|\s+|.")
TOKENS = st.sampled_from(
    [b"-1", b"0", b"1e9", b"9" * 5000, b"(1/999999999999)", b"null", b"[]", b"{}", b"<x>", b"\0", b"\xff",
     b"../..", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"NaN", b"\n", b"7.5", b'"', b"true"]
)  # fmt: skip


def wanted(name: str) -> Wanted:
    source = Path(SOURCES[name])
    return Wanted(ROOT / source, ROOT / source.parts[0])


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """The name of a real report, and its text with some pieces replaced, doubled or cut off."""
    name = draw(st.sampled_from([*WHOLE]))
    pieces = PIECES.findall(WHOLE[name])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(pieces) - 1))
        pieces[at] = draw(TOKENS | st.just(pieces[at] * 2) | st.just(b""))
    end = draw(st.sampled_from([None, len(pieces) // 2]))
    return name, b"".join(pieces[:end])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoiled())
def test_no_spoiled_report_is_more_than_an_error(case: tuple[str, bytes]) -> None:
    name, data = case
    try:
        found = read([Report(ROOT / name, data)], wanted(name))
    except ProjectError:
        return
    assert all(isinstance(line, int) and line > 0 for line in found.possible.lines)


DEEP = 100_000
MADE_UP = {
    "ways without end": b'<coverage><class filename="src/cart/price.js"><lines><line number="1" hits="1" '
    b'condition-coverage="1% (1/999999999999)"/></lines></class></coverage>',
    "a number without end": b"mode: set\ncart/price.go:1.1,2.2 1 " + b"9" * 5000,
    "groups without end": b"<report>" + b'<group name="x">' * DEEP + b"</group>" * DEEP + b"</report>",
    "lists without end": b'{"meta": 1, "files": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "a name with NUL": b"TN:\nSF:/\0/src/cart/price.js\nDA:1,1\n",
    "an entity": b'<!DOCTYPE c [<!ENTITY a "b">]><coverage>&a;</coverage>',
    "lines that are texts": json.dumps(
        {"meta": 1, "files": {"src/cart/price.js": {"executed_lines": ["1"], "missing_lines": []}}}
    ).encode(),
    "a line that no file has": b"TN:\nSF:/tmp/shop/js/src/cart/price.js\nDA:99999999999,1\n",
}


@pytest.mark.parametrize("name", MADE_UP)
def test_a_made_up_report_is_an_error(name):
    with pytest.raises(ProjectError):
        read([Report(ROOT / "report", MADE_UP[name])], Wanted(ROOT / "js/src/cart/price.js", ROOT / "js"))


def test_one_with_as_many_ways_as_a_line_has_is_read():
    data = MADE_UP["ways without end"].replace(b"999999999999", b"3")
    found = read([Report(ROOT / "report", data)], Wanted(ROOT / "js/src/cart/price.js", ROOT / "js"))
    assert len(found.possible.branches) == 3
