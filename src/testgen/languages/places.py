"""Where a project keeps its tests: the files that a person would look through."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

TEST_FOLDERS = {"tests", "test", "testing", "testdata", "__tests__", "__mocks__"}
NOT_OURS = {"node_modules", "site-packages", "__pycache__", "build", "dist"}


def files_in(root: Path, suffixes: Collection[str]) -> Iterator[Path]:
    """The project's files in a language; virtual environments, hidden and built folders are left out."""
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if not _foreign(Path(folder, name))]
        yield from (Path(folder, name) for name in sorted(files) if Path(name).suffix in suffixes)


def nearest(found: Iterable[Path], root: Path, source: Path) -> Path | None:
    """The file that has the most folder names in common with the source, the least deep of several."""
    folders = set(source.relative_to(root).parent.parts)
    ranked = {path: (len(folders & set(path.parent.parts)), -len(path.parts)) for path in found}
    return max(ranked, key=lambda path: ranked[path], default=None)


def _foreign(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in NOT_OURS or (folder / "pyvenv.cfg").exists()
