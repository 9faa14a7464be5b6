from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from testgen.domain import Ending, Result, Stop
from testgen.reports import json_report
from testgen.reports.diff import diff

SCHEMA = json.loads(files("testgen.reports").joinpath("schema.json").read_text("utf-8"))


def errors(document: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def rendered(result: Result, base: Path) -> Any:
    return json.loads(json_report.render(result, base))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("stop", Stop)
def test_the_report_keeps_to_the_schema(result: Result, base: Path, stop: Stop) -> None:
    assert errors(rendered(replace(result, stop=stop), base)) == []


@pytest.mark.parametrize(
    "change", [{"rounds": (), "new": None, "ending": Ending()}, {"old": None}, {"model": "", "notes": ()}]
)
def test_unusual_results_keep_to_it_too(result: Result, base: Path, change: dict[str, Any]) -> None:
    assert errors(rendered(replace(result, **change), base)) == []


BREACHES: list[Callable[[Any], object]] = [
    lambda it: it.update(schema_version=2),
    lambda it: it.pop("diff"),
    lambda it: it["candidates"][1].pop("reason"),
    lambda it: it["candidates"][0].update(gate="alone"),
    lambda it: it["candidates"][1].update(gate=None),
    lambda it: it["coverage"]["after"]["lines"].update(missing=["11"]),
    lambda it: it["coverage"]["after"]["branches"].update(missing=[[1, 2, 3]]),
    lambda it: it["usage"].pop("cost_per_kept_test"),
    lambda it: it["refused"].update(luck=1),
    lambda it: it["stop"].update(code="bored"),
]


@pytest.mark.parametrize("breach", BREACHES)
def test_the_schema_says_no(result: Result, base: Path, breach: Callable[[Any], object]) -> None:
    document = copy.deepcopy(rendered(result, base))
    breach(document)
    assert errors(document)


def test_every_key_is_in_the_schema(result: Result, base: Path) -> None:
    document = rendered(result, base)
    assert set(document) == set(SCHEMA["properties"])
    assert set(document["candidates"][0]) == set(SCHEMA["$defs"]["candidate"]["properties"])


def test_what_it_says(result: Result, base: Path) -> None:
    document = rendered(result, base)
    assert document["test_file"] == "tests/test_cart.py"
    assert document["stop"] == {"code": "rounds", "text": "all iterations were used"}
    assert document["coverage"]["before"]["lines"]["covered"] == 14
    assert document["coverage"]["after"]["lines"] == {
        "total": 25,
        "covered": 19,
        "percent": 76.0,
        "missing": [11, 28, 29, 30, 33, 34],
    }
    assert document["coverage"]["gained"] == {"lines": [17, 22, 23, 24, 25], "branches": [[16, 17], [23, 24]]}
    assert document["refused"] == {"parse": 1, "alone": 2, "repeat": 1, "gain": 1, "company": 1, "needed": 1}
    assert document["usage"]["cost"] == pytest.approx(0.0199)
    assert document["usage"]["cost_per_kept_test"] == pytest.approx(0.0199 / 2)
    assert document["usage"]["cost_per_line_reached"] == pytest.approx(0.0199 / 5)
    assert document["diff"] == diff(result, base)


def test_a_refused_candidate_has_its_failure(result: Result, base: Path) -> None:
    candidate = rendered(result, base)["candidates"][1]
    assert (candidate["verdict"], candidate["gate"], candidate["round"]) == ("refused", "alone", 1)
    assert candidate["failure"]["output"] == "cart is empty\n"
    assert candidate["runs"] == [{"outcome": "failed", "seconds": 0.03}]


def test_an_unknown_price_is_null_and_never_zero(hostile: Result, base: Path) -> None:
    usage = rendered(hostile, base)["usage"]
    assert (usage["cost"], usage["cost_per_kept_test"], usage["cost_per_line_reached"]) == (None, None, None)


def test_hostile_text_is_plain_ascii(hostile: Result, base: Path) -> None:
    text = json_report.render(hostile, base)
    document = json.loads(text)
    assert errors(document) == []
    assert text.isascii()
    assert "\x1b" not in json.dumps({**document, "diff": ""}, ensure_ascii=False)
