"""Where reports go: a stream, or a file that is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

from testgen.errors import UsageError
from testgen.files import read_if_there, replace_file


def to_stream(text: str, stream: TextIO) -> None:
    """Write the text as UTF-8 whatever the stream's encoding; surrogate escapes give their bytes back."""
    raw = getattr(stream, "buffer", None)
    if raw is None:
        stream.write(text)
        return
    stream.flush()
    raw.write(_encoded(text))
    raw.flush()


def to_file(text: str, path: Path) -> None:
    """Write the text as UTF-8 in one step, creating folders; raises UsageError where that cannot be done.

    A device or a pipe, such as `/dev/stderr`, is written to, not replaced; a link stays a link.
    """
    try:
        reason = "" if _written(_encoded(text), path.resolve()) else "something else is writing it"
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        raise _unwritable(path, reason)


def check_file(path: Path) -> None:
    """Raise UsageError now for a path that `to_file` could not write later."""
    place = next(folder for folder in (path, *path.parents) if folder.exists())
    if place == path and path.is_dir():
        raise _unwritable(path, "it is a folder")
    if not os.access(place, os.W_OK):
        raise _unwritable(path, f"{place} is not writable")


def _unwritable(path: Path, reason: str) -> UsageError:
    return UsageError(f"cannot write the report {path}: {reason}", "Give --report a path you may write to.")


def _written(content: bytes, target: Path) -> bool:
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return True
    return replace_file(target, content, expected=read_if_there(target))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
