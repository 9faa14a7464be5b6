from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from testgen.configuration import Flag, resolve
from testgen.describe import as_json, as_markdown, as_toml, help_line
from testgen.settings import OPTIONS, Settings

BY_NAME = {option.name: option for option in OPTIONS}
GIVEN: dict[str, Flag] = {
    "source_file": 'src/ü "x" \\ y.py',
    "function": ["Cart.total", "pay"],
    "fail_under": "90,80",
    "temperature": "0.5",
    "fork": False,
    "report": ["json:-", "html:out.html"],
    "additional_instructions": "two\nlines # and no comment",
}


def test_the_docs_are_those_of_the_declarations() -> None:
    page = Path(__file__).parent.parent / "docs" / "options.md"
    assert page.read_text("utf-8") == as_markdown(OPTIONS), (
        "run: python -m testgen.describe > docs/options.md"
    )


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("max_iterations", "[default: 3]"),
        ("desired_coverage", "[default: 100,100]"),
        ("model", "[default: gpt-4o]"),
        ("jobs", "[default: 0]"),
        ("fork", "[default: true]"),
        ("quiet", "on one line."),
        ("source_file", "write tests for."),
    ],
)
def test_help_names_a_default_that_says_something(name: str, end: str) -> None:
    assert help_line(BY_NAME[name]).endswith(end)


def test_what_is_shown_can_be_put_into_the_file(tmp_path: Path) -> None:
    given = resolve(GIVEN, {"TESTGEN_MODEL": "o3"}, tmp_path)
    (tmp_path / "pyproject.toml").write_text(as_toml(given), "utf-8")
    again = resolve({}, {}, tmp_path)
    assert again.settings == given.settings
    assert again.settings != Settings()


def test_each_value_stands_beside_its_origin(tmp_path: Path) -> None:
    lines = as_toml(resolve(GIVEN, {"TESTGEN_MODEL": "o3"}, tmp_path)).splitlines()
    origins = {line.split(" = ")[0]: line.rsplit("# ")[-1] for line in lines if " = " in line}
    assert (origins["fork"], origins["model"], origins["repeat"]) == ("--fork", "TESTGEN_MODEL", "default")
    assert "# test-file is not set" in lines


def test_json_says_the_same(tmp_path: Path) -> None:
    resolved = resolve(GIVEN, {"TESTGEN_MODEL": "o3"}, tmp_path)
    described = json.loads(as_json(resolved))
    table = tomllib.loads(as_toml(resolved))["tool"]["testgen"]
    assert described["version"] == 1
    assert {
        key: item["value"] for key, item in described["options"].items() if item["value"] is not None
    } == table
    assert described["options"]["model"] == {"value": "o3", "layer": "environment", "source": "TESTGEN_MODEL"}
