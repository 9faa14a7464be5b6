"""`testgen minimise` as a user runs it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from shop import Shop

TESTS = """
    import random

    import pytest

    from shop.cart import SEEN, first, shipping, total


    def heavy():
        return 12


    def test_nothing_seen():
        assert SEEN == []


    def test_total_adds_up():
        assert total([1, 2]) == 3


    def test_total_again():
        assert total([4]) == 4


    @pytest.mark.parametrize("discount", [11, 12])
    def test_total_of_a_discount(discount):
        assert total([20], discount) == 19 - discount


    def test_nothing_to_pay():
        with pytest.raises(ValueError):
            total([], 1)


    @pytest.mark.skip
    def test_skipped():
        assert total([1]) == 1


    @pytest.mark.xfail
    def test_expected_to_fail():
        assert total([1]) == 2


    def test_shipping_of_light():
        assert shipping(1) == 5


    def test_shipping_of_heavy():
        assert shipping(heavy()) == 9


    def test_shipping_of_both():
        assert (shipping(9), shipping(10)) == (5, 9)
"""


@pytest.fixture
def shop(tmp_path: Path, project_python: Path) -> Shop:
    shop = Shop.at(tmp_path / "project", project_python)
    shop.flags = ("--repeat", "1")  # the file as a whole still runs in both orders
    shop.write({"tests/test_cart.py": TESTS})
    return shop


def test_it_proposes_a_change_that_can_be_applied(shop: Shop) -> None:
    before = shop.files()
    run = shop.testgen("minimise", "tests/test_cart.py", "-v", API_KEY="")
    assert run.code == 0, run.stderr
    assert "candidate" not in run.stderr
    assert shop.files() == before
    subprocess.run(["git", "apply", "-"], cwd=shop.root, input=run.stdout, text=True, check=True)
    assert shop.test_file.read_text(encoding="utf-8") == smaller(
        "heavy", "test_total_again", "test_shipping_of_heavy", "test_shipping_of_both"
    )
    assert shop.pytest() == 0


def smaller(*gone: str) -> str:
    """The file without some definitions, and what they leave over."""
    blocks = dedent(TESTS).lstrip("\n").split("\n\n\n")
    kept = [block for block in blocks if not any(f"def {name}(" in block for name in gone)]
    return "\n\n\n".join(kept).rstrip("\n") + "\n"


def test_it_speaks_of_tests_that_stay_or_can_go(shop: Shop) -> None:
    run = shop.testgen("minimise", "--no-parametrise", "--report", "markdown:r.md", "--report", "html:r.html")
    assert "\n3 can go\n" in run.stderr and "\nDone in " in run.stderr
    told = [run.stderr, *((shop.root / name).read_text(encoding="utf-8") for name in ("r.md", "r.html"))]
    assert "3 can go" in told[1]
    assert not [text for text in told for word in ("Refused", " in 0 calls", "1 round") if word in text]


def test_with_strength_no_kill_is_lost_either(shop: Shop) -> None:
    run = shop.testgen("minimise", "--strength", "--write", "--report", "json:-", API_KEY="")
    assert run.code == 0, run.stderr
    gone = {one["name"] for one in run.report["candidates"] if one["gate"]}
    assert gone == {"test_total_again", "test_shipping_of_heavy"}
    assert shop.test_file.read_text(encoding="utf-8") == smaller("heavy", *gone)


ALIKE = """
    import pytest

    from shop.cart import total


    def test_total_of_nothing():
        assert total([1], 1) == 0


    def test_total_of_much():
        assert total([20], 11) == 8


    def test_total_of_less():
        assert total([20], 10) == 10


    def test_nothing_to_pay():
        with pytest.raises(ValueError):
            total([], 1)
"""


def test_near_duplicates_that_are_needed_become_one_test(shop: Shop) -> None:
    shop.write({"tests/test_cart.py": ALIKE})
    run = shop.testgen("minimise", "--strength", "--write")
    assert run.code == 0, run.stderr
    assert "one parametrised test, test_total_of, is made of" in run.stdout
    text = shop.test_file.read_text(encoding="utf-8")
    assert 'pytest.param(20, 11, 8, id="much")' in text and text.count("def test") == 2
    assert shop.pytest() == 0


def test_they_stay_if_that_is_wanted(shop: Shop) -> None:
    shop.write({"tests/test_cart.py": ALIKE})
    run = shop.testgen("minimise", "--strength", "--no-parametrise")
    assert run.stdout == "" and "every test is needed" in run.stderr


def test_a_test_that_others_rely_on_stays(shop: Shop) -> None:
    shop.write(
        {
            "tests/test_cart.py": """
            from shop.cart import SEEN, total


            def test_first():
                SEEN.append(total([1]))
                assert SEEN


            def test_second():
                assert SEEN == [1] and total([1]) == 1


            def test_third():
                SEEN.clear()
                assert (total([20], 11), total([1])) == (8, 1)
            """
        }
    )
    run = shop.testgen("minimise")
    assert run.stdout == "" and "every test is needed" in run.stderr


def test_the_rest_of_the_suite_has_a_say(shop: Shop) -> None:
    shop.write(
        {
            "tests/__init__.py": "",
            "tests/test_more.py": "from tests.test_cart import test_total_again as again\n\n\n"
            "def test_more():\n    again()\n",
        }
    )
    run = shop.testgen("minimise", "--write")
    assert run.code == 0, run.stderr
    assert "something else is lost without test_total_again: not taken out" in run.stderr
    text = shop.test_file.read_text(encoding="utf-8")
    assert text == smaller("heavy", "test_shipping_of_heavy", "test_shipping_of_both")
    assert shop.pytest() == 0


def test_the_last_test_that_reaches_another_source_stays(shop: Shop) -> None:
    both = "def test_{}():\n    assert tax(total([100])) == {}\n"
    shop.write(
        {
            "src/shop/tax.py": "def tax(price):\n    if price > 10:\n        return 19\n    return 0\n",
            "tests/test_cart.py": "from shop.cart import total\nfrom shop.tax import tax\n\n\n"
            "def test_total():\n    assert total([1]) == 1\n\n\n"
            + both.format("tax", 19)
            + "\n\n"
            + both.format("tax_again", 19),
        }
    )
    run = shop.testgen("minimise", "--write", "--report", "json:-")
    assert run.code == 0, run.stderr
    assert [one["name"] for one in run.report["candidates"] if one["gate"]] == ["test_tax"]
    assert any("lost without test_tax_again" in note for note in run.report["notes"])
    assert shop.pytest() == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("minimise", "tests/test_none.py"), 2, "there is no test file"),
        (("minimise", "--function", "total"), 2, "the whole file"),
        (("minimise", "--review"), 2, "minimise has no review"),
        (("minimise", "--test-command", "true", "--coverage-report", "c"), 2, "Python with pytest only"),
    ],
)
def test_what_cannot_be_minimised_is_said(
    shop: Shop, arguments: tuple[str, ...], code: int, said: str
) -> None:
    run = shop.testgen(*arguments)
    assert (run.code, said in run.stderr) == (code, True), run.stderr
