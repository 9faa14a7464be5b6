"""Tests taken out of a file, and near-duplicates made one: what it must do, and what it must leave."""

from __future__ import annotations

from textwrap import dedent

import pytest

from testgen.languages.python.reducing import codes, families, folded, separable, without


def text(code: str) -> str:
    return dedent(code).lstrip("\n")


def taken_out(code: str, *names: str) -> str:
    return without(text(code).encode(), names).decode()


def fold_all(code: str) -> str:
    content = text(code).encode()
    for family in families(content, separable(content)):
        content = folded(content, family)
    return content.decode()


FILE = """
    import os
    import re
    from shop import (
        cart,
        order,
    )
    from shop.prices import full, half  # both of them

    LIMIT = 3


    def helper():
        return order.of(LIMIT)


    # --- totals ---


    # above the test
    @mark
    def test_one():
        assert helper() == os.sep


    class TestTwo:
        \"\"\"Twos.\"\"\"

        def test_a(self):
            assert cart.a

        def test_b(self):
            assert full


    def test_three():
        assert half
"""


def test_what_only_a_dropped_test_used_goes_with_it() -> None:
    assert taken_out(FILE, "test_one") == text(
        """
        import re
        from shop import (
            cart,
        )
        from shop.prices import full, half  # both of them


        # --- totals ---


        class TestTwo:
            \"\"\"Twos.\"\"\"

            def test_a(self):
                assert cart.a

            def test_b(self):
                assert full


        def test_three():
            assert half
        """
    )


def test_a_method_goes_and_its_class_stays() -> None:
    shorter = taken_out(FILE, "TestTwo::test_a")
    assert shorter == text(FILE).replace("    cart,\n", "").replace(
        "    def test_a(self):\n        assert cart.a\n\n", ""
    )


def test_a_class_without_a_test_goes() -> None:
    shorter = taken_out(FILE, "TestTwo::test_a", "TestTwo::test_b")
    assert "TestTwo" not in shorter
    assert "from shop.prices import full, half  # both of them" in shorter  # the comment may be about it
    assert shorter.endswith("== os.sep\n\n\ndef test_three():\n    assert half\n")


def test_the_last_one_leaves_no_blank_lines_at_the_end() -> None:
    assert taken_out(FILE, "test_three").endswith("    def test_b(self):\n        assert full\n")


def test_nothing_taken_out_is_the_same_file() -> None:
    content = text(FILE).replace("\n", "\r\n").encode("latin-1")
    assert without(content, ()) == content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from x import a, b, c\n", "from x import b, c\n"),
        ("from x import b, a\n", "from x import b\n"),
        ("from x import b, a, c\n", "from x import b, c\n"),
        ("from x import b as d, a as e, c\n", "from x import b as d, c\n"),
        ("from x import (\n    b,\n    a,\n)\n", "from x import (\n    b,\n)\n"),
        ("from x import (a,\n    b)\n", "from x import (a,\n    b)\n"),  # rather a name too many than a mess
        ("import a, b\n", "import b\n"),
        ("import a.sub\nimport b\n", "import b\n"),
        ("from __future__ import annotations\nfrom x import *\nimport b\n", None),
    ],
)
def test_names_of_imports_that_only_dropped_tests_used_go(before: str, after: str | None) -> None:
    used = "e" if " as e" in before else "a"
    kept = "d" if " as d" in before else "b"
    tests = f"\n\ndef test_a():\n    assert {used}\n\n\ndef test_b():\n    assert {kept}\n"
    shorter = without((before + tests).encode(), ["test_a"]).decode()
    assert shorter == (after or before) + f"\n\ndef test_b():\n    assert {kept}\n"


