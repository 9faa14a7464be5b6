"""Writing into the user's project: whole or not at all, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ANYBODY_WRITES = 0o222  # looked at itself, because root may write whatever it says


class OwnFolder:
    """`.testgen/` in the project's root: all that is ours; git ignores it because it says so itself."""

    def __init__(self, root: Path) -> None:
        self.path = root / ".testgen"

    def made(self) -> Path:
        """The folder, made if it is not there yet, for nobody but the user."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        (self.path / ".gitignore").write_text("*\n")
        return self.path

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder for files on their way. What a killed run left there goes; so does an empty `.testgen`."""
        folder = self.made() / "staging"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            if [path.name for path in self.path.iterdir()] == [".gitignore"]:
                self.remove()

    @property
    def contents(self) -> tuple[str, ...]:
        """The names of what is in it, but for what is there to keep git away; empty if it is not there."""
        names = (path.name for path in self.path.iterdir()) if self.path.is_dir() else ()
        return tuple(sorted(name for name in names if name != ".gitignore"))

    def remove(self) -> None:
        """Take it away with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)


def replace_file(path: Path, content: bytes, expected: bytes | None, staging: Path | None = None) -> bool:
    """Put new content into a file in one step; a kill at any moment leaves the old file or the new one.

    Folders are created and permissions kept. The new file is made in `staging` (the file's own folder unless
    given) and moved; one from there to another file system is made beside the file after all. Returns False,
    nothing written, if the file no longer holds what is expected (None: that it does not exist).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if staging and staging.stat().st_dev != path.parent.stat().st_dev:
        staging = None
    handle, name = tempfile.mkstemp(dir=staging or path.parent, prefix=f".{path.name}.", suffix=".testgen")
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


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs of testgen from replacing files in a folder; only for the moment of replacing."""
    with suppress(ImportError):
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
        return
    yield  # no such locks here (Windows)


def is_read_only(path: Path) -> bool:
    """Whether a file is there and its owner has said that nobody should write it."""
    return path.exists() and not path.stat().st_mode & ANYBODY_WRITES


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
