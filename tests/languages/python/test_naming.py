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
    "a new one stands beside the code where the others do": (
        {"test_a.py": "", "pkg/test_c.py": ""},
        {"b.py": "test_b.py", "pkg/d.py": "pkg/test_d.py", "lib/e.py": "test_e.py"},
    ),
    "or in the folder of tests of its package": (
        {"pkg/tests/test_a.py": "", "tests/test_x.py": ""},
        {"pkg/b.py": "pkg/tests/test_b.py", "pkg/sub/c.py": "pkg/tests/test_c.py", "d.py": "tests/test_d.py"},
    ),
    "a folder of tests at the top goes before what stands beside the code": (
        {"pkg/test_a.py": "", "tests/test_x.py": ""},
        {"pkg/b.py": "tests/test_b.py"},
    ),
    "tests of a folder below are not for what is above": (
        {"api/tests/test_a.py": ""},
        {"tool.py": "tests/test_tool.py"},
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
