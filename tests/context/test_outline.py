from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from testgen.context.outline import LONGEST_WHOLE, forms

LONG = "\n".join(f"        step({number})" for number in range(LONGEST_WHOLE))


def shown(files, text, name="it"):
    files.write({"shop.py": text, "main.py": f"from shop import {name}"})
    return [form.text for form in forms(files.find(name, "main.py"))]


def test_what_is_short_stands_as_it_is_with_its_comment(files):
    text = '# Grams.\n@cache\ndef it(a, *, b=1_000):  # why\n    """Doc."""\n    return a'
    whole, outline, bare = shown(files, f"x = 1\n\n{text}\n\n\ny = 2\n")
    assert whole == text
    assert outline == '@cache\ndef it(a, *, b=1000):\n    """Doc."""\n    ...'
    assert bare == "@cache\ndef it(a, *, b=1000):\n    ..."


def test_a_long_class_keeps_what_it_takes_to_use_it(files):
    text = f'''
class it(Base, metaclass=Meta):
    """What it is.

    At length.
    """

    limit: int = 3

    class Inner:
        """Below."""

        def deep(self):
            return 1

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def size(self) -> int:
        """How much.

        More on it.
        """
{LONG}

    async def load(self, *names: str) -> None:
{LONG}
'''
    outline, bare = shown(files, text)
    assert (
        outline
        == dedent(
            '''
        class it(Base, metaclass=Meta):
            """What it is.

            At length.
            """
            limit: int = 3

            class Inner:
                """Below."""

                def deep(self):
                    return 1

            def __init__(self, path: Path) -> None:
                self.path = path

            @property
            def size(self) -> int:
                """How much."""
                ...

            async def load(self, *names: str) -> None:
                ...
        '''
        ).strip()
    )
    assert ast.unparse(ast.parse(bare)) == bare
    assert '"""' not in bare


def test_a_long_constant_keeps_its_name_and_type(files):
    value = "[\n" + "    1,\n" * LONGEST_WHOLE + "]"
    assert shown(files, f"it: list[int] = {value}")[0] == "it: list[int] = ..."


@pytest.mark.parametrize(("lines", "ways"), [(1, 1), (LONGEST_WHOLE, 0)])
def test_what_is_nested_too_deeply_has_no_outline(files, lines, ways):
    value = "+".join(["1"] * 900)
    assert len(shown(files, f"def it(a={value}):\n" + "    step()\n" * lines)) == ways
