"""A copy of a project to run tests in, where no overlay can keep the project as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

# Folders that hold what was installed, and too much of it: they are linked to.
LINKED = ("node_modules", ".venv", "venv", "vendor", ".yarn", ".pnpm-store")
CACHES = (".cache", ".vite", ".vite-temp")  # in node_modules
LEFT_OUT = (".git", ".hg", ".svn", ".testgen")


def copy(root: Path, target: Path) -> None:
    """Copy a project's files; installed packages are linked to, history is left out."""

    def leave(folder: str, names: list[str]) -> list[str]:
        for name in names:
            original = Path(folder, name)
            if name in LINKED and original.is_dir():
                place = target / original.relative_to(root)
                place.parent.mkdir(parents=True, exist_ok=True)
                _link(original, place)
        linked = {name for name in LINKED if Path(folder, name).is_dir()}
        return [name for name in names if name in LEFT_OUT or name in linked]

    shutil.copytree(root, target, symlinks=True, ignore=leave, copy_function=_copy_file, dirs_exist_ok=True)


def _link(original: Path, place: Path) -> None:
    """A link to a folder; of node_modules one to each package, as tools keep caches beside them."""
    if original.name != "node_modules":
        place.symlink_to(original.resolve())
        return
    place.mkdir()
    for one in original.iterdir():
        if one.is_symlink():  # to a package of the project itself, which is copied
            (place / one.name).symlink_to(one.readlink())
        elif one.name not in CACHES:
            (place / one.name).symlink_to(one.resolve())


def _copy_file(source: str, target: str) -> None:
    if Path(source).is_file():  # no pipes, no sockets
        shutil.copy2(source, target, follow_symlinks=False)
        Path(target).chmod(Path(target).stat().st_mode | 0o200)
