"""What jobs leave in the worker's private folders, taken away where no overlay makes it vanish."""

from __future__ import annotations

import contextlib
import os
from itertools import count
from pathlib import Path


class Leavings:
    """Folders that are to be after each job as they were before: the same names in them, and open."""

    def __init__(self, folders: list[str]) -> None:
        self.folders = [Path(folder) for folder in folders]
        self.known = {folder: set(os.listdir(folder)) for folder in self.folders}  # noqa: PTH208

    def clear(self) -> None:
        """Take away what is new, and give back what would keep the next job from writing there."""
        for folder in self.folders:
            with contextlib.suppress(OSError):  # a file that cannot be removed harms those that need it only
                if folder.is_symlink() or not folder.is_dir():
                    remove(folder)
                    folder.mkdir()
                folder.chmod(0o700)
                for name in set(os.listdir(folder)) - self.known[folder]:  # noqa: PTH208
                    remove(folder / name)


def remove(path: Path) -> None:
    """Remove whatever is there, however deep it goes and whatever its modes; links are not followed.

    Folders are taken up beside the first before they are looked into, so no path gets long.
    """
    if path.is_symlink() or not path.is_dir():
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        return
    numbers, folders = count(), [path]
    while folders:
        folder = folders.pop()
        folder.chmod(0o700)
        with os.scandir(folder) as entries:
            found = list(entries)
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.path, 0o700)  # noqa: PTH101
                folders.append(path.with_name(f"{path.name}~{next(numbers)}"))
                os.rename(entry.path, folders[-1])  # noqa: PTH104
            else:
                os.unlink(entry.path)  # noqa: PTH108
        folder.rmdir()
