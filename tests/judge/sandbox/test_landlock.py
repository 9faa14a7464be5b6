from __future__ import annotations

import pytest

from testgen.judge.sandbox.landlock import around

TREE = ("a/one", "a/two", "b/c/three", "b/c/.env", "b/four", "five")


@pytest.mark.parametrize(
    ("closed", "open_"),
    [
        ((), [""]),
        (("a",), ["b", "five"]),
        (("b/c/.env",), ["a", "b/c/three", "b/four", "five"]),
        (("b", "five"), ["a"]),
        (("nowhere",), ["a", "b", "five"]),
        (("",), []),
    ],
)
def test_what_is_open_is_everything_around_what_is_closed(tmp_path, closed, open_):
    for name in TREE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = around(tmp_path, tuple(tmp_path / name for name in closed))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [name or "." for name in open_]
