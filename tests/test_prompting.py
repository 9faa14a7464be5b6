from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from endpoint import Say
from projects import REPOSITORY
from shop import Shop, fenced
from testgen.context.tried import LONGEST_TRACE, SHOWN_ATTEMPTS, attempts
from testgen.domain import Candidate, Failure, Fixture, Gate, Outcome, Reach, Run, Verdict
from testgen.errors import UsageError
from testgen.prompting import (
    LONGEST_FILE,
    MOST_NAMED,
    AskedGap,
    CallSite,
    File,
    Prompts,
    Question,
    Signature,
    conftests,
    listed,
    read,
    shipped,
    shown,
)

MISSING = "# What no test reaches yet"
QUESTION = Question(
    source=File("shop/cart.py", "def total():\n    return 1"),
    language="python",
    runner="",
    module="shop.cart",
    versions="Python 3",
    uses=(File("shop/parcel.py", "class Parcel: ..."),),
    signatures=(Signature("http.get(url)", "Fetches."), Signature("http.put()", "")),
    left_out="Van, Ship",
    calls=(CallSite("app.py", 7, "cart = Cart(1)"),),
    included=(File("notes.md", "Rounded half up."),),
    conftests=(File("tests/conftest.py", "def cart(): ..."),),
    fixtures=(Fixture("mocker", "pytest_mock", "Replaces things."),),
    instructions="No mocks, please.",
    examples=(File("tests/test_shop.py", "def test_shop(): ..."),),
    tests=File("tests/test_cart.py", "def test_total(): ..."),
    gaps=(AskedGap("total", 1, 2, ("never run",)),),
)


ELSEWHERE = """
    from shop.cart import shipping


    def test_five():
        assert shipping(1) == 5


    def test_callable():
        assert callable(shipping)
"""


def asked(question: Question, own: Path | None = None) -> str:
    return "\n".join(message.text for message in Prompts(own).messages(question))


def test_everything_is_told_in_the_order_of_how_long_it_lasts():
    text = asked(QUESTION)
    in_order = [
        "You write unit tests",
        "# Code under test: shop/cart.py",
        "2      return 1",
        "# What it uses: shop/parcel.py",
        "- `http.get(url)`: Fetches.\n- `http.put()`\n",
        "For want of room not shown: Van, Ship.",
        "- app.py:7 `cart = Cart(1)`",
        "# For reference: notes.md",
        "# Fixtures in reach: tests/conftest.py",
        "- `mocker` of pytest_mock: Replaces things.\n",
        "No mocks, please.",
        "as a style to follow: tests/test_shop.py",
        "# Existing tests: tests/test_cart.py",
        MISSING,
        "- total (lines 1-2): never run",
    ]
    assert sorted(in_order, key=text.index) == in_order


def test_what_is_not_there_is_not_spoken_of():
    bare = replace(QUESTION, uses=(), signatures=(), left_out="", calls=(), included=(), conftests=())
    bare = replace(bare, fixtures=(), instructions="", examples=())
    text = asked(replace(bare, tests=File("tests/test_cart.py", "")))
    assert [line for line in text.splitlines() if line.startswith("# ")] == [
        "# Code under test: shop/cart.py",
        MISSING,
    ]
    assert "There is no test file yet; yours will become tests/test_cart.py." in text


def test_rounds_of_a_run_have_the_same_beginning(tmp_path, project_python, endpoint):
    """To the byte, up to the test file, which has more tests in it by then."""
    shop = Shop.at(tmp_path, project_python)
    wrong = "def test_is_wrong():\n    assert shipping(1) == 6"
    right = "def test_none():\n    assert first([]) is None"
    endpoint.will(Say(fenced("from shop.cart import first, shipping", wrong, right)), Say("Nothing more."))
    assert shop.testgen("--max-iterations", "2", "--repeat", "1", endpoint=endpoint).code == 0
    (first, gaps), (second, later) = (request.prompt.split(MISSING) for request in endpoint.requests)
    same, tests_so_far = second.split("# Existing tests")
    assert first.startswith(f"{same}# Existing tests")
    assert "def test_none():" in tests_so_far
    assert "- first (lines 16-20): never called\n" in gaps
    assert "- first (lines 16-20): line 19 `return name` never run\n" in later
    assert "assert 5 == 6" in later


