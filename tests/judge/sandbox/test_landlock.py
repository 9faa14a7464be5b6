from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from testgen.judge.sandbox.landlock import around
from testgen.judge.sandbox.surroundings import WORKER
from testgen.judge.sandbox.terms import Confine

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


NO_LANDLOCK = """
import sys
sys.path.insert(0, {folder!r})
from testgen_worker import confine
confine.CREATE_RULESET = 99999  # a call that no kernel has
confine.main()
"""


def test_a_kernel_without_it_is_said_to_have_none():
    order = json.dumps(asdict(Confine(reading=("/",), network=False)))
    code = NO_LANDLOCK.format(folder=str(WORKER.parent))
    done = subprocess.run(
        [sys.executable, "-c", code], input=order, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "this kernel has no Landlock, or it is switched off (Function not implemented)\n"