@pytest.mark.parametrize(
    "stays",
    [
        pytest.param("@pytest.fixture(autouse=True)\ndef thing():\n    start()\n", id="an autouse fixture"),
        pytest.param("def setup_module():\n    thing()\n", id="what pytest calls by itself"),
        pytest.param("thing = make()\n", id="something that is done"),
        pytest.param("def thing():\n    pass\n\n\n__all__ = ['thing']\n", id="what a string names"),
        pytest.param("if True:\n    thing = 1\n", id="what stands below a condition"),
        pytest.param("class TestBase:\n    thing = 1\n", id="a class of tests"),
    ],
)
def test_what_may_serve_others_stays(stays: str) -> None:
    content = f"{stays}\n\ndef test_a():\n    assert thing\n\n\ndef test_b():\n    pass\n"
    assert without(content.encode(), ["test_a"]).decode() == f"{stays}\n\ndef test_b():\n    pass\n"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("def test_a(): ...\n\n\ndef test_b():\n    test_a()\n", id="called by another"),
        pytest.param("def test_a(): ...\n\n\n@depends(on=['test_a'])\ndef test_b(): ...\n", id="in a mark"),
        pytest.param("def test_a(): ...\ndef test_a(): ...\n", id="there twice"),
        pytest.param(
            "class TestB:\n    def test_a(self): ...\n\n\nclass TestC(TestB): ...\n", id="inherited"
        ),
        pytest.param("if True:\n    def test_a(): ...\n", id="below a condition"),
    ],
)
def test_a_test_that_something_else_may_need_is_not_separable(code: str) -> None:
    assert not {name for name in separable(code.encode()) if name.endswith("test_a")}
    assert without(code.encode(), ["test_a", "TestB::test_a"]) == code.encode()


def test_the_code_of_each_test_is_known() -> None:
    assert codes(text(FILE).encode())["TestTwo::test_b"] == "def test_b(self):\n    assert full"


ALIKE = """
    import pytest


    def test_total_of_none():
        assert total("", discount=1) == 0


    def test_total_of_one():
        assert total("a", discount=2) == -1


    def test_other():
        assert other


    def test_total_of_two():
        assert total("b", discount=1) == None
"""


def test_near_duplicates_become_one_test_in_the_place_of_the_first() -> None:
    assert fold_all(ALIKE) == text(
        """
        import pytest


        @pytest.mark.parametrize(
            ("value", "discount", "expected"),
            [
                pytest.param("", 1, 0, id="none"),
                pytest.param("a", 2, -1, id="one"),
                pytest.param("b", 1, None, id="two"),
            ],
        )
        def test_total_of(value, discount, expected):
            assert total(value, discount=discount) == expected


        def test_other():
            assert other
        """
    )


def test_methods_fixtures_marks_types_and_comments_stay_as_they_are() -> None:
    code = """
        import pytest


        class TestSlug:
            @pytest.mark.slow
            async def test_{}_slug(self, tmp_path: Path) -> None:
                \"\"\"Slugs.\"\"\"
                # look
                assert slug(tmp_path / "{}") == ("same", {})
        """
    first, _, method = text(code).partition("    @pytest.mark.slow")
    rows = (("low", "a", "1"), ("high", "b", "2.5"), ("tall", "a", "3"))
    whole = first + "\n".join(f"    @pytest.mark.slow{method.format(*row)}" for row in rows)
    assert fold_all(whole) == text(
        """
        import pytest


        class TestSlug:
            @pytest.mark.parametrize(
                ("value", "expected"),
                [
                    pytest.param("a", 1, id="low"),
                    pytest.param("b", 2.5, id="high"),
                    pytest.param("a", 3, id="tall"),
                ],
            )
            @pytest.mark.slow
            async def test_slug(self, tmp_path: Path, value: str, expected: float | int) -> None:
                \"\"\"Slugs.\"\"\"
                # look
                assert slug(tmp_path / value) == ("same", expected)
        """
    )


def three(body: str, *values: str, head: str = "", signature: str = "def test_of_{}():") -> str:
    """Three tests that differ in what stands for VALUE."""
    tests = [
        head + signature.format(name) + "\n    " + body.replace("VALUE", value)
        for name, value in zip(("ant", "bee", "cat"), values, strict=True)
    ]
    return "import pytest\n\n\n" + "\n\n\n".join(tests) + "\n"