def test_a_source_without_a_test_file_is_asked_for_in_the_style_of_tests_that_reach_it(
    tmp_path, project_python, endpoint
):
    shop = Shop.at(tmp_path, project_python)
    shop.test_file.unlink()
    with shop.source.open("a") as source:  # more doctests than tests elsewhere
        source.writelines(
            f'\n\ndef same_{n}():\n    """\n    >>> shipping(1)\n    5\n    """\n' for n in range(2)
        )
    shop.write({"pytest.ini": "[pytest]\npythonpath = src\naddopts = --doctest-modules\n"})
    shop.write(
        {"tests/test_all.py": ELSEWHERE, "tests/test_else.py": "def test_is():\n    assert 1 + 1 == 2\n"}
    )
    endpoint.will(Say("Nothing."))
    done = shop.testgen("--max-iterations", "1", "--report", "json:report.json", endpoint=endpoint)
    (request,) = endpoint.requests
    example, own = request.prompt.split("as a style to follow: tests/test_all.py")[1].split(
        "There is no test file yet"
    )
    assert "def test_five():" in example
    assert "yours will become tests/test_cart.py" in own
    assert "by 3 existing tests in " in done.stderr
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    doctests = [f"src/shop/cart.py::shop.cart.same_{n}" for n in range(2)]
    assert sorted(report["existing_tests"]) == [*doctests, "tests/test_all.py::test_five"]


@pytest.mark.parametrize(
    ("runner", "says"),
    [
        ("node", "node:test and node:assert, and import"),
        ("vitest", "Write for vitest, and import"),
        ("jest", "Write for jest. Answer"),
        ("", "the test runner that the existing tests use"),
    ],
)
@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_the_model_is_told_for_which_runner_it_writes(runner, says, language):
    system, _ = Prompts(None).messages(replace(QUESTION, language=language, runner=runner))
    assert says in " ".join(system.text.split())
    assert ("test.each" in system.text) is (runner != "node")  # which has no such thing
    assert "suspected bug.\n- Everything inside" in system.text


def test_the_page_is_that_of_the_prompts():
    made = subprocess.run(
        [sys.executable, REPOSITORY / "docs" / "prompts.py"], capture_output=True, text=True, check=True
    )
    page = REPOSITORY / "docs" / "prompts.md"
    assert page.read_text("utf-8") == made.stdout, "run: python docs/prompts.py > docs/prompts.md"


@pytest.mark.parametrize(
    "template",
    [
        "{% if attempts %}{{ sauce }}{% endif %}",
        "{% for one in gaps %}{{ on.name }}{% endfor %}",
        "{% if %}",
        "\xff",
    ],
)
def test_what_is_wrong_in_a_template_is_found_before_it_is_used(tmp_path, template):
    (tmp_path / "ask.md.j2").write_text(template, "latin-1")
    with pytest.raises(UsageError, match=r"ask\.md\.j2 cannot be "):
        Prompts(tmp_path)


def test_a_template_may_set_names_for_others_and_use_those_of_jinja(tmp_path):
    (tmp_path / "ask.md.j2").write_text("{% set style = 'short' %}{% include 'mine.md.j2' %}", "utf-8")
    (tmp_path / "mine.md.j2").write_text("{{ style }}{{ range(2) | list }}", "utf-8")
    assert asked(QUESTION, tmp_path).endswith("short[0, 1]")


def test_a_trace_is_told_without_where_the_project_lies_and_lines_that_say_nothing(tmp_path):
    trace = f"{tmp_path}/tests/test_a.py:8: in test_a\n    assert f() == 5\nE   assert 6 == 5\nE     \n"
    verdict = refusal("test_a", trace=f"{trace}E     At index 1\nE     Use -v to get more diff")
    [found] = attempts([verdict], 2, root=tmp_path)
    assert found.trace == (
        "tests/test_a.py:8: in test_a\n    assert f() == 5\nE   assert 6 == 5\nE     At index 1"
    )


def test_an_own_template_takes_the_place_of_that_one_alone(tmp_path):
    (tmp_path / "language-python.md.j2").write_text("Write doctests for {{ module }}.", "utf-8")
    theirs = (shipped() / "language-python.md.j2").read_text("utf-8").rstrip("\n")
    assert theirs in asked(QUESTION)
    assert asked(QUESTION, tmp_path) == asked(QUESTION).replace(theirs, "Write doctests for shop.cart.")


