from __future__ import annotations

import ast
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from testgen.domain import Candidate
from testgen.errors import UsageError
from testgen.languages import LANGUAGES, Merged

PYTHON = LANGUAGES["python"]


def candidates_in(code: str) -> list[Candidate]:
    return [parsed.candidate for parsed in PYTHON.parse(f"```python\n{textwrap.dedent(code)}\n```")]


def merge(old: bytes, code: str) -> Merged:
    return PYTHON.merger(old).merge(candidates_in(code))


def text_after(old: str, code: str) -> str:
    return merge(textwrap.dedent(old).encode(), code).content.decode()


TEST = "def test_new():\n    assert f(1) == 1\n"


@pytest.mark.parametrize("old", [b"", b"\n", b"  \n\n"])
def test_a_new_file_holds_imports_helpers_and_tests_in_this_order(old: bytes) -> None:
    merged = merge(
        old,
        """
        # why
        def test_a(cart):
            assert cart == LIMIT

        @pytest.fixture
        def cart():
            return Cart(LIMIT)

        LIMIT = 3

        import pytest
        from shop import Cart

        class TestCart:
            def test_b(self):
                assert Cart(LIMIT)
        """,
    )
    assert merged.names == ("test_a", "TestCart::test_b")
    assert merged.content.decode() == textwrap.dedent(
        """\
        import pytest

        from shop import Cart


        @pytest.fixture
        def cart():
            return Cart(LIMIT)


        LIMIT = 3


        # why
        def test_a(cart):
            assert cart == LIMIT


        class TestCart:
            def test_b(self):
                assert Cart(LIMIT)
        """
    )


def test_nothing_to_add_leaves_every_byte() -> None:
    old = b"\xef\xbb\xbfx = 1 \r\n\x0c\r\n\ty = 2"[:-6]
    assert PYTHON.merger(old).merge([]) == Merged(old, ())


OLD = """\
import pytest


def helper():
    return 1


def test_old():
    assert helper()
"""


@pytest.mark.parametrize(
    ("kept", "rest"),
    [
        ("", ""),
        ("", "\n\nif __name__ == '__main__':\n    unittest.main()\n"),
        ("", '\n\nif "__main__" == __name__: pytest.main([__file__])'),
        ("", "\n\n# run it\nif __name__ == '__main__':\n    main()\n"),
        ("", "\n\nunittest.main()\n"),
        ("# belongs to the test\n", ""),
        ("", "\n\n# vim: set ts=4:\n"),
        ("", "\n\n\n"),
    ],
)
def test_new_tests_stand_after_the_last_one_and_before_what_runs_the_file(kept: str, rest: str) -> None:
    assert text_after(OLD + kept + rest, TEST) == f"{OLD}{kept}\n\n{TEST}{rest}"


def test_missing_room_below_is_made() -> None:
    assert text_after(f"{OLD}if __name__ == '__main__': main()\n", TEST) == (
        f"{OLD}\n\n{TEST}\n\nif __name__ == '__main__': main()\n"
    )


def test_helpers_stand_before_the_first_test() -> None:
    code = (
        "LIMIT = 2\n\n@pytest.fixture\ndef cart():\n    return LIMIT\n\ndef test_new(cart):\n    assert f()\n"
    )
    assert text_after(OLD, code) == OLD.replace(
        "\n\n\ndef test_old",
        "\n\n\nLIMIT = 2\n\n\n@pytest.fixture\ndef cart():\n    return LIMIT\n\n\ndef test_old",
    ) + ("\n\ndef test_new(cart):\n    assert f()\n")


@pytest.mark.parametrize(
    ("old", "added"),
    [
        (b"def test_old():\r\n  assert a\r\n", b"\r\n\r\ndef test_new():\r\n  assert f(1) == 1\r\n"),
        (b"def test_old():\n\tassert a\n", b"\n\ndef test_new():\n\tassert f(1) == 1\n"),
        (b"def test_old():\n    assert a", b"\n\n\ndef test_new():\n    assert f(1) == 1"),
        (b"def test_old():\r    assert a\r", b"\r\rdef test_new():\r    assert f(1) == 1\r"),
        (b"\xef\xbb\xbfdef test_old():\n    assert a\n", b"\n\ndef test_new():\n    assert f(1) == 1\n"),
        (b"x = 1\n\x0c\ndef test_old():\n    assert a\n", b"\n\ndef test_new():\n    assert f(1) == 1\n"),
        (b"# comments only\n", b"\n\ndef test_new():\n    assert f(1) == 1\n"),
    ],
)
def test_the_file_keeps_its_ways(old: bytes, added: bytes) -> None:
    assert merge(old, TEST).content == old + added


