from __future__ import annotations

import json
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects import SAMPLES
from testgen.languages import LANGUAGES, Parsed
from testgen.languages.fences import MOST_CHARACTERS

PYTHON = LANGUAGES["python"]

ONE = "def test_one():\n    assert f(1) == 1\n"
TWO = "def test_two():\n    assert f(2) == 2\n"


def names(reply: str) -> list[str]:
    return [parsed.candidate.name for parsed in PYTHON.parse(reply) if not parsed.objection]


def only(reply: str) -> Parsed:
    (parsed,) = PYTHON.parse(reply)
    return parsed


@pytest.mark.parametrize(
    "reply",
    [
        f"```python\n{ONE}\n{TWO}```",
        f"Sure!\n\n```py\n{ONE}```\nand\n```py\n{TWO}```\nDone.",
        f"```python \n{ONE}{TWO}```",
        f"```\n{ONE}{TWO}```",
        f"~~~python\n{ONE}{TWO}~~~",
        f"````python\n{ONE}{TWO}````",
        f"```python title='x'\n{ONE}{TWO}```",
        f"1. Do this:\n\n   ```python\n{textwrap.indent(ONE + TWO, '   ')}   ```\n",
        f"- ```python\n{ONE}{TWO}```",
        f"```python\r\n{ONE}{TWO}```".replace("\n", "\r\n"),
        f"```python\n{ONE}{TWO}",
        f"```python\n{ONE}{TWO}".rstrip(),
        f"{ONE}\n{TWO}",
        f"Here are the tests:\n\n{ONE}\n{TWO}\nI hope they don't fail. if so, tell me",
        f"{ONE}\n{TWO}```\nDone.",
        f"<think>def test_no(): assert f()\n```python\n{ONE}</think>\n```python\n{ONE}{TWO}```",
        f"no, ```python\ndef test_no():\n    assert f()\n```</think>\n```python\n{ONE}{TWO}```",
        f"```python\n{ONE}{TWO}```\n<think>more?",
        f"\ufeff```python\n{ONE}{TWO}```",
        f"```python\n{ONE}\0{TWO}```",
        f"```python\n{textwrap.indent(ONE + TWO, '    ')}```",
        f"```bash\npip install x\n```\n```python\n{ONE}{TWO}```",
        f"```python\n{ONE}{TWO}\nif __name__ == '__main__':\n    pytest.main()\n```",
        json.dumps({"tests": [{"test_code": ONE}, {"test_code": TWO}]}),
        f"```json\n{json.dumps([{'test_code': ONE, 'test_name': 'a'}, {'test_code': TWO}])}\n```",
        json.dumps([ONE, TWO]),
        "Here: " + json.dumps({"tests": [{"code": ONE}, {"code": TWO}, {"code": ""}]})[:-8],
    ],
)
def test_tests_are_found_in_every_kind_of_reply(reply: str) -> None:
    assert names(reply) == ["test_one", "test_two"]


@pytest.mark.parametrize(
    "reply", ["", "   ", "I cannot help with that.", "```\n```", "```python\nx = 1\n```", "null", "[]", "{}"]
)
def test_a_reply_without_tests_is_empty(reply: str) -> None:
    assert PYTHON.parse(reply) == ()


YAML = """\
language: python
existing_test_function_signature: |
  def test_old(client):
new_tests:
- test_behavior: |
    adds up
  test_name: |
    test_one
  test_code: |
    def test_one():
        assert f(1) == 1

        assert dumps(1)
  new_imports_code: |
    from json import dumps
  test_tags: happy path
- test_code: |-
    def test_two():
      assert f(2) == 2
  new_imports_code: ""
"""


@pytest.mark.parametrize("reply", [YAML, f"```yaml\n{YAML}```", f"Here:\n```yml\n{YAML}"])
def test_a_yaml_list_is_read_with_its_imports(reply: str) -> None:
    first, second = (parsed.candidate for parsed in PYTHON.parse(reply))
    assert first.code == "def test_one():\n    assert f(1) == 1\n\n    assert dumps(1)"
    assert first.imports == ("from json import dumps",)
    assert (second.name, second.imports) == ("test_two", ())


def test_a_fence_inside_a_string_ends_no_block() -> None:
    code = 'def test_one():\n    text = """\n```python\nx = 1\n```\n"""\n    assert render(text)'
    assert only(f"```python\n{code}\n```\n").candidate.code == code


def test_the_tests_before_a_cut_are_kept_and_the_cut_one_is_named() -> None:
    kept, cut = PYTHON.parse(f"```python\n{ONE}\ndef test_two():\n    assert f(")
    assert (kept.candidate.name, kept.objection) == ("test_one", "")
    assert (cut.candidate.name, cut.objection) == (
        "test_two",
        "does not compile: '(' was never closed (line 2)",
    )


