from __future__ import annotations

import pytest

from endpoint import Fail, Say
from shop import Shop, fenced
from test_main_job import IMPORTS
from testgen.domain import Reach
from testgen.unreachable import Excuse, excuses


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Unreachable 95-97: x is never both", [Excuse(95, 97, "x is never both")]),
        ("Unreachable 7: no such value", [Excuse(7, 7, "no such value")]),
        ("- **Unreachable** lines 3-4, 9 - never together", [Excuse(3, 4, "never together"),
                                                             Excuse(9, 9, "never together")]),
        ("# UNREACHABLE: line 12: Python 2 only", [Excuse(12, 12, "Python 2 only")]),
        ("Unreachable 3–5 and 8: dead", [Excuse(3, 5, "dead"), Excuse(8, 8, "dead")]),
        ("Unreachable 7: `^a` always matches", [Excuse(7, 7, "`^a` always matches")]),
        ("Unreachable 7", []),
        ("Unreachable 7:", []),
        ("Unreachable: everything", []),
        ("Line 7 is unreachable: no such value", []),
        ("unreachable " + "1" * 5_000_000, []),
        ("unreachable " + "1," * 1_000_000, []),
        ("#" * 5_000_000, []),
    ],
)  # fmt: skip
def test_what_a_reply_says_cannot_be_reached(line, found):
    assert list(excuses(f"Some words.\n{line}\n```python\n```")) == found


def test_lines_are_excused_with_the_branches_from_and_to_them():
    missing = Reach.of([10, 11, 20], [(9, 10), (10, 11), (19, 20), (30, 31)])
    assert Excuse(10, 11, "why").within(missing) == Reach.of([10, 11], [(9, 10), (10, 11)])
    assert Excuse(30, 30, "why").within(missing) == Reach.of([], [(30, 31)])
    assert not Excuse(1, 5, "why").within(missing)


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


def test_what_the_model_gives_a_reason_for_is_not_asked_again_and_the_report_says_so(shop, endpoint):
    weights = "def test_weight():\n    assert shipping(1) == 5"
    endpoint.will(Say("Unreachable 18-20: nobody has names\n\n" + fenced(IMPORTS, weights)), Say("No more."))
    ended = shop.testgen("--max-iterations", "2", "--report", "json:-", endpoint=endpoint)
    _, second = (request.prompt for request in endpoint.requests)
    assert "- first (" not in second.partition("# What no test reaches yet")[2]
    assert "- total (" in second.partition("# What no test reaches yet")[2]
    [note] = [note for note in ended.report["notes"] if "says the model" in note]
    assert note.startswith("not asked for again: lines 18-20; branches 18→19, 18→20; ")
    assert note.endswith("nobody has names")
    assert 18 in ended.report["coverage"]["after"]["lines"]["missing"]


def test_a_run_of_which_nothing_else_is_left_ends(shop, endpoint):
    endpoint.will(Say("Unreachable 1-99: I am tired."))
    endpoint.always(Fail(400, "asked again"))
    ended = shop.testgen("--report", "json:-", endpoint=endpoint)
    assert (ended.code, ended.report["stop"]["code"], len(endpoint.requests)) == (0, "unreachable", 1)
    assert "I am tired" in ended.stderr