def test_the_file_keeps_its_encoding_and_what_it_cannot_hold_is_escaped() -> None:
    old = "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1")
    content = merge(old, "def test_new():\n    assert f('é', '€') == 1\n").content
    assert content.startswith(old)
    assert b"f('\xe9', '\\u20ac')" in content
    assert ast.parse(content).body


def test_methods_go_to_the_end_of_their_class() -> None:
    old = """\
        class TestCart:
          def setup_method(self):
            self.cart = 1

          def test_old(self):
            assert self.cart
            # the end


        def test_other():
          assert 1
        """
    code = '''
        class TestCart:
            """Doc."""

            def setup_method(self):
                self.cart = 1

            def make(self):
                return 2

            def test_new(self):
                text = """
            kept
        """
                assert self.make(text)
        '''
    added = '''
  def make(self):
    return 2

  def test_new(self):
    text = """
    kept
"""
    assert self.make(text)
'''
    assert text_after(old, code) == textwrap.dedent(old).replace("# the end\n", f"# the end\n{added}")


@pytest.mark.parametrize(
    ("old", "code", "names"),
    [
        (
            "class TestA:\n    x = 1\n",
            "class TestA:\n    x = 2\n    def test_x(self):\n        assert f(self.x)",
            "TestA2",
        ),
        (
            "class TestA:\n    x = 1\n",
            "class TestA(TestCase):\n    def test_x(self):\n        assert f()",
            "TestA2",
        ),
        ("class TestA: pass\n", "class TestA:\n    def test_x(self):\n        assert f()", "TestA2"),
        ("TestA = 1\n", "class TestA:\n    def test_x(self):\n        assert f()", "TestA2"),
        (
            "class TestA(TestCase):\n    x = 1\n",
            "class TestA:\n    def test_x(self, tmp_path):\n        assert f()",
            "TestA2",
        ),
        (
            "class TestA(TestCase):\n    x = 1\n",
            "class TestA:\n    def test_x(self):\n        assert f()",
            "TestA",
        ),
        (
            "class TestA(TestCase):\n    x = 1\n",
            "class TestA:\n    @patch('a.b')\n    def test_x(self, b):\n        assert f()",
            "TestA",
        ),
        (
            "class TestA(TestCase):\n    x = 1\n",
            "class TestA(TestCase):\n    @given(st.x())\n    def test_x(self, x):\n        assert f()",
            "TestA",
        ),
        (
            "@mark\nclass TestA:\n    x = 1\n",
            "class TestA:\n    def test_x(self):\n        assert f()",
            "TestA",
        ),
        (
            "class TestA:\n    x = 1\n",
            "@mark\nclass TestA:\n    def test_x(self):\n        assert f()",
            "TestA2",
        ),
        ("class TestA:\n    x = 1\n", "def test_x(self):\n    assert self.x", "TestA"),
    ],
)
def test_a_class_takes_a_method_in_only_if_it_can_run_there(old: str, code: str, names: str) -> None:
    merged = merge(old.encode(), code)
    assert merged.names == (f"{names}::test_x",)
    assert merged.content.decode().count("class ") == (1 if names == "TestA" else old.count("class ") + 1)


def test_a_class_under_a_new_name_is_meant_by_what_named_it() -> None:
    code = "class TestA:\n    x = 2\n    def test_x(self):\n        assert super(TestA, self) is TestA.x\n"
    text = text_after("class TestA:\n    x = 1\n", code)
    assert "class TestA2:" in text
    assert "super(TestA2, self) is TestA2.x" in text


