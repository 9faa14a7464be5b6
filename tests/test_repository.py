"""A run over many source files, as a user makes it: what is written, asked, left, and said."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import testgen.reports.many
from endpoint import NO_QUOTA, Say, Tokens
from repositories_of_modules import ANSWERS, MODULE, Modules, reply

NAMES = ("cart", "parcel", "price")
ONCE = ("--max-iterations", "1")


@pytest.fixture
def modules(tmp_path, project_python):
    return Modules.of(tmp_path / "project", project_python, *NAMES)


def from_file(uri):
    return Resource.from_contents(json.loads(Path(url2pathname(urlsplit(uri).path)).read_text("utf-8")))


def errors(report):
    """What is wrong with a report by the schema as it is installed, which refers to the one beside it."""
    schema = Path(testgen.reports.many.__file__).with_name("schema.json").as_uri()
    validator = Draft202012Validator({"$ref": schema}, registry=Registry(retrieve=from_file))
    return [error.message for error in validator.iter_errors(report)]


def worked_on(ended):
    return [file["source"] for file in ended.report["files"]]


def test_every_file_gets_its_tests_and_the_suite_is_green(modules, endpoint):
    endpoint.always(ANSWERS)
    ended = modules.testgen(*ONCE, "--report", "json:-", endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    for name in NAMES:
        assert f"def test_twice_{name}" in modules.text_of(name)
        assert "test_wrong" not in modules.text_of(name)
    assert modules.pytest() == 0
    assert len(endpoint.requests) == len(NAMES)
    report = ended.report
    assert errors(report) == []
    assert (report["kept"], report["candidates"], report["refused"]) == (6, 9, {"alone": 3})
    assert report["coverage"]["lines"] == {
        "total": 18,
        "before": {"covered": 4, "percent": 22.2222},
        "after": {"covered": 16, "percent": 88.8889},
    }
    assert "cart.py  66.6 % → 100.0 %  2 kept, 1 refused" in ended.stderr


def test_a_second_run_goes_on_with_what_is_missing_and_pays_nothing_twice(modules, endpoint):
    endpoint.always(ANSWERS)
    first = modules.testgen(*ONCE, "--max-files", "1", "--report", "json:-", endpoint=endpoint)
    assert (first.report["stop"]["code"], worked_on(first)) == ("files", ["src/shop/parcel.py"])
    assert len(endpoint.requests) == 1
    second = modules.testgen(*ONCE, "--report", "json:-", endpoint=endpoint)
    assert worked_on(second)[0] == "src/shop/price.py"  # most to gain first
    assert len(endpoint.requests) == 4
    assert second.report["stop"]["code"] == "done"
    third = modules.testgen(*ONCE, "--report", "json:-", endpoint=endpoint)
    assert "src/shop/cart.py" not in worked_on(third)  # nothing is missing there


def test_nothing_is_paid_twice_after_a_run_that_wrote_nothing(modules, endpoint):
    endpoint.always(ANSWERS)
    before = modules.files()
    shown = modules.testgen(*ONCE, "--diff-only", endpoint=endpoint)
    assert (shown.code, modules.files(), len(endpoint.requests)) == (0, before, 3)
    assert shown.stdout.count("+def test_twice_") == 3
    written = modules.testgen(*ONCE, endpoint=endpoint)
    assert (written.code, len(endpoint.requests)) == (0, 3)
    assert "in 0 calls and 3 remembered calls" in written.stdout
    assert "test_twice_price" in modules.text_of("price")


def test_the_failure_of_one_file_stops_no_other(modules, endpoint):
    modules.write(
        {
            "src/shop/broken.py": "def f(:\n",
            "src/shop/bad.py": "raise ValueError('no')\n",
            "src/shop/ends.py": "import os\nos._exit(3)\n",
        }
    )
    endpoint.always(Say(lambda prompt: "I cannot." if "shop.parcel" in prompt else reply(prompt)))
    ended = modules.testgen(*ONCE, "--report", "json:-", endpoint=endpoint)
    causes = {one["source"]: one["cause"] for one in ended.report["failed"]}
    assert "cannot be parsed" in causes["src/shop/broken.py"]
    assert "ValueError: no" in causes["src/shop/bad.py"]
    assert "ends the process" in causes["src/shop/ends.py"]
    assert "test_twice_price" in modules.text_of("price")


def test_a_function_is_looked_for_in_all_files_before_anything_is_run(modules, endpoint):
    modules.write({"src/shop/parcel.py": "def weight(grams):\n    return grams / 1000\n"})
    endpoint.always(Say("I cannot."))
    wanted = ("--function", "weight", "--function", "size", "--max-files", "1")
    ended = modules.testgen(*wanted, *ONCE, "--report", "json:-", endpoint=endpoint)
    assert worked_on(ended) == ["src/shop/price.py"], ended.stderr
    alone = modules.testgen("--function", "weight", *ONCE, "--report", "json:-", endpoint=endpoint)
    assert (worked_on(alone), alone.report["failed"]) == (["src/shop/parcel.py"], []), alone.stderr
    for name, hint in (("wieght", "Did you mean weight?"), ("3", "Name that with --source-file.")):
        ended = modules.testgen("--function", name)
        assert (ended.code, hint in ended.stderr, "measuring" in ended.stderr) == (2, True, False)


def test_a_quiet_plan_is_one_line(modules):
    modules.write({"src/shop/broken.py": "def f(:\n"})
    ended = modules.testgen("plan", "--quiet")
    figures = r"lines 22\.2 % \(4 of 18\), branches 16\.6 % \(1 of 6\)"
    said = rf"4 source files, 1 failed: {figures}, something missing in 3 files\n"
    assert re.fullmatch(said, ended.stdout), ended.stdout


def test_a_model_that_cannot_be_asked_ends_it(modules, endpoint):
    before = modules.files()
    ended = modules.testgen(*ONCE, endpoint=endpoint.always(NO_QUOTA))
    assert (ended.code, modules.files()) == (4, before), ended.stderr
    assert "quota" in ended.stderr


def test_a_limit_is_for_all_files_together(modules, endpoint):
    endpoint.always(Say(reply, tokens=Tokens(prompt=1500, completion=400)))
    limits = ("--max-tokens", "3500", "--max-output-tokens", "500", "--at-once", "1")
    ended = modules.testgen(*ONCE, *limits, "--report", "json:-", endpoint=endpoint)
    assert ended.report["stop"]["code"] == "budget"
    assert 0 < len(endpoint.requests) < 3
    assert len(worked_on(ended)) == len(endpoint.requests)
    assert errors(ended.report) == []


def sharper(prompt):
    """A test at the bound for what no test notices, else the usual answer."""
    [name] = re.findall(r"# Code under test: \S*?(\w+)\.py", prompt)[-1:]
    at_ten = f"from shop.{name} import size\n\n\ndef test_at_ten_{name}():\n    assert size(10) == 'small'\n"
    return f"```python\n{at_ten}```\n" if "number >= 10" in prompt else reply(prompt)


def test_what_no_test_notices_is_asked_for_file_by_file(modules, endpoint):
    endpoint.always(Say(sharper))
    reports = ("--report", "json:-", "--report", "markdown:r.md", "--report", "html:r.html")
    ended = modules.testgen(*ONCE, "--strength", *reports, endpoint=endpoint)
    assert (ended.code, errors(ended.report)) == (0, []), ended.stderr
    for name, result in zip(("parcel", "price", "cart"), ended.report["files"], strict=True):
        assert f"test_at_ten_{name}" in modules.text_of(name)
        assert result["strength"]["percent"] > result["strength"]["percent_before"]
    told = re.findall(r"^ +src\S+ .* of \d+ mutants killed$", ended.stderr, re.MULTILINE)
    assert len(told) == len(NAMES) and "catches: " in ended.stderr
    assert (modules.root / "r.md").read_text(encoding="utf-8").count(" mutants killed |") == len(NAMES)
    assert (modules.root / "r.html").read_text(encoding="utf-8").count("Strength: ") == len(NAMES)
    assert modules.pytest() == 0


def test_money_that_is_spent_on_one_file_asks_for_no_sharper_test_of_another(modules, endpoint):
    endpoint.always(Say(sharper, tokens=Tokens(prompt=1500, completion=400)))
    limits = ("--max-tokens", "10000", "--max-output-tokens", "500", "--at-once", "1")
    ended = modules.testgen(*ONCE, "--strength", *limits, "--report", "json:-", endpoint=endpoint)
    assert ended.report["stop"]["code"] == "budget"
    assert len(NAMES) < len(endpoint.requests) < 2 * len(NAMES)
    assert all(result["strength"]["tried"] for result in ended.report["files"])


POLLUTES = """```python
import shop
from shop.parcel import size, twice


def test_pollutes():
    shop.polluted = True
    assert size(11) == "large"


def test_fine():
    assert twice(2) == 4
```"""
SUFFERS = """
import shop