def test_one_broken_method_costs_its_class_nothing() -> None:
    reply = """```python
class TestF:
    limit = 3

    def test_a(self):
        assert f(1) == self.limit

    def test_b(self)
        assert f(2)

    def test_c(self):
        assert f(3)
```"""
    a, c, b = PYTHON.parse(reply)
    assert [p.candidate.name for p in (a, c, b)] == ["test_a", "test_c", "test_b"]
    assert a.objection == c.objection == ""
    assert a.candidate.owner_header == "class TestF:\n    limit = 3"
    assert (b.candidate.owner, b.objection) == ("TestF", "does not compile: expected ':' (line 1)")


def test_what_compiles_nowhere_is_refused_not_lost() -> None:
    parsed = only("```python\ndef test_x():\n    nonlocal y\n    assert y\n```")
    assert parsed.objection == "does not compile: no binding for nonlocal 'y' found (line 2)"


def test_a_candidate_has_what_it_needs_and_no_more() -> None:
    reply = """```python
from __future__ import annotations
import os, sys
import numpy as np
from shop.cart import Cart, Unknown
try:
    import tomllib
except ImportError:
    tomllib = None

LIMIT = 5
UNUSED = 6
CASES = [LIMIT]
CASES[0] = 7

@pytest.fixture
def db():
    return os.getcwd()

@pytest.fixture
def cart(db):
    return Cart(LIMIT)

@pytest.fixture(autouse=True)
def clean():
    yield

def helper():
    return tomllib

def other():
    return Unknown()

# why
@pytest.mark.parametrize("n", CASES)
def test_x(cart, n):
    # inside
    assert helper() == cart.total(n)
    # the end

@pytest.mark.usefixtures("db")
async def test_y():
    assert await Cart()
```"""
    x, y = (parsed.candidate for parsed in PYTHON.parse(reply))
    assert x.code.startswith('# why\n@pytest.mark.parametrize("n", CASES)\ndef test_x(')
    assert x.code.endswith("    # the end")
    assert x.imports == (
        "from __future__ import annotations",
        "import os",
        "from shop.cart import Cart",
    )
    assert [text.split("\n")[0] for text in x.support] == [
        "try:",
        "LIMIT = 5",
        "CASES = [LIMIT]",
        "CASES[0] = 7",
        "@pytest.fixture",
        "@pytest.fixture",
        "@pytest.fixture(autouse=True)",
        "def helper():",
    ]
    assert [text.split("\n")[1] for text in y.support] == ["def db():", "def clean():"]


def test_a_method_comes_with_its_class_without_the_other_tests() -> None:
    reply = '''```python
import unittest
import json

class Base(unittest.TestCase):
    def check(self, x):
        self.assertTrue(x)

@decorated
class CartTest(Base):
    """Doc."""

    limit = 3

    def setUp(self):
        self.cart = json.loads("1")

    def test_a(self):
        text = """
    kept
"""
        self.check(text)

    class TestInner:
        def test_b(self):
            assert f(1)
```'''
    a, b = (parsed.candidate for parsed in PYTHON.parse(reply))
    assert (a.owner, b.owner) == ("CartTest", "CartTest.TestInner")
    assert a.code == 'def test_a(self):\n    text = """\n    kept\n"""\n    self.check(text)'
    assert a.owner_header == (
        '@decorated\nclass CartTest(Base):\n    """Doc."""\n\n    limit = 3\n\n'
        '    def setUp(self):\n        self.cart = json.loads("1")'
    )
    assert b.owner_header.endswith("\n\n    class TestInner:\n        pass")
    assert [text.split("\n")[0] for text in a.support] == ["class Base(unittest.TestCase):"]
    assert a.imports == ("import unittest", "import json")


def test_blocks_are_one_module_in_which_the_nearest_meaning_counts() -> None:
    reply = """
```python
from shop import total

def make():
    return 1
```
```python
def make():
    return 2

def test_one():
    assert total(make()) == 2
```
```python
def total(x):
    return x
```"""
    candidate = only(reply).candidate
    assert candidate.imports == ("from shop import total",)
    assert candidate.support == ("def make():\n    return 2",)


def test_equal_tests_count_once_and_different_ones_of_one_name_twice() -> None:
    other = ONE.replace("== 1", "== 3")
    assert names(f"```python\n{ONE}```\n```python\n{ONE}{other}```") == ["test_one", "test_one"]


def test_marks_of_the_module_become_marks_of_the_test() -> None:
    reply = f"```python\npytestmark = [pytest.mark.slow, pytest.mark.db]\n\n# why\n{ONE}```"
    assert only(reply).candidate.code.startswith("# why\n@pytest.mark.slow\n@pytest.mark.db\ndef test_one(")


def test_statements_on_one_line_are_taken_apart() -> None:
    parsed = only("```python\nimport os; A = 1; B = 2\ndef test_x(): assert A == os.x\n```")
    assert (parsed.candidate.imports, parsed.candidate.support) == (("import os",), ("A = 1",))


