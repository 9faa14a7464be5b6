from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from testgen.domain import Result
from testgen.reports.diff import diff, show

CHANGES = {
    "a line more": (b"a\nb\n", b"a\nb\nc\n"),
    "two hunks": (b"1\n" + b"x\n" * 20 + b"2\n", b"one\n" + b"x\n" * 20 + b"two\n"),
    "a new file": (None, b"a\nb\n"),
    "a new file without last newline": (None, b"a\nb"),
    "an empty file filled": (b"", b"a\n"),
    "no newline at the end before": (b"a\nb", b"a\nb\nc\n"),
    "no newline at the end after": (b"a\nb\n", b"a\nc"),
    "no newline at the end, both": (b"a\nb", b"a\nc"),
    "only the last newline": (b"a", b"a\n"),
    "dos": (b"a\r\nb\r\n", b"a\r\nc\r\nb\r\n"),
    "mixed line ends": (b"a\r\nb\nc\rd\n", b"a\r\nb\nc\rd\ne\r\n"),
    "separators that are no line ends": (
        "a\x0cb\u2028c\x85\n".encode(),
        "a\x0cb\u2028c\x85\nd\x0b\n".encode(),
    ),
    "byte order mark": (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfa\nb\n"),
    "latin-1": (b"# caf\xe9\n", b"# caf\xe9\n# th\xe9\n"),
    "utf-16 tail": (b"a\n\xff\xfe\n", b"b\n\xff\xfe\n"),
}
TOOLS = {"git": ("git", "apply", "--whitespace=nowarn", "-"), "patch": ("patch", "-p1", "--binary")}
NAMES = ["test_a.py", "tests/deep/test_a.py", "with blank/test a.py", "größe/test_ü.py", 'odd"na\\me.py']


def changed(result: Result, folder: Path, name: str, old: bytes | None, new: bytes | None) -> Result:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if old is not None:
        path.write_bytes(old)
    return replace(result, test_file=path, old=old, new=new)


def apply(tool: str, text: str, folder: Path) -> None:
    if not shutil.which(TOOLS[tool][0]):
        pytest.skip(f"no {tool} here")
    patch = text.encode("utf-8", "surrogateescape")
    subprocess.run(TOOLS[tool], input=patch, cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("change", CHANGES)
def test_the_diff_applied_gives_the_new_bytes(result: Result, tmp_path: Path, change: str, tool: str) -> None:
    old, new = CHANGES[change]
    project = changed(result, tmp_path / "project", "tests/test_a.py", old, new)
    apply(tool, diff(project, tmp_path / "project"), tmp_path / "project")
    assert project.test_file.read_bytes() == new


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("old", [b"a\n", None])
@pytest.mark.parametrize("name", NAMES)
def test_any_file_name(result: Result, tmp_path: Path, name: str, old: bytes | None, tool: str) -> None:
    project = changed(result, tmp_path / "project", name, old, b"a\nb\n")
    apply(tool, diff(project, tmp_path / "project"), tmp_path / "project")
    assert project.test_file.read_bytes() == b"a\nb\n"


def test_how_it_reads(result: Result, base: Path) -> None:
    small = replace(result, old=b"a\nb", new=b"a\nb\nc\n")
    assert diff(small, base) == (
        "--- a/tests/test_cart.py\n"
        "+++ b/tests/test_cart.py\n"
        "@@ -1,2 +1,3 @@\n"
        " a\n"
        "-b\n"
        "\\ No newline at end of file\n"
        "+b\n"
        "+c\n"
    )


@pytest.mark.parametrize("new", [None, b"same\n"])
def test_no_change_no_diff(result: Result, base: Path, new: bytes | None) -> None:
    assert diff(replace(result, old=b"same\n", new=new), base) == ""


def test_a_file_outside_the_base_is_named_from_the_root(result: Result, base: Path) -> None:
    assert f"+++ b{result.test_file}\n" in diff(result, base / "elsewhere")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_the_bytes_and_a_terminal_no_control_characters(result: Result, base: Path) -> None:
    nasty = replace(result, old=b"", new=b"# caf\xe9 \x1b[31m\r\n")
    pipe, terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii"), Terminal()
    show(nasty, pipe, base)
    show(nasty, terminal, base)
    assert pipe.buffer.getvalue().endswith(b"+# caf\xe9 \x1b[31m\r\n")  # type: ignore[attr-defined]
    assert terminal.getvalue().endswith("+# caf� \n")
