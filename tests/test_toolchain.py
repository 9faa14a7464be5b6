"""What is shown of the user's home to build tools, whose home is an empty one."""

from __future__ import annotations

import pytest

from testgen.toolchain import toolchain


@pytest.mark.parametrize(
    ("folder", "variable"),
    [(".rustup", "RUSTUP_HOME"), (".cargo", "CARGO_HOME"), ("go/pkg/mod", "GOMODCACHE")],
)
def test_tools_are_told_where_their_folder_is_if_there_is_one(tmp_path, folder, variable):
    environ = {"HOME": str(tmp_path)}
    assert variable not in toolchain(environ).environ
    (tmp_path / folder).mkdir(parents=True)
    assert toolchain(environ).environ[variable] == str(tmp_path / folder)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert toolchain({**environ, variable: str(elsewhere)}).environ[variable] == str(elsewhere)
