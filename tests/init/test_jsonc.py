"""JSON with comments: what is not ours stays to the byte, and doing it twice does nothing more."""

from __future__ import annotations

import pytest

from testgen.init.jsonc import NotJsonError, with_items

ITEMS = [{"label": "a", "x": 2}, {"label": "b", "args": ["ü"]}]
SHOWN_A = '{\n\t\t\t"label": "a",\n\t\t\t"x": 2\n\t\t}'
SHOWN_B = '{\n\t\t\t"label": "b",\n\t\t\t"args": [\n\t\t\t\t"ü"\n\t\t\t]\n\t\t}'
BOTH = f"{SHOWN_A},\n\t\t{SHOWN_B}"
NARROW = BOTH.replace("\t", "  ")

KEPT = {
    "nothing there": ("{}", f'{{\n\t"tasks": [\n\t\t{BOTH}\n\t]\n}}'),
    "an empty list": ('{"tasks": [ ]}', f'{{"tasks": [\n\t\t{BOTH}\n\t ]}}'),
    "another task and comments": (
        '{ // ü\n  "tasks": [/* x */ {"label": "c"} /* y */]}',
        f'{{ // ü\n  "tasks": [/* x */ {{"label": "c"}}, /* y */\n    {NARROW}]}}',
    ),
    "ours of an earlier day, in its place": (
        '{"tasks": [{"label": "a", "x": 1}, {"label": "c"}], "n": 1}',
        f'{{"tasks": [{SHOWN_A}, {{"label": "c"}},\n\t\t{SHOWN_B}], "n": 1}}',
    ),
    "trailing commas": (
        '{"tasks": [{"label": "c",}, // x\n],}',
        f'{{"tasks": [{{"label": "c",}}, // x\n\t\t{BOTH}\n],}}',
    ),
    "a comment after the last comma": (
        '{"tasks": [{"label": "c"},\n/* x */],}',
        f'{{"tasks": [{{"label": "c"}},\n\t\t{BOTH}\n/* x */],}}',
    ),
    "a comment beside the last one, which stays there": (
        '{\n  "tasks": [\n    {"label": "c"}, // x\n    // y\n  ]\n}',
        f'{{\n  "tasks": [\n    {{"label": "c"}}, // x\n    {NARROW}\n    // y\n  ]\n}}',
    ),
    "items that are no objects": ('{"tasks": [1, null]}', f'{{"tasks": [1, null,\n\t\t{BOTH}]}}'),
    "another member": ('{"version": "2"}', f'{{"version": "2",\n\t"tasks": [\n\t\t{BOTH}\n\t]}}'),
}
REFUSED = {
    "": "no object",
    "[]": "no object",
    "{": "line 1",
    "nope": "line 1",
    '{\n"tasks": 1}': "line 2: tasks is not a list",
    '{"a" 1}': "line 1",
    '{"a": 1,, "b": 2}': "line 1",
    '{"a": 1}{"b": 2}': "no object",
    '{"a": [1 2]}': "line 1",
    '{"tasks": [,]}': "line 1",
}


@pytest.mark.parametrize("case", KEPT)
def test_items_are_added_or_take_the_place_of_their_like(case):
    before, after = KEPT[case]
    assert with_items(before, "tasks", "label", ITEMS) == after
    assert with_items(after, "tasks", "label", ITEMS) == after


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_json_is_refused_with_its_line(text):
    with pytest.raises(NotJsonError, match=REFUSED[text]):
        with_items(text, "tasks", "label", ITEMS)