@pytest.mark.parametrize(
    "junk",
    [
        "```\n",
        "(\n",
        "@(\n",
        "{",
        '{"a":',
        "def test_a(:\n",
        "<think>",
        "a: |\n",
        "class TestA:\n",
        "```python\nx(\n",
        "-",
        "\ud800",
        '"""\n',
        "x = (\n",
    ],
)
def test_megabytes_of_junk_are_neither_an_error_nor_a_wait(junk: str) -> None:
    reply = junk * (5_000_000 // len(junk))
    start = time.perf_counter()
    assert names(reply) == []
    assert time.perf_counter() - start < 60


def test_what_stands_beyond_all_reason_is_not_read() -> None:
    assert names("#" * MOST_CHARACTERS + f"\n```python\n{ONE}```") == []


@pytest.mark.parametrize(
    "deep", ["(" * 300 + ")" * 300, "-" * 9000 + "1", "1" + "+1" * 9000, "f" + ".f" * 5000]
)
def test_deep_nesting_is_an_objection_to_the_one_test(deep: str) -> None:
    good, bad = PYTHON.parse(f"```python\ndef test_deep():\n    assert {deep}\n\n{ONE}```")
    assert (good.candidate.name, good.objection) == ("test_one", "")
    assert bad.objection.startswith("does not compile")


RECORDED = sorted(
    path for name in ("shipping", "ledger") for path in (SAMPLES / name / "recordings").glob("*.md")
)
REAL = [
    f"Sure!\n```python\nimport os\n\n{ONE}\n\nclass TestA:\n    def test_a(self):\n        assert os\n```\n",
    YAML,
    *(path.read_text(encoding="utf-8") for path in RECORDED),
]
TOKENS = st.sampled_from(
    [
        "```",
        "~~~",
        '"""',
        "\n",
        "    ",
        "def test_",
        "class Test",
        ":",
        "(",
        "\\",
        "\x0c",
        "\0",
        "@",
        "\ud800",
    ]
)


def test_there_are_recorded_replies_to_mutate() -> None:
    assert len(RECORDED) > 1
    assert all(names(reply) for reply in REAL)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A reply after some of its text was taken out, doubled, moved or replaced."""
    reply = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(reply)))
        stop = draw(st.integers(start, min(len(reply), start + draw(st.sampled_from([1, 20, 2000])))))
        kept = draw(st.sampled_from(["", reply[start:stop] * 2, textwrap.indent(reply[start:stop], "  ")]))
        reply = reply[:start] + draw(TOKENS | st.text(max_size=3)) + kept + reply[stop:]
    return reply


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_no_mutation_of_a_reply_raises_and_what_is_good_of_it_makes_a_file(reply: str) -> None:
    good = [parsed.candidate for parsed in PYTHON.parse(reply) if not parsed.objection]
    merged = PYTHON.merger(f"import os\n\n\n{TWO}".encode()).merge(good)
    assert len(set(merged.names)) == len(good)
    compile(merged.content, "test_merged.py", "exec")


# What may stand beside a good test: prose without fences, and whole blocks.
LINES = st.text(st.characters(blacklist_characters="`~<"), max_size=40)
BROKEN = st.sampled_from(["def f(:", "x = (", '"unclosed', "rm -rf /", "{", "def test_one():\n    pass"])
BLOCKS = st.builds(
    "```{}\n{}\n```".format,
    st.sampled_from(["", "bash", "json", "python", "javascript", "diff"]),
    LINES | BROKEN,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES | BLOCKS, max_size=4), st.lists(LINES | BLOCKS, max_size=4))
def test_a_good_test_is_found_whatever_stands_around_it(before: list[str], after: list[str]) -> None:
    reply = "\n".join([*before, f"```python\n{ONE}```", *after])
    assert "test_one" in names(reply)


@pytest.mark.parametrize("unclosed", ['"""', "'''", "x = '''a", 'def test_no():\n    """Doc'])
def test_a_string_that_is_never_closed_takes_no_test_of_another_block_with_it(unclosed: str) -> None:
    documented = ONE.replace(":\n", ':\n    """It is one."""\n', 1)
    reply = f"```python\n{unclosed}\n```\n\nand\n\n```python\n{documented}```\n\n```python\n{TWO}```\n"
    assert names(reply) == ["test_one", "test_two"]


@pytest.mark.parametrize("path", sorted((SAMPLES / "ledger" / "ledger").rglob("*.py")), ids=str)
@pytest.mark.parametrize("reply", ["{}", "```python\n{}\n```", "Here is the file:\n\n{}\n"])
def test_the_source_itself_holds_no_test(path: Path, reply: str) -> None:
    assert names(reply.format(path.read_text(encoding="utf-8"))) == []


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_no_text_raises(reply: str) -> None:
    assert isinstance(PYTHON.parse(reply), tuple)