def test_nested_classes_are_found_and_made() -> None:
    old = "class TestA:\n    class TestB:\n        def test_x(self):\n            assert 1\n"
    code = """
        class TestA:
            class TestB:
                def test_y(self):
                    assert f()
            class TestC:
                y = 1
                def test_z(self):
                    assert f()
        """
    merged = merge(old.encode(), code)
    assert merged.names == ("TestA::TestB::test_y", "TestA::TestC::test_z")
    assert merged.content.decode() == old + (
        "\n        def test_y(self):\n            assert f()\n"
        "\n    class TestC:\n        y = 1\n\n        def test_z(self):\n            assert f()\n"
    )


def test_clashing_names_are_changed_wherever_the_candidate_means_them() -> None:
    old = """\
        LIMIT = 3


        def make():
            return LIMIT


        def test_x(cart):
            assert make()
        """
    code = """
        LIMIT = 5

        def make():
            return LIMIT

        @pytest.fixture
        def cart():
            return make()

        def test_x(cart):
            assert cart == f"{LIMIT}"
        """
    merged = merge(textwrap.dedent(old).encode(), code)
    assert merged.names == ("test_x_2",)
    added = """\
        LIMIT_2 = 5


        def make_2():
            return LIMIT_2


        @pytest.fixture
        def cart_2():
            return make_2()
        """
    test = 'def test_x_2(cart_2):\n    assert cart_2 == f"{LIMIT_2}"\n'
    expected = textwrap.dedent(old).replace(
        "\n\n\ndef test_x", f"\n\n\n{textwrap.dedent(added)}\n\ndef test_x"
    )
    assert merged.content.decode() == f"{expected}\n\n{test}"


def test_what_is_there_already_is_used() -> None:
    code = "def helper():\n    # the same\n    return 1\n\ndef test_new():\n    assert helper()\n"
    assert text_after(OLD, code) == OLD + "\n\ndef test_new():\n    assert helper()\n"


def test_the_very_same_test_is_not_added_again() -> None:
    assert merge(OLD.encode(), "def test_old():\n    assert helper()\n") == Merged(
        OLD.encode(), ("test_old",)
    )


def test_candidates_of_one_call_share_what_they_need() -> None:
    code = (
        "def same():\n    return 1\n\ndef test_a():\n    assert same()\n\ndef test_b():\n    assert same()\n"
    )
    merged = merge(OLD.encode(), code)
    assert merged.names == ("test_a", "test_b")
    assert merged.content.decode().count("def same()") == 1


def test_two_tests_of_one_name_both_get_in() -> None:
    merged = merge(OLD.encode(), f"{TEST}\n{TEST.replace('1', '2')}")
    assert merged.names == ("test_new", "test_new_2")


def test_candidates_one_by_one_give_what_they_give_together() -> None:
    code = f"{TEST}\nclass TestA:\n    def test_a(self):\n        assert json.loads('1')\n\nimport json\n"
    first, second = candidates_in(code)
    merger = PYTHON.merger(OLD.encode())
    together = merger.merge([first, second])
    assert merger.merge([first]).names == ("test_new",)
    assert merger.merge([second]).names == ("TestA::test_a",)
    assert merger.merge([first, second]) == together
    assert PYTHON.merger(merger.merge([first]).content).merge([second]).content == together.content


def test_one_merger_serves_several_threads() -> None:
    candidates = candidates_in("\n".join(f"def test_{n}(cart):\n    assert f({n})\n" for n in range(20)))
    expected = [PYTHON.merger(OLD.encode()).merge(candidates[:n]) for n in range(20)]
    shared = PYTHON.merger(OLD.encode())
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda n: shared.merge(candidates[:n]), range(20))) == expected


@pytest.mark.parametrize(
    ("old", "cause"),
    [
        (b"x = 1\ndef f(:\n", "line 2: invalid syntax"),
        (b"x = 1\ny = '\xff'\n", "not utf-8: line 2"),
        (b"# coding: nonsense\n", "line 1: unknown encoding"),
        (b"x = 1\n\0", "null"),
    ],
)
def test_a_file_that_python_cannot_read_is_a_usage_error(old: bytes, cause: str) -> None:
    with pytest.raises(UsageError, match=cause):
        PYTHON.merger(old)
