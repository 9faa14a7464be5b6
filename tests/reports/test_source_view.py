from __future__ import annotations

from pathlib import Path

import pytest

from testgen.domain import Result
from testgen.reports.source_view import Cells, State, read, source_lines, stretches, strips

PLAIN = tuple(f"line {number}" for number in range(1, 35))


def test_every_line_has_its_state(result: Result) -> None:
    states = {line.number: line.state for line in source_lines(result, PLAIN)}
    by_state = {state: [number for number, found in states.items() if found is state] for state in State}
    assert by_state[State.NEW] == [16, 17, 22, 23, 24, 25]
    assert by_state[State.MISSING] == [11, 28, 29, 30, 33, 34]
    assert by_state[State.PARTIAL] == [10]
    assert by_state[State.COVERED] == [1, 3, 6, 7, 9, 12, 13, 15, 18, 20, 27, 32]


def test_a_test_is_named_where_it_begins_to_reach(result: Result) -> None:
    named = {line.number: line.tests for line in source_lines(result, PLAIN) if line.tests}
    first, second = (result.verdicts.index(verdict) for verdict in result.kept)
    assert named == {16: (second,), 22: (first,)}


def test_branches_are_told_apart(result: Result) -> None:
    line = source_lines(result, PLAIN)[22]
    assert (line.new_branches, line.missing_branches) == (("23→24",), ("23→25",))


def test_what_is_far_from_any_event_is_folded(result: Result) -> None:
    lines = source_lines(result, [*PLAIN, *("more" for _ in range(40))])
    parts = [(part.lines[0].number, part.lines[-1].number, part.folded) for part in stretches(lines)]
    assert parts == [(1, 5, False), (6, 38, False), (39, 74, True)]


def test_the_strips_show_every_statement_once(result: Result) -> None:
    before, after = strips(result)
    assert sum(run.length for run in before) == sum(run.length for run in after) == 25
    assert before[:3] == (Cells(State.COVERED, 0, 5), Cells(State.PARTIAL, 5, 1), Cells(State.MISSING, 6, 1))
    assert State.NEW in {run.state for run in after}
    assert State.NEW not in {run.state for run in before}


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"\xef\xbb\xbfa\r\nb\r\n", "a\nb\n"), (b"# caf\xe9\n", "# café\n"), (None, "")],
)
def test_read(tmp_path: Path, content: bytes | None, text: str) -> None:
    if content is not None:
        (tmp_path / "a.py").write_bytes(content)
    assert read(tmp_path / "a.py") == text
