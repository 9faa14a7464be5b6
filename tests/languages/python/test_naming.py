"""Which test file a source has where several are called alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from testgen.languages.python.naming import test_files as files_for

CASES = {
    "the least deep has the plain name": (
        {},
        {"a/utils.py": "tests/test_utils.py", "a/core/utils.py": "tests/test_core_utils.py"},
    ),
    "a file belongs to the one it imports": (
        {"tests/test_utils.py": "from a.core import utils\n"},
        {"a/utils.py": "tests/test_a_utils.py", "a/core/utils.py": "tests/test_utils.py"},
    ),
    "folders of tests may mirror those of sources": (
        {"tests/core/test_utils.py": "", "tests/test_utils.py": ""},
        {"a/utils.py": "tests/test_utils.py", "a/core/utils.py": "tests/core/test_utils.py"},
    ),
    "a longer name may be another's": (
        {},
        {
            "a/utils.py": "tests/test_utils.py",
            "a/core/utils.py": "tests/test_a_core_utils.py",
            "a/core_utils.py": "tests/test_core_utils.py",
        },
    ),
    "one in no folder has no longer name": (
        {"tests/test_utils.py": "import a.utils\n"},
        {"utils.py": "tests/test_utils_.py", "a/utils.py": "tests/test_utils.py"},
    ),
    "helpers of tests are no sources": ({"tests/utils.py": ""}, {"a/utils.py": "tests/test_utils.py"}),
}


@pytest.mark.parametrize("case", CASES)
def test_no_two_have_the_same_and_nobody_s_depends_on_who_else_is_asked_about(case: str, tmp_path: Path):
    there, expected = CASES[case]
    for name, text in {**dict.fromkeys(expected, ""), **there}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    wanted = {tmp_path / source: tmp_path / test_file for source, test_file in expected.items()}
    assert files_for(tmp_path, wanted) == wanted
    assert all(files_for(tmp_path, [source]) == {source: path} for source, path in wanted.items())