@pytest.mark.parametrize(
    ("body", "values", "row"),
    [
        ("assert f(VALUE)", ("1", "1.0", "True"), "(1.0, id="),
        ("assert f(VALUE) or g(VALUE)", ("1", "2", "3"), "(2, id="),  # the same in both places: one parameter
        ("assert f([VALUE, 9])", ("0x1", "0b1", "-1"), "(0b1, id="),
        ("assert f(VALUE)", ("'a' 'b'", '"c"', "b'd'"), '("c", id='),
        ("assert (VALUE) ** 2", ("-1", "2", "-3"), "(2, id="),
        ("assert'x'in VALUE", ("'xa'", "'xb'", "'xc'"), "('xb', id="),
        ("with pytest.raises(E, match=VALUE):\n        f()", ("'a'", "'b'", "'c'"), '"match",'),
        ("value = VALUE\n    assert value", ("1", "2", "3"), '"value_2",'),  # a name that is free
    ],
)
def test_literals_become_parameters(body: str, values: tuple[str, ...], row: str) -> None:
    result = fold_all(three(body, *values))
    assert row in result
    assert result.count("def test_of(") == result.count("def ") == 1


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(three("assert f(VALUE)", "1", "2", "x"), id="not only literals differ"),
        pytest.param(three("assert VALUE", "f(1)", "g(2)", "f(3)"), id="something else is called"),
        pytest.param(three("assert f(VALUE)", "[1]", "[1, 2]", "[]"), id="of another shape"),
        pytest.param(three("assert f(f'{x}VALUE')", "1", "2", "3"), id="inside an f-string"),
        pytest.param(three("match x:\n        case VALUE: assert y", "1", "2", "3"), id="in a pattern"),
        pytest.param(three("'''VALUE'''\n    assert y", "1", "2", "3"), id="in a docstring"),
        pytest.param(three("assert f(VALUE)  # VALUE", "1", "2", "3"), id="a comment differs"),
        pytest.param(three("assert f(VALUE)", "'''a\nb'''", "'b'", "'c'"), id="a text of several lines"),
        pytest.param(three("assert f(VALUE), locals()", "1", "2", "3"), id="it looks at its own names"),
        pytest.param(three("assert f(VALUE)", "1", "1", "1"), id="nothing differs"),
        pytest.param(three("assert f(*VALUE)", "...", "(1,)", "(2,)"), id="an ellipsis"),
        pytest.param(
            three("assert f(VALUE, 1)", "1", "2", "3", signature="def test_of_{}(request):"),
            id="it asks which test it is",
        ),
        pytest.param(
            three("assert f(VALUE)", "1", "2", "3", signature="def test_of_{0}({0}):"), id="other fixtures"
        ),
        pytest.param(
            three("assert f(VALUE)", "1", "2", "3", signature="def test_of_{}(x=1):"), id="a default"
        ),
        pytest.param(
            three("assert f(VALUE)", "1", "2", "3", head="@pytest.mark.parametrize('x', [1])\n"),
            id="parametrised already",
        ),
        pytest.param(
            three("assert f(VALUE)", "1", "2", "3").replace("def test_of_bee", "@slow\ndef test_of_bee"),
            id="another mark",
        ),
        pytest.param(three("assert f(VALUE)", "1", "2", "3").replace("import pytest", ""), id="no pytest"),
        pytest.param(
            three("assert f(VALUE)", "1", "2", "3").replace("def test_of_cat", "async def test_of_cat"),
            id="one of them is async",
        ),
        pytest.param(
            three("assert f(VALUE)", "1", "2", "3") + "\n\ndef test_of():\n    pass\n", id="the name is taken"
        ),
        pytest.param(three("assert f(VALUE)", "1", "2", "3").replace("_cat", "_ä"), id="an id to be escaped"),
        pytest.param(
            three("assert f((1, 2, 3, 4, VALUE))", "5", "6", "7").replace("(1, 2, 3, 4, 6", "(9, 8, 7, 6, 5"),
            id="a table too wide to read",
        ),
        pytest.param(
            "import pytest\n\n\ndef test_a():\n    f(1)\n\n\ndef test_b():\n    f(2)\n", id="only two"
        ),
        pytest.param(
            "import pytest\n\n\nclass TestX(TestCase):\n"
            + "\n".join(f"    def test_{n}(self):\n        assert f({n})\n" for n in range(3)),
            id="a TestCase, whose tests take no parameters",
        ),
    ],
)
def test_what_is_not_plainly_the_same_stays(code: str) -> None:
    assert fold_all(code) == code.lstrip("\n")
