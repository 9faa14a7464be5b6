"""A failing test is told apart: wrong itself, or evidence that the code contradicts what it says."""

from __future__ import annotations

import pytest

from endpoint import Say
from shop import Shop, fenced

SOURCE = '''
"""What it costs to send."""

import os


def shipping(weight):
    """What it costs to send: five dollars up to and with ten kilograms, nine above.

    >>> shipping(20)
    8
    """
    if weight < 0:
        raise KeyError("no weight")
    if weight > 50:
        while True:
            pass
    return 5 if weight < 10 else 9


def ask(customer, send):
    """The customer's answer in capital letters; an empty one if the customer says nothing."""
    return send(customer).upper()


def spell(number):
    """The same number as a text."""
    return {1: "1", 2: "two"}[number]


def depth(nested):
    """How deep it is."""
    return 1 + depth(nested)


def slip():
    """Text for the slip: always the same words."""
    return os.environ["PYTHONHASHSEED"] == "0" or "words"
'''
IMPORTS = "import pytest\nfrom shop.cart import ask, depth, shipping, slip, spell"
# Tests that fail, each with what the evidence says.
FAILING = {
    "boundary": (
        "code",
        """
        # suspects: "five dollars up to and with
        #   ten kilograms"
        @pytest.mark.parametrize("kg, dollars", [(1, 5), (10, 5), (11, 9)])
        def test_boundary(kg, dollars):
            assert shipping(1) == 5
            assert shipping(kg) == dollars
        """,
    ),
    "doctest": ("code", "def test_doctest():\n    assert shipping(20) == 8"),
    "crash": (
        "code",
        '# suspects: "an empty one if the customer says nothing"\n'
        'def test_crash():\n    assert ask("Ann", lambda customer: None) == ""',
    ),
    "hang": (
        "code",
        '# suspects: "ten kilograms, nine above"\ndef test_hang():\n    assert shipping(60) == 9',
    ),
    "cases that fail differently": (
        "code",
        """
        # suspects: "The same number as a text"
        @pytest.mark.parametrize("number, text", [(1, "1"), (2, "2"), (3, "3")])
        def test_cases(number, text):
            assert spell(number) == text
        """,
    ),
    "recursion": ("code", '# suspects: "How deep it is"\ndef test_recursion():\n    assert depth([[]]) == 2'),
    "made up": (
        "unbacked",
        '# suspects: "three dollars up to a kilogram"\ndef test_made_up():\n    assert shipping(1) == 3',
    ),
    "says nothing": ("unbacked", '# suspects: "dollars"\ndef test_one_word():\n    assert shipping(1) == 3'),
    "not quoted": ("unbacked", "def test_not_quoted():\n    assert shipping(1) == 3"),
    "wrong call": (
        "test",
        '# suspects: "five dollars up to and with ten"\n'
        "def test_wrong_call():\n    assert shipping(1, 2) == 5",
    ),
    "wrong attribute": (
        "test",
        '# suspects: "five dollars up to and with ten"\n'
        "def test_wrong_attribute():\n    assert shipping(1).dollars == 5",
    ),
    "wrong import": (
        "test",
        '# suspects: "five dollars up to and with ten"\n'
        "def test_wrong_import():\n    from shop.cart import freight\n    assert freight(1) == 5",
    ),
    "wrong fake": (
        "test",
        '# suspects: "The customer\'s answer in capital letters"\n'
        'def test_wrong_fake():\n    assert ask("Ann", lambda: "yes") == "YES"',
    ),
    "waits itself": (
        "test",
        '# suspects: "five dollars up to and with ten"\n'
        "def test_waits():\n    while shipping(1) == 5:\n        pass\n    assert shipping(1)",
    ),
    "not installed": (
        "environment",
        '# suspects: "five dollars up to and with ten"\n'
        "def test_not_installed():\n    import not_there_at_all\n    assert shipping(1) == 5",
    ),
    "now and then": (
        "flaky",
        '# suspects: "always the same words"\ndef test_now_and_then():\n    assert slip() == "words"',
    ),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory, project_python):
    shop = Shop.at(tmp_path_factory.mktemp("suspects"), project_python)
    shop.write({"src/shop/cart.py": SOURCE, "tests/test_cart.py": ""})
    return shop


@pytest.fixture(scope="module")
def report(shop):
    shop.write({"reply.md": fenced(IMPORTS, *(test for _, test in FAILING.values()))})
    ended = shop.testgen("keep", "reply.md", "--report", "json:-", "--timeout", "1", "--keep-suspects")
    assert ended.code == 0, ended.stderr
    return ended.report


@pytest.mark.parametrize("kind", FAILING)
def test_a_failing_test_is_told_apart_by_evidence(report, kind):
    cause, text = FAILING[kind]
    name = text.partition("def ")[2].partition("(")[0]
    found = {one["name"]: one for one in report["candidates"]}[name]
    assert found["verdict"] == "refused"
    assert found["cause"] == cause, found["failure"]


def suspects(report):
    return {one["statement"]["text"]: one for one in report["suspects"]}


def test_a_suspect_is_its_smallest_test_with_the_statement_and_its_place(report):
    found = suspects(report)["five dollars up to and with ten kilograms"]
    assert found["statement"] | {"text": ""} == {"text": "", "path": "src/shop/cart.py", "line": 7}
    assert found["message"] == "assert 9 == 5"
    assert found["code"].strip().splitlines() == [
        '@pytest.mark.parametrize("kg, dollars", [(10, 5)])',
        "def test_boundary(kg, dollars):",
        "    assert shipping(kg) == dollars",
    ]
    assert found["imports"] == ["import pytest", "from shop.cart import shipping"]


