from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from testgen.configuration import Flag, Layer, resolve, with_projects
from testgen.errors import UsageError
from testgen.settings import Goal, ReportTarget, Settings


def project(folder: Path, table: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pyproject.toml"
    file.write_text(table, "utf-8")
    return file


@pytest.mark.parametrize(
    ("flag", "variable", "key", "value", "layer"),
    [
        ("from-flag", "from-variable", "from-file", "from-flag", Layer.FLAG),
        (None, "from-variable", "from-file", "from-variable", Layer.ENVIRONMENT),
        (None, "", "from-file", "from-file", Layer.FILE),
        (None, None, "from-file", "from-file", Layer.FILE),
        (None, None, None, "gpt-4o", Layer.DEFAULT),
        ("from-flag", None, None, "from-flag", Layer.FLAG),
        ("", "from-variable", None, "", Layer.FLAG),
    ],
)
def test_the_nearest_layer_wins_and_is_remembered(
    *, tmp_path: Path, flag: str | None, variable: str | None, key: str | None, value: str, layer: Layer
) -> None:
    file = project(tmp_path, "[tool.testgen]\n" + (f'model = "{key}"' if key else ""))
    flags = {} if flag is None else {"model": flag}
    environ = {} if variable is None else {"TESTGEN_MODEL": variable}
    resolved = resolve(flags, environ, tmp_path)
    names = {
        Layer.FLAG: "--model",
        Layer.ENVIRONMENT: "TESTGEN_MODEL",
        Layer.FILE: str(file),
        Layer.DEFAULT: "default",
    }
    assert resolved.settings.model == value
    assert (resolved.sources["model"].layer, resolved.sources["model"].name) == (layer, names[layer])
    assert resolved.sources["repeat"].layer is Layer.DEFAULT


def test_nothing_given_are_the_defaults(tmp_path: Path) -> None:
    assert resolve({}, {"PATH": "/bin", "API_KEY": "sk"}, tmp_path).settings == Settings()


@pytest.mark.parametrize(
    ("flags", "environ", "table", "expected"),
    [
        ({"fork": False}, {}, "", {"fork": False}),
        ({"fork": True}, {"TESTGEN_FORK": "no"}, "fork = false", {"fork": True}),
        ({}, {"TESTGEN_DRY_RUN": "1"}, "", {"dry_run": True}),
        ({}, {}, "quiet = true", {"quiet": True}),
        ({"function": ["a", "b,c"]}, {}, "", {"function": ("a", "b,c")}),
        ({}, {"TESTGEN_FUNCTION": "a, b"}, "", {"function": ("a", "b")}),
        ({}, {}, 'function = ["a", "b"]', {"function": ("a", "b")}),
        ({}, {}, 'function = "a"', {"function": ("a",)}),
        ({}, {}, "max-iterations = 5", {"max_iterations": 5}),
        ({}, {}, "max_iterations = 5", {"max_iterations": 5}),
        ({}, {}, "desired-coverage = 90", {"desired_coverage": Goal(90, 90)}),
        ({}, {}, 'fail-under = "90,80"', {"fail_under": Goal(90, 80)}),
        ({"fail_under": ""}, {}, "fail-under = 90", {"fail_under": None}),
        ({}, {}, "temperature = 0.5", {"temperature": 0.5}),
        ({}, {}, "timeout = 5", {"timeout": 5.0}),
    ],
)
def test_every_layer_is_read_in_its_own_way(
    tmp_path: Path, flags: dict[str, Flag], environ: dict[str, str], table: str, expected: dict[str, object]
) -> None:
    project(tmp_path, f"[tool.testgen]\n{table}\n")
    settings = resolve(flags, environ, tmp_path).settings
    assert {name: getattr(settings, name) for name in expected} == expected


def test_relative_paths_start_where_they_were_written(tmp_path: Path) -> None:
    here = tmp_path / "src" / "shop"
    here.mkdir(parents=True)
    project(
        tmp_path,
        '[tool.testgen]\ncwd = "."\nreport = ["html:out.html", "json:-"]\npython = ".venv/bin/python"',
    )
    settings = resolve({"source_file": "cart.py"}, {"TESTGEN_RECORD": "../tapes"}, here).settings
    assert settings.source_file == here / "cart.py"
    assert settings.record == tmp_path / "src" / "tapes"
    assert settings.cwd == tmp_path
    assert settings.python == str(tmp_path / ".venv/bin/python")
    assert settings.report == (
        ReportTarget("html", tmp_path / "out.html"),
        ReportTarget("json", Path("-")),
    )


def test_an_alias_is_the_same_option(tmp_path: Path) -> None:
    project(tmp_path, '[tool.testgen]\ntest-dir = "a"')
    assert resolve({}, {}, tmp_path).settings.cwd == tmp_path / "a"
    assert resolve({}, {"TESTGEN_TEST_DIR": "b"}, tmp_path).settings.cwd == tmp_path / "b"


def test_the_file_is_found_from_the_source_file_upwards(tmp_path: Path) -> None:
    project(tmp_path / "here", '[tool.testgen]\nmodel = "here"')
    project(tmp_path / "there", '[tool.testgen]\nmodel = "there"')
    project(tmp_path / "there" / "package", '[project]\nname = "without a table for us"')
    here = tmp_path / "here" / "below"
    assert resolve({}, {}, here).settings.model == "here"
    for spelled in ("../../there/package/src/cart.py", str(tmp_path / "there/package/src/cart.py")):
        assert resolve({"source_file": spelled}, {}, here).settings.model == "there"
        assert resolve({}, {"TESTGEN_SOURCE_FILE": spelled}, here).settings.model == "there"


def test_the_search_ends_at_the_root_of_the_repository(tmp_path: Path) -> None:
    project(tmp_path, '[tool.testgen]\nmodel = "of a stranger"')
    inside = tmp_path / "repository" / "src"
    inside.mkdir(parents=True)
    assert resolve({}, {}, inside).settings.model == "of a stranger"
    (tmp_path / "repository" / ".git").mkdir()
    assert resolve({}, {}, inside).settings.model == Settings().model


@pytest.mark.parametrize(
    ("environ", "table", "said", "remedy"),
    [
        ({}, "max-iteration = 3", "max-iteration", "Did you mean max-iterations?"),
        ({}, "max_iteration = 3", "max-iteration", "Did you mean max-iterations?"),
        ({}, "colour = 3", "colour", "'testgen config' shows all there are."),
        ({"TESTGEN_MODLE": "x"}, "", "TESTGEN_MODLE", "Did you mean TESTGEN_MODEL?"),
        (
            {"TESTGEN_API_KEY_COMAND": "x"},
            "",
            "TESTGEN_API_KEY_COMAND",
            "Did you mean TESTGEN_API_KEY_COMMAND?",
        ),
        ({}, 'api-key = "sk-1"', "api-key", "Set API_KEY in the environment"),
        ({}, 'openai_api_key = "sk-1"', "openai-api-key", "Set API_KEY in the environment"),
        ({"TESTGEN_API_KEY": "sk-1"}, "", "TESTGEN_API_KEY", "Set API_KEY in the environment"),
    ],
)
def test_an_unknown_name_is_an_error_that_helps(
    tmp_path: Path, environ: dict[str, str], table: str, said: str, remedy: str
) -> None:
    file = project(tmp_path, f"[tool.testgen]\n{table}\n")
    with pytest.raises(UsageError, match=said) as caught:
        resolve({}, environ, tmp_path)
    assert remedy in caught.value.remedy
    assert ("environment" if environ else str(file)) in caught.value.cause
    assert "sk-1" not in caught.value.cause + caught.value.remedy


@pytest.mark.parametrize(
    ("flags", "environ", "table", "said", "allowed"),
    [
        ({"max_iterations": "0"}, {}, "", "'0' (given by --max-iterations)", "a whole number of at least 1"),
        ({}, {"TESTGEN_TEMPERATURE": "hot"}, "", "'hot' (given by TESTGEN_TEMPERATURE)", "from 0 to 2"),
        ({}, {}, 'provider = "openia"', "'openia' (given by {file})", "one of auto, openai, azure, litellm"),
        ({}, {}, "jobs = 1.5", "'1.5' (given by {file})", "a whole number"),
        ({}, {}, "jobs = true", "'true' (given by {file})", "a whole number"),
        ({}, {}, 'model = ["a"]', "['a']' (given by {file})", "a text"),
        ({}, {}, "model = {a = 1}", "(given by {file})", "a text"),
        ({}, {}, "quiet = 3", "'3' (given by {file})", "true or false"),
        ({}, {}, 'report = ["json:a", "pdf:b"]', "'json:a, pdf:b' (given by {file})", "json, markdown, html"),
        ({"desired_coverage": "120"}, {}, "", "'120'", "per cent from 0 to 100"),
        ({"additional_instructions": "@no.txt"}, {}, "", "'@no.txt'", "the path of a text file"),
        ({}, {"TESTGEN_FORK": "maybe"}, "", "'maybe' (given by TESTGEN_FORK)", "true or false"),
    ],
)
def test_a_bad_value_says_whose_where_and_what_is_allowed(
    *, tmp_path: Path, flags: dict[str, Flag], environ: dict[str, str], table: str, said: str, allowed: str
) -> None:
    file = project(tmp_path, f"[tool.testgen]\n{table}\n")
    with pytest.raises(UsageError) as caught:
        resolve(flags, environ, tmp_path)
    assert said.format(file=file) in caught.value.cause
    assert allowed in caught.value.remedy


@pytest.mark.parametrize("text", ["[tool.testgen", "[tool]\ntestgen = 3", "model = \udcff"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError, match=r"pyproject\.toml"):
        resolve({}, {}, tmp_path)


def test_other_tools_are_left_alone(tmp_path: Path) -> None:
    project(tmp_path, "tool = 3")
    assert resolve({}, {}, tmp_path).settings == Settings()


def test_a_project_below_has_its_own_settings_as_far_as_they_are_not_the_run_s(tmp_path: Path) -> None:
    project(tmp_path, "[tool.testgen]\nmodel = 'a'\ntimeout = 5\njobs = 2\nrepeat = 2\n")
    inner = "[tool.testgen]\nmodel = 'b'\nrepeat = 9\nmemory = 99\n"
    suite = "[[tool.testgen.suite]]\nsources = 'web/'\ntest-command = 'npm test'\n"
    project(tmp_path / "below", inner + suite)
    project(tmp_path / "plain", "")
    resolved = resolve({"repeat": "3"}, {}, tmp_path)
    settings = with_projects(resolved, [tmp_path, tmp_path / "below/src", tmp_path / "plain"])
    source, plain = settings.for_source(tmp_path / "below/a.py"), settings.for_source(tmp_path / "plain/a.py")
    assert plain == replace(settings, suites=plain.suites)
    assert (source.model, source.jobs) == ("a", 2)
    assert (source.memory, source.repeat) == (99, 3)  # said there; the flag wins
    assert source.timeout == Settings().timeout  # as in a run about that project alone
    web = settings.for_source(tmp_path / "below/web/a.js")
    assert (web.test_command, web.memory) == ("npm test", 99)
