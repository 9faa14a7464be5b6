"""Writing into the user's project: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes, expected: bytes | None) -> bool:
    """Put new content into a file in one step; a kill at any moment leaves the old file or the new one.

    Folders are created and permissions kept. Returns False, nothing written, if the file no longer holds what
    is expected (None: that it does not exist).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".testgen")
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        new.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~umask())
        if read_if_there(path) != expected:
            return False
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return True


def read_if_there(path: Path) -> bytes | None:
    """A file's content, None if there is no file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def umask() -> int:
    """The process's file mode creation mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
