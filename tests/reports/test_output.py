from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from testgen.errors import ExitCode, UsageError
from testgen.reports.output import to_file, to_stream


def test_folders_are_created_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "deep/er/report.md"
    to_file("één\n", target)
    to_file("zwei\n", target)
    assert target.read_bytes() == b"zwei\n"
    assert [path.name for path in target.parent.iterdir()] == ["report.md"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text("old")
    link = tmp_path / "link.md"
    link.symlink_to("real.md")
    to_file("new", link)
    assert link.is_symlink()
    assert (tmp_path / "real.md").read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    to_file("report", pipe)
    assert os.read(reader, 100) == b"report"
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("path", ["file/report.json", "folder", "x" * 300])
def test_a_path_that_cannot_be_written_is_a_usage_error(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot write the report") as caught:
        to_file("text", tmp_path / path)
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.remedy
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_stream_gets_utf_8_after_what_was_written_before() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    stream.write("before ")
    to_stream("→\udce9", stream)
    assert stream.buffer.getvalue() == b"before \xe2\x86\x92\xe9"  # type: ignore[attr-defined]


def test_a_stream_of_text_alone_will_do() -> None:
    stream = io.StringIO()
    to_stream("→", stream)
    assert stream.getvalue() == "→"
