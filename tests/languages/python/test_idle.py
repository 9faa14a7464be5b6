from __future__ import annotations

import sys
from textwrap import dedent

import pytest

from testgen.domain import Reach
from testgen.languages.python.idle import idle

OTHER = "linux" if sys.platform == "win32" else "win32"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("if TYPE_CHECKING:\n    import a\nelse:\n    a = 1", {2}),
        ("if not typing.TYPE_CHECKING:\n    a = 1\nelse:\n    import a", {4}),
        (f"if sys.platform == '{OTHER}':\n    a = 1", {2}),
        (
            f"if sys.platform == '{sys.platform}':\n    a = 1\nelif b:\n    a = 2\nelse:\n    a = 3",
            {3, 4, 5, 6},
        ),
        (f"if sys.platform.startswith('{OTHER}') or False:\n    a = 1", set()),
        (f"if sys.platform.startswith('{OTHER}') and b:\n    a = 1", {2}),
        (f"if sys.platform in ('{OTHER}', 'cygwin'):\n    a = 1", {2}),
        ("if platform.system() == 'Amiga':\n    a = 1", {2}),
        ("if os.name == 'ce':\n    a = 1", {2}),
        ("if sys.version_info >= (3, 12):\n    a = 1\nelse:\n    a = 2", {2}),
        ("if sys.version_info[:2] < (3, 11):\n    a = 1", {2}),
        ("if sys.version_info[0] == 2:\n    a = 1", {2}),
        ("if sys.version_info[9] == 2:\n    a = 1", set()),
        ("if sys.version_info > 'x':\n    a = 1", set()),
        ("if sys.platform == there:\n    a = 1", set()),
        ("if a == 'win32':\n    a = 1", set()),
        ("if a:\n    a = 1", set()),
        ("@abstractmethod\ndef f():\n    raise NotImplementedError", {3}),
        ("@abc.abstractmethod\ndef f():\n    '''What.'''\n    raise NotImplementedError('f')", {3, 4}),
        ("@abstractmethod\ndef f():\n    return 1", set()),
        ("def f():\n    raise NotImplementedError", set()),
        ("@overload\ndef f(a: int) -> int: ...", {2}),
    ],
)
def test_what_no_test_here_is_meant_to_reach(text, lines):
    assert idle(text, "3.11.7").lines == lines


def test_branches_go_with_their_lines_and_with_conditions_that_always_hold():
    text = dedent(
        f"""
        if sys.platform == "{OTHER}":
            a = 1
        if sys.platform == "{sys.platform}":
            a = 2
        if a:
            a = 3
        """
    ).lstrip()
    missing = Reach.of([2, 4, 6], [(1, 2), (1, 3), (3, 4), (3, 5), (5, 6), (5, -1)])
    assert idle(text, "3.11.7").within(missing) == Reach.of([2], [(1, 2), (3, 4), (3, 5)])