def test_a_suspect_is_kept_apart_as_a_test_that_runs_and_fails(shop, report):
    for found in report["suspects"]:
        assert (shop.root / found["path"]).is_file()
    path = suspects(report)["five dollars up to and with ten kilograms"]["path"]
    assert path == ".testgen/suspects/src.shop.cart/test_boundary.py"
    assert shop.pytest(path) == 1


def test_kept_suspects_stand_among_the_tests_expected_to_fail_and_turn_red_once_mended(shop, report):
    assert all(found["expected_to_fail"] for found in report["suspects"])
    text = shop.test_file.read_text()
    assert text.count("@pytest.mark.xfail") == 6
    assert text.count("run=False") == 1  # the one that hangs
    assert "contradicts src/shop/cart.py:7: five dollars up to and with ten kilograms" in text
    assert shop.pytest() == 0
    mended = SOURCE.replace("weight < 10", "weight <= 10")
    shop.write({"src/shop/cart.py": mended})
    try:
        assert shop.pytest() == 1
    finally:
        shop.write({"src/shop/cart.py": SOURCE})


WRONG = '# suspects: "five dollars up to and with ten"\ndef test_bug():\n    assert shipping(10) == 5\n'
RIGHT = "def test_heavy():\n    assert shipping(11) == 9\n"


def test_a_suspect_of_an_earlier_run_goes_once_it_passes(shop_of_its_own, endpoint):
    shop = shop_of_its_own
    folder = shop.root / ".testgen/suspects/src.shop.cart"
    folder.mkdir(parents=True)
    (folder / "test_mended.py").write_text(f"{IMPORTS}\n\ndef test_mended():\n    assert shipping(5) == 5\n")
    (folder / "test_still.py").write_text(f"{IMPORTS}\n\n{WRONG}")
    endpoint.will(Say(fenced(IMPORTS, RIGHT)))
    ended = shop.testgen("--max-iterations", "1", endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    assert "mended: test_mended passes" in ended.stdout
    assert [path.name for path in folder.glob("*.py")] == ["test_still.py"]


def test_without_the_option_no_suspect_is_written_among_the_tests(shop_of_its_own, endpoint):
    shop = shop_of_its_own
    endpoint.will(Say(fenced(IMPORTS, WRONG, RIGHT)))
    ended = shop.testgen("--max-iterations", "1", endpoint=endpoint)
    assert "test_heavy" in shop.test_file.read_text()
    assert "test_bug" not in shop.test_file.read_text()
    assert "Suspected bugs 1" in ended.stdout
    assert "src/shop/cart.py:7  says: five dollars up to and with ten" in ended.stdout
    assert "suspect test_bug" in ended.stderr


def test_a_suspect_alone_can_be_all_that_is_written(shop_of_its_own, endpoint):
    endpoint.will(Say(fenced(IMPORTS, WRONG)))
    shop_of_its_own.testgen("--max-iterations", "1", "--keep-suspects", endpoint=endpoint)
    assert "def test_bug" in shop_of_its_own.test_file.read_text()
    assert shop_of_its_own.pytest() == 0


def test_nothing_is_kept_apart_where_nothing_may_be_written(shop_of_its_own, endpoint):
    endpoint.will(Say(fenced(IMPORTS, WRONG)))
    ended = shop_of_its_own.testgen("--max-iterations", "1", "--diff-only", "--no-store", endpoint=endpoint)
    assert "Suspected bugs 1" in ended.stderr
    assert not shop_of_its_own.own_files


def test_a_suspect_does_not_go_back_to_the_model_but_an_unbacked_test_does(shop_of_its_own, endpoint):
    unbacked = "def test_unbacked():\n    assert shipping(1) == 6\n"
    endpoint.will(Say(fenced(IMPORTS, WRONG, unbacked, RIGHT)), Say("Nothing more."))
    shop_of_its_own.testgen("--max-iterations", "2", endpoint=endpoint)
    again = endpoint.requests[1].prompt
    assert "test_unbacked" in again
    assert "test_bug" not in again
    assert "# suspects:" in again


def test_a_passing_test_against_the_documentation_is_flagged_and_its_neighbour_is_not(
    shop_of_its_own, endpoint
):
    writes_down = "def test_writes_down():\n    assert shipping(20) == 9\n"
    fine = "def test_fine():\n    with pytest.raises(KeyError):\n        shipping(-1)\n"
    endpoint.will(Say(fenced(IMPORTS, writes_down, fine)))
    ended = shop_of_its_own.testgen("--max-iterations", "1", "--report", "json:-", endpoint=endpoint)
    doubts = {one["name"]: one["doubt"] for one in ended.report["candidates"]}
    assert doubts == {
        "test_writes_down": "expects 9 of shipping(20), where the documentation says 8 (line 9)",
        "test_fine": "",
    }
    assert "suspicious: expects 9 of shipping(20)" in ended.stderr


@pytest.fixture
def shop_of_its_own(tmp_path, project_python):
    shop = Shop.at(tmp_path / "shop", project_python)
    shop.write({"src/shop/cart.py": SOURCE, "tests/test_cart.py": ""})
    return shop
