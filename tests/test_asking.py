"""How a module is asked for: in one go, or by gaps and several questions at once."""

from __future__ import annotations

import threading

import pytest

from endpoint import Fail, Say
from repositories_of_modules import Modules
from shop import CART, Shop, fenced
from test_main_job import IMPORTS
from testgen.context import looking_up
from testgen.domain import Gap, Reach
from testgen.inquiry import PORTION, WHOLE, shared
from testgen.pipeline import run
from testgen.prompting import Attempt
from testgen.settings import Settings

MISSING = "# What no test reaches yet"
IN_QUESTION = "# The code in question"
FILLER = "\n".join(
    f"        # what happens in step {number:04} of this function" for number in range(PORTION)
)
ALIKE = "\n\n".join(
    f"def part_{name}(value):\n    if value:\n{FILLER}\n        return {name!r}\n    return None\n"
    for name in "abc"
)
LONG = f"{CART}\n\n{ALIKE}"
PART_A = "from shop.cart import part_a\n\n\ndef test_part():\n    assert part_a(1) == 'a'"
PART_B = "from shop.cart import part_b\n\n\ndef test_part():\n    assert part_b(1) == 'b'"


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


@pytest.fixture
def long_shop(shop):
    assert len(LONG) > 3 * WHOLE
    shop.source.write_text(LONG)
    return shop


def test_a_short_module_is_asked_for_in_one_go(shop, endpoint):
    endpoint.will(Say("No tests."))
    shop.testgen("--max-iterations", "1", endpoint=endpoint)
    [request] = endpoint.requests
    assert IN_QUESTION not in request.prompt
    assert "def shipping(weight):" in request.prompt


def test_a_long_one_is_asked_for_by_gaps_and_every_question_begins_the_same_to_the_byte(long_shop, endpoint):
    endpoint.always(Say("No tests."))
    ended = long_shop.testgen("--max-iterations", "1", endpoint=endpoint)
    assert "in 4 questions" in ended.stderr
    prompts = [request.prompt for request in endpoint.requests]
    beginnings, ends = zip(*(prompt.split(IN_QUESTION) for prompt in prompts), strict=True)
    assert len(set(beginnings)) == 1
    assert "This is its outline" in beginnings[0]
    assert "step 0007" not in beginnings[0]
    asked = [end.partition(MISSING)[2] for end in ends]
    for name in ("total", "shipping", "part_a", "part_b", "part_c"):
        assert sum(f"- {name} (" in one for one in asked) == 1


def test_several_questions_are_under_way_at_once_and_what_comes_is_judged_together(long_shop, endpoint):
    together = threading.Barrier(3)

    def answer(prompt):
        together.wait(timeout=20)
        asked = prompt.partition(MISSING)[2]
        return fenced(PART_A) if "- part_a (" in asked else fenced(PART_B) if "- part_b (" in asked else ""

    endpoint.always(Say(answer))
    functions = ("--function", "part_a", "--function", "part_b", "--function", "part_c")
    ended = long_shop.testgen(
        *functions, "--max-iterations", "1", "--jobs", "3", "--report", "json:-", endpoint=endpoint
    )
    assert ended.code == 0, ended.stderr
    assert ended.report["usage"]["calls"] == 3
    assert (len(ended.report["rounds"]), ended.report["rounds"][0]["kept"]) == (1, 2)
    text = long_shop.test_file.read_text()
    assert "part_a(1) == 'a'" in text
    assert "part_b(1) == 'b'" in text
    assert long_shop.pytest() == 0


def test_a_question_that_fails_costs_none_of_the_answers(long_shop, endpoint):
    functions = ("--function", "part_a", "--function", "part_b")
    endpoint.will(Say(fenced(PART_A)), Fail(400, "no more"))
    ended = long_shop.testgen(*functions, "--jobs", "1", "--report", "json:-", endpoint=endpoint)
    assert (ended.code, ended.report["stop"]["code"]) == (0, "provider")
    assert "part_a(1) == 'a'" in long_shop.test_file.read_text()


def test_what_cannot_be_reached_may_be_said_once_it_was_asked_for_twice(shop, endpoint):
    new = ["assert shipping(1) == 5", "assert first([]) is None", "assert total([], 0) == 0"]
    replies = [fenced(f"{IMPORTS}, first", f"def test_{n}():\n    {line}") for n, line in enumerate(new)]
    endpoint.will(*(Say(reply) for reply in replies))
    shop.testgen("--max-iterations", "3", "--repeat", "1", endpoint=endpoint)
    invited = ["Unreachable" in request.prompt for request in endpoint.requests]
    assert invited == [False, False, True]


