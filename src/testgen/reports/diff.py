"""The change to the test file as a unified diff that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from testgen.domain import Result
from testgen.reports.output import to_stream
from testgen.reports.text import plain

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_QUOTED = re.compile(r'["\\\x00-\x1f\x7f]')


def diff(result: Result, base: Path | None = None) -> str:
    """The change with paths relative to `base` (the current folder unless given); "" when there is none.

    Line ends are the file's own. Bytes that are not UTF-8 come as surrogate escapes: encoding the text with
    `errors="surrogateescape"` gives them back.
    """
    if result.new is None or result.new == result.old:
        return ""
    name = _name(result.test_file, base or Path.cwd())
    old, new = _LINE.findall(result.old or b""), _LINE.findall(result.new)
    before = b"/dev/null" if result.old is None else _label("a/" + name)
    changes = difflib.diff_bytes(difflib.unified_diff, old, new, before, _label("b/" + name))
    return b"".join(_ended(changes)).decode("utf-8", "surrogateescape")


def show(result: Result, stdout: TextIO, base: Path | None = None) -> None:
    """Print the change: byte for byte into a file or pipe, without control characters on a terminal."""
    text = diff(result, base)
    to_stream(plain(text) if stdout.isatty() else text, stdout)


def _name(path: Path, base: Path) -> str:
    """The path below `base`, else the absolute path without its leading slash, as patches want it."""
    inside = path.relative_to(base) if path.is_relative_to(base) else path
    return inside.as_posix().lstrip("/")


def _label(name: str) -> bytes:
    """A file name as git writes it: quoted where it must be, ended by a tab where it holds a blank."""
    if _QUOTED.search(name):
        name = '"' + _QUOTED.sub(lambda found: f"\\{ord(found[0]):03o}", name) + '"'
    elif " " in name:
        name += "\t"
    return name.encode("utf-8", "surrogateescape")


def _ended(lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
