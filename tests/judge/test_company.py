"""Who is to blame for what goes wrong between tests: all who are, at once, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from benches import LIMITS, interpreter, prepared, project_in, write

from projects import running_version
from testgen.company import Company
from testgen.languages import LANGUAGES

FILES = {
    "things.py": "STATE = {'left': 0, 'right': 0}\n\n\ndef put(side, number):\n    STATE[side] = number\n",
    "tests/test_things.py": """
        from things import STATE, put


        def test_put():
            put("left", 0)
            assert STATE["left"] == 0
    """,
}
SETS_LEFT = "def test_sets_left():\n    put('left', 1)\n    assert STATE['left'] == 1"
SETS_RIGHT = "def test_sets_right():\n    put('right', 1)\n    assert STATE['right'] == 1"
LEFT = "def test_left():\n    assert STATE['left'] == 0"
LEFT_TOO = "def test_left_too():\n    assert not STATE['left']"
RIGHT = "def test_right():\n    assert STATE['right'] == 0"
RIGHT_BEFORE = "def test_right_before():\n    assert not STATE['right']"
HARMLESS = "def test_harmless():\n    assert set(STATE) == {'left', 'right'}"


@pytest.fixture(scope="module", params=[1, 2], ids=["one at a time", "two at a time"])
def bench(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    write(folder, FILES)
    project = project_in(folder, interpreter(running_version()), source="things.py")
    with prepared(project, replace(LIMITS, jobs=request.param)) as ready:
        yield ready.bench


@pytest.mark.parametrize(
    ("candidates", "guilty"),
    [
        ([HARMLESS, LEFT, RIGHT], []),
        ([SETS_LEFT, HARMLESS, LEFT, LEFT_TOO], ["test_sets_left"]),
        ([SETS_LEFT, SETS_RIGHT, LEFT, HARMLESS, RIGHT, LEFT_TOO], ["test_sets_left", "test_sets_right"]),
        ([RIGHT_BEFORE, HARMLESS, SETS_RIGHT], ["test_sets_right"]),  # seen in the reverse order only
        ([RIGHT_BEFORE, SETS_RIGHT, SETS_LEFT, LEFT], ["test_sets_left", "test_sets_right"]),
    ],
)
def test_all_who_are_to_blame_are_found_at_once_and_nobody_else(bench, candidates, guilty):
    language, old = LANGUAGES["python"], bench.project.test_file.read_bytes()
    reply = "from things import STATE, put\n\n" + "\n\n\n".join(candidates)
    parsed = [one.candidate for one in language.parse(f"```python\n{reply}\n```")]
    found = Company(bench, language.merger(old), old).culprits(parsed)
    assert sorted(parsed[culprit.index].name for culprit in found) == guilty