@pytest.mark.parametrize("template", ["{{ sauce }}", "{{ source.pith }}", "{% if %}", "{% include 'x' %}"])
def test_a_template_that_cannot_be_rendered(tmp_path, template):
    (tmp_path / "ask.md.j2").write_text(template, "utf-8")
    with pytest.raises(UsageError, match=r"the prompt template ask\.md\.j2 cannot be rendered"):
        asked(QUESTION, tmp_path)


def refusal(name: str, gate: Gate = Gate.ALONE, trace: str = "E  assert 5 == 6", owner: str = "") -> Verdict:
    run = Run(Outcome.FAILED, failure=Failure("assert 5 == 6", trace))
    return Verdict(Candidate(name, "def x(): ...\n", owner=owner), gate, f"{gate.value} says no", runs=(run,))


def test_attempts_are_shown_with_their_failure_the_latest_first():
    found = attempts(
        [refusal("one"), refusal("two", owner="TestCart"), Verdict(Candidate("kept", ""), None, "")], 2
    )
    assert [one.name for one in found] == ["TestCart.two", "one"]
    text = asked(replace(QUESTION, attempts=found)).partition(MISSING)[2]
    assert "`TestCart.two` alone says no\n\n```python\ndef x(): ...\n```\n```\nE  assert 5 == 6\n```" in text
    assert "# Tests you wrote before that were not kept" not in asked(QUESTION)


def test_one_that_reaches_nothing_new_goes_back_with_what_it_reaches():
    verdict = replace(refusal("old", Gate.GAIN, trace=""), reached=Reach.of([3, 4, 9], [(3, 4)]))
    [found] = attempts([verdict], 2, range(1, 10))
    assert found.reason == "gain says no; it runs lines 3-4, 9"
    [other] = attempts([replace(refusal("red"), reached=verdict.reached)], 2)
    assert other.reason == "alone says no"


def test_a_test_goes_back_so_many_times_and_not_once_it_was_kept():
    kept = Verdict(Candidate("mended", ""), None, "")
    found = attempts([refusal("again"), refusal("again"), refusal("once"), refusal("mended"), kept], 2)
    assert [one.name for one in found] == ["once", "again"]
    assert attempts([refusal("again")] * 3, 2) == ()
    assert attempts([refusal("again")], 0) == ()


def test_attempts_are_bounded_and_what_was_not_needed_is_no_failure():
    many = [refusal(str(number), trace="x" * 9_999 + "end") for number in range(20)]
    found = attempts([*many, refusal("late", Gate.NEEDED)], 2)
    assert [one.name for one in found] == [str(number) for number in range(19, 19 - SHOWN_ATTEMPTS, -1)]
    assert len(found[0].trace) == LONGEST_TRACE
    assert found[0].trace.endswith("end")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("missing.md", None),
        ("binary.md", b"\xff\xfe\x00"),
        ("latin.py", b"x = '\xe4'"),
        ("odd.py", b"# coding: no-such\nx"),
        ("hex.py", b"# coding: hex\nx"),
    ],
)
def test_a_file_that_cannot_be_shown(tmp_path, name, data):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=name):
        read(tmp_path / name)


def test_files_are_shown_from_the_root_and_cut(tmp_path):
    path = tmp_path / "docs" / "long.md"
    path.parent.mkdir()
    path.write_bytes(b"\xef\xbb\xbf" + b"x" * (LONGEST_FILE + 7))
    file = shown(path, tmp_path)
    assert file.path == "docs/long.md"
    assert file.text == "x" * LONGEST_FILE + "\n... 7 characters left out ..."
    assert shown(path, tmp_path / "elsewhere").path == path.as_posix()


def test_conftests_outermost_first(tmp_path):
    for folder in ("tests/unit", "tests", "other"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "conftest.py").write_text(f"# {folder}", "utf-8")
    found = conftests(tmp_path / "tests" / "unit" / "test_x.py", tmp_path)
    assert [file.text for file in found] == ["# tests", "# tests/unit"]


def test_numbers_are_those_of_python():
    text = "one = '\x0c \u2028'\n\ntwo = 2\n"
    assert File("x.py", text).numbered == "1  one = '\x0c \u2028'\n2\n3  two = 2"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a", "b"], "a, b"),
        (["a"] * MOST_NAMED, ", ".join("a" * MOST_NAMED)),
        (["a"] * (MOST_NAMED + 2), ", ".join("a" * MOST_NAMED) + " and 2 more"),
    ],
)
def test_names_in_a_row(names, text):
    assert listed(names) == text
