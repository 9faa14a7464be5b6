from __future__ import annotations

from textwrap import dedent

import pytest

from testgen.context.outline import LONGEST_PART, SMALL
from testgen.context.parts import LONGEST_WHOLE, Parts, portions
from testgen.domain import Gap, Reach
from testgen.languages import LANGUAGES

STEPS = "\n".join(f"    step({number})" for number in range(SMALL + 1))
TEXT = (
    dedent('''
    import os

    LIMITS = [
    VALUES
    ]


    class Cart:
        """What it is.

        At length.
        """

        size = 3

        @property
        def small(self):
            """In a line."""
            return self.size

        def add(self, item):
            """Put in.

            At length.
            """
    MORE
            return helper(item)


    def helper(item):
        return item


    def alone():
    STEPS
    ''')
    .lstrip()
    .replace("VALUES", "    1,\n" * (LONGEST_PART + 3) + "    1,")
    .replace("MORE", STEPS.replace("    ", "        "))
    .replace("STEPS", STEPS)
)


def parts_of(text):
    return Parts.of(text, LANGUAGES["python"].units(text))


def gap(name, *lines, text=TEXT, branches=()):
    unit = next(unit for unit in LANGUAGES["python"].units(text) if unit.name == name)
    return Gap(name, unit.first_line, unit.last_line, Reach.of(lines, branches))


def at(code, text=TEXT):
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.strip() == code)


def test_the_outline_has_all_it_takes_to_call_something_and_no_long_body():
    lines = parts_of(TEXT).outline.splitlines()
    code = [line[4:] for line in lines]
    for shown in ("import os", "class Cart:", "    size = 3", "        return self.size", "    return item"):
        assert shown in code
    assert "    def add(self, item):" in code
    assert '        """Put in.' in code
    for hidden in ("step(1)", "At length"):
        assert not any(hidden in line for line in code)
    assert sum(line.strip() == "1," for line in code) == LONGEST_PART - 1
    assert f"{at('class Cart:'):2}  class Cart:" in lines


def test_every_question_has_the_same_outline():
    parts = parts_of(TEXT)
    assert parts.outline == parts_of(TEXT).outline
    assert parts.in_full([gap("alone", at("def alone():") + 1)]) != parts.in_full([gap("helper")])


def test_what_is_asked_about_comes_in_full_with_what_it_names_and_marks_what_never_runs():
    never = at("return helper(item)")
    lines = parts_of(TEXT).in_full([gap("Cart.add", never)]).splitlines()
    assert f"{never}!         return helper(item)" in lines
    assert sum("!" in line for line in lines) == 1
    code = [line[4:].strip() for line in lines]
    for shown in ("def add(self, item):", "At length.", "step(1)", "def helper(item):", "return item"):
        assert shown in code
    assert "def alone():" not in code


def test_of_a_long_definition_what_surrounds_the_missing_lines_is_shown_with_what_it_stands_below():
    body = "\n".join(f"        step({number})" for number in range(2 * LONGEST_WHOLE))
    text = f'def long(x):\n    """It.\n\n    At length.\n    """\n    if x:\n{body}\n'
    never = at("step(50)", text)
    code = parts_of(text).in_full([gap("long", never, text=text)])
    assert "step(50)" in code
    assert "step(44)" in code
    assert "step(20)" not in code
    assert "    if x:" in code
    assert "def long(x):" in code
    assert "At length" not in code


@pytest.mark.parametrize(
    ("lengths", "together"), [([], []), ([10, 10], [2]), ([60, 50, 10], [1, 2]), ([500, 10, 500], [1, 1, 1])]
)
def test_portions_hold_as_much_code_as_they_may_and_at_least_one_gap(lengths, together):
    gaps = [Gap(str(at), 1, length, Reach()) for at, length in enumerate(lengths)]
    made = portions(gaps, 100)
    assert [len(portion) for portion in made] == together
    assert [one for portion in made for one in portion] == gaps