def test_fixtures_of_plugins_and_of_modules_that_are_named_as_such_are_told(shop, endpoint):
    shop.write({
        "conftest.py": "pytest_plugins = ['parcels']\n",
        "src/parcels.py": """
            import pytest


            @pytest.fixture
            def parcel():
                \"\"\"A parcel of a kilogram.

                Sealed.
                \"\"\"
                return 1


            @pytest.fixture(scope="session")
            def depot(): ...


            @pytest.fixture(autouse=True)
            def _unpacked(): ...
            """,
    })  # fmt: skip
    endpoint.will(Say("No tests."))
    shop.testgen("--max-iterations", "1", endpoint=endpoint)
    told = endpoint.requests[0].prompt.partition("# Further fixtures in reach\n\n")[2].partition("\n\n")[0]
    assert told == "- `parcel` of parcels: A parcel of a kilogram.\n- `depot` of parcels"


IDLE = """
import sys
from abc import ABC, abstractmethod


class Base(ABC):
    @abstractmethod
    def cost(self):
        raise NotImplementedError


def slash():
    if sys.platform == "amiga":
        return ":"
    return "/"
"""


def test_what_is_abstract_or_for_another_platform_is_not_asked_for_and_that_is_said(shop, endpoint):
    shop.source.write_text(IDLE)
    shop.test_file.write_text("from shop.cart import slash\n\n\ndef test_it():\n    assert slash() == '/'\n")
    ended = shop.testgen("--report", "json:-", endpoint=endpoint)
    assert (ended.code, endpoint.requests) == (0, [])
    assert ended.report["stop"]["code"] == "unreachable"
    [note] = [note for note in ended.report["notes"] if note.startswith("not asked for: ")]
    assert "lines 9, 14; branch 13→14; " in note
    assert 14 in ended.report["coverage"]["after"]["lines"]["missing"]


INI = """
from iniconfig import IniConfig


def read(path):
    return IniConfig(path).get("a", "b")
"""
SIGNATURE = "`iniconfig.IniConfig(path: "  # of a package that comes with pytest
NOT_SHOWN = "signatures of what the code calls are not shown to the model: looking them up failed: "


@pytest.fixture
def ini_shop(shop):
    shop.source.write_text(INI)
    shop.test_file.unlink()
    return shop


def test_signatures_of_libraries_are_told_and_the_same_question_is_not_paid_twice(ini_shop, endpoint):
    endpoint.will(Say("No tests."))
    first, again = (ini_shop.testgen("--max-iterations", "1", endpoint=endpoint) for _ in range(2))
    assert (first.code, again.code, len(endpoint.requests)) == (0, 0, 1), again.stderr
    assert SIGNATURE in endpoint.requests[0].prompt


def test_of_several_sources_each_is_told_its_own(tmp_path, project_python, endpoint):
    modules = Modules.of(tmp_path / "project", project_python, "plain")
    modules.write({"src/shop/settings.py": INI})
    endpoint.always(Say("No tests."))
    modules.testgen("--max-iterations", "1", endpoint=endpoint)
    told = {("def read" in one.prompt): SIGNATURE in one.prompt for one in endpoint.requests}
    assert told == {True: True, False: False}


def test_a_look_up_that_was_cut_is_said_and_costs_the_signatures_only(ini_shop, endpoint, monkeypatch):
    program = ini_shop.root.parent / "broken.py"
    program.write_text("")
    monkeypatch.setattr(looking_up, "_PROGRAM", program)
    endpoint.will(Say("No tests."))
    settings = Settings(
        source_file=ini_shop.source,
        test_file=ini_shop.test_file,
        python=ini_shop.python,
        api_base=endpoint.url,
        max_iterations=1,
    )
    result = run(settings, ini_shop.environ(), lambda _: None)
    assert f"{NOT_SHOWN}it ended without an answer" in result.notes
    assert SIGNATURE not in endpoint.requests[0].prompt


def test_what_was_kept_stays_when_a_later_question_cannot_be_put_together(shop, endpoint, tmp_path):
    own = tmp_path / "prompts"
    own.mkdir()
    (own / "ask.md.j2").write_text("{% if rounds_before %}{{ source.pith }}{% endif %}")
    endpoint.will(Say(fenced(IMPORTS, "def test_weight():\n    assert shipping(1) == 5")))
    ended = shop.testgen("--prompts-dir", str(own), "--report", "json:-", endpoint=endpoint)
    assert (ended.code, ended.report["stop"]["code"]) == (0, "question"), ended.stderr
    assert "the prompt template ask.md.j2 cannot be rendered" in " ".join(ended.report["notes"])
    assert "def test_weight" in shop.test_file.read_text()


def test_an_attempt_goes_back_with_the_gaps_that_it_is_about():
    groups = [[Gap(name, 1, 2, Reach())] for name in ("Cart.add", "shipping")]
    tried = [
        Attempt("one", "", "shipping(1)", ""),
        Attempt("two", "", "Cart().add()", ""),
        Attempt("x", "", "", ""),
    ]
    assert [[one.name for one in mine] for mine in shared(tried, groups)] == [["two", "x"], ["one"]]