def test_zz():
    assert not hasattr(shop, "polluted")
"""


def test_who_breaks_another_files_tests_is_refused_and_the_rest_written(modules, endpoint):
    modules.write({"tests/test_zz.py": SUFFERS})
    endpoint.always(Say(lambda prompt: POLLUTES if "shop.parcel" in prompt else reply(prompt)))
    ended = modules.testgen(*ONCE, "--strength", "--report", "json:-", endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    candidates = [one for file in ended.report["files"] for one in file["candidates"]]
    assert {one["name"] for one in candidates if one["gate"] == "company"} == {"test_pollutes"}
    [parcel] = [one for one in ended.report["files"] if one["source"] == "src/shop/parcel.py"]
    assert [test["name"] for test in parcel["strength"]["tests"]] == ["test_fine"]
    assert "test_pollutes" not in modules.text_of("parcel")
    assert "test_fine" in modules.text_of("parcel")
    assert "test_twice_price" in modules.text_of("price")
    assert modules.pytest() == 0


def test_a_red_test_is_named_and_may_be_left_out(modules, endpoint):
    modules.write({"tests/test_red.py": "def test_red():\n    assert 0\n"})
    endpoint.always(ANSWERS)
    ended = modules.testgen(*ONCE, endpoint=endpoint)
    assert (ended.code, endpoint.requests) == (3, [])
    assert "tests/test_red.py::test_red" in ended.stderr
    assert "--deselect-failing" in ended.stderr
    ended = modules.testgen(*ONCE, "--deselect-failing", endpoint=endpoint)
    assert ended.code == 0
    assert "left out because red without any new test: tests/test_red.py::test_red" in ended.stdout
    assert "test_twice_price" in modules.text_of("price")


def test_a_repository_without_any_test(tmp_path, project_python, endpoint):
    modules = Modules.of(tmp_path / "project", project_python)
    modules.write({"src/shop/cart.py": MODULE.format(name="cart"), "src/shop/price.py": MODULE})
    ended = modules.testgen(*ONCE, endpoint=endpoint.always(ANSWERS))
    assert ended.code == 0, ended.stderr
    assert "test_twice_cart" in modules.text_of("cart")
    assert modules.pytest() == 0


def test_several_projects_in_one_repository(tmp_path, project_python, endpoint):
    modules = Modules(tmp_path / "whole", project_python)
    for name in ("one", "two"):
        Modules.of(modules.root / name, project_python, name)
    modules.write({"two/tests/test_red.py": "def test_red():\n    assert 0\n"})
    ended = modules.testgen(*ONCE, "--report", "json:-", endpoint=endpoint.always(ANSWERS))
    assert ended.code == 0, ended.stderr
    assert worked_on(ended) == ["one/src/shop/one.py"]
    assert {failed["source"] for failed in ended.report["failed"]} == {
        "two/src/shop/__init__.py",
        "two/src/shop/two.py",
    }
    assert "test_red" in ended.report["failed"][0]["cause"]
    assert "test_twice_one" in (modules.root / "one/tests/test_one.py").read_text()


def test_folders_patterns_and_files(modules, endpoint):
    modules.write({"src/other/__init__.py": "", "src/other/name.py": MODULE})
    asked = ("src/shop/p*.py", "src/other")
    ended = modules.testgen("plan", *asked, "--report", "json:-", API_KEY="")
    assert [one["source"] for one in ended.report["left"]] == [
        "src/other/name.py",
        "src/shop/parcel.py",
        "src/shop/price.py",
        "src/other/__init__.py",
    ]
    assert errors(ended.report) == []
    assert "with replies as long as they may be, one round costs $0." in ended.stderr
    one = modules.testgen("plan", "src/shop/price.py", API_KEY="")
    assert "2 gaps" in one.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("tests",), "no source file in"),
        (("src/nothing/*.py",), "does not exist"),
        (("src", "--test-file", "tests/test_cart.py"), "--test-file goes with one source file"),
        (("histroy",), "No such command"),
    ],
)
def test_what_names_no_sources(modules, endpoint, arguments, says):
    ended = modules.testgen(*arguments, endpoint=endpoint)
    assert (ended.code, says in ended.stderr, endpoint.requests) == (2, True, []), ended.stderr


def test_what_the_coverage_settings_leave_out_is_no_source(modules):
    settings = "[run]\nsource = src/shop\nomit = */price.py\n[report]\nomit = */parcel.py\n"
    modules.write({".coveragerc": settings, "scripts/tool.py": MODULE})
    ended = modules.testgen("plan", "--report", "json:-", API_KEY="")
    named = [one["source"] for one in ended.report["left"]]
    assert named == ["src/shop/cart.py", "src/shop/__init__.py"]


def test_what_was_kept_is_written_when_interrupted(modules, endpoint):
    endpoint.always(Say(lambda prompt: time.sleep(30) or "" if "shop.price" in prompt else reply(prompt)))
    process = modules.start(*ONCE, "--api-base", endpoint.url)
    assert any("parcel.py" in line for line in process.stderr)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert (process.returncode, time.monotonic() - begun < 20) == (130, True)
    assert "test_twice_parcel" in modules.text_of("parcel")
    assert modules.text_of("price") == ""


def test_an_interruption_while_mutants_are_tried_keeps_what_was_judged(modules, endpoint):
    endpoint.always(ANSWERS)
    process = modules.start(*ONCE, "--strength", "--api-base", endpoint.url)
    assert any("trying mutants of src/shop/parcel.py" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert all(f"test_twice_{name}" in modules.text_of(name) for name in NAMES)


def test_quiet_is_one_line(modules, endpoint):
    ended = modules.testgen(*ONCE, "--quiet", endpoint=endpoint.always(ANSWERS))
    assert re.fullmatch(
        r"3 files: kept 6 of 9 candidates, lines 22\.2 % → 88\.8 %, .* \$0\.\d+\. "
        r"Written to 3 test files, 2 of them new\.\n",
        ended.stdout,
    ), ended.stdout
    assert ended.stderr == ""
