from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from testgen.domain import CoverageMap, Reach
from testgen.providers import PROVIDERS
from testgen.providers.endpoint import Api
from testgen.reports import REPORTERS
from testgen.settings import OPTIONS, REPORT_FORMATS, STDOUT, Goal, Price, ReportTarget, Settings

BASE = Path("/project")
BY_NAME = {option.name: option for option in OPTIONS}


@pytest.mark.parametrize(
    ("text", "goal"), [("90", Goal(90, 90)), ("90,80.5", Goal(90, 80.5)), (" 0 , 100 ", Goal(0, 100))]
)
def test_a_goal_is_read(text: str, goal: Goal) -> None:
    assert Goal.parse(text) == goal
    assert Goal.parse(str(goal)) == goal


@pytest.mark.parametrize("text", ["", "high", "101", "-1", "90,101", "90,80,70", "90,", "nan"])
def test_what_is_no_goal_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Goal.parse(text)


@pytest.mark.parametrize(
    ("goal", "met"),
    [(Goal(50, 0), True), (Goal(50.1, 0), False), (Goal(0, 100), True), (Goal(100, 0), False)],
)
def test_a_goal_is_met_by_both_its_parts(goal: Goal, met: bool) -> None:
    coverage = CoverageMap(Path("x.py"), Reach.of([1, 2], [(1, 2)]), Reach.of([1], [(1, 2)]))
    assert goal.met_by(coverage) is met


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("json:-", ReportTarget("json", STDOUT)),
        ("html:out/report.html", ReportTarget("html", BASE / "out/report.html")),
        ("markdown:/tmp/a:b.md", ReportTarget("markdown", Path("/tmp/a:b.md"))),
    ],
)
def test_a_report_is_read(text: str, target: ReportTarget) -> None:
    assert ReportTarget.parse(text, BASE) == target
    assert ReportTarget.parse(str(target), BASE) == target


@pytest.mark.parametrize("text", ["json", "json:", ":-", "pdf:x.pdf", ""])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        ReportTarget.parse(text, BASE)


def test_a_price_is_read() -> None:
    price = Price.parse("2.5, 10")
    assert (price.prompt, price.cached, price.reply, price.thought) == (2.5, 2.5, 10, 10)
    assert Price.parse(str(price)) == price


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "free,1", "-1,1", "1,inf", "nan,1"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Price.parse(text)


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("python3.12", "python3.12"),
        (".venv/bin/python", "/project/.venv/bin/python"),
        ("/usr/bin/python3", "/usr/bin/python3"),
        ("", ""),
    ],
)
def test_an_interpreter_is_a_name_or_a_path(text: str, program: str) -> None:
    assert BY_NAME["python"].read([text], BASE) == program


def test_instructions_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "house rules.txt").write_text("Grüße\n", "utf-8")
    instructions = BY_NAME["additional_instructions"]
    assert instructions.read(["@house rules.txt"], tmp_path) == "Grüße\n"
    assert instructions.read(["no mocks"], tmp_path) == "no mocks"


def test_every_field_is_an_option_and_none_holds_a_key() -> None:
    names = [field.name for field in fields(Settings)]
    assert names == [*(option.name for option in OPTIONS), "suites"]  # those are tables of options
    assert not [name for name in names if name.endswith(("key", "token", "secret", "password"))]


def test_choices_are_those_that_there_are() -> None:
    assert set(BY_NAME["provider"].declared.choices) == {"auto", *PROVIDERS}
    assert set(BY_NAME["api"].declared.choices) == {"auto", *(api.value for api in Api)}
    assert set(REPORT_FORMATS) == set(REPORTERS)


def test_spellings_are_unique() -> None:
    flags = [flag for option in OPTIONS for flag in option.flags]
    assert len(flags) == len(set(flags))


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_help_is_a_sentence(option) -> None:
    assert option.declared.help[0].isupper()
    assert option.declared.help[-1] == "."
