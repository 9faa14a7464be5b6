"""Which test file a source has: the nearest that is named after it, and never the one of a namesake."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from testgen.languages.places import TEST_FOLDERS, files_in, nearest

SUFFIXES = (".py",)
FOLDERS = ("tests", "test")
IS_TEST = re.compile(r"test_.*\.py|.*_test\.py")


def test_files(root: Path, sources: Iterable[Path]) -> dict[Path, Path]:
    """The test file for each source of a project: the same whichever others are asked about."""
    named: defaultdict[str, list[Path]] = defaultdict(list)
    for path in files_in(root, SUFFIXES):
        named[path.name].append(path)
    wanted = tuple(sources)
    given: dict[Path, Path] = {}
    for name in dict.fromkeys(source.name for source in wanted):
        there = (path for path in named[name] if not TEST_FOLDERS & set(path.relative_to(root).parts))
        namesakes = {*there, *(source for source in wanted if source.name == name)}
        given |= _shared_out(root, namesakes, named)
    return {source: given[source] for source in wanted}


def _shared_out(
    root: Path, namesakes: Collection[Path], named: Mapping[str, Sequence[Path]]
) -> dict[Path, Path]:
    """A test file for each of some sources of one name.

    Of those that would have the same it goes to the one that it imports, else to the nearest, else to the
    least deep; the others have one that is named after their folder too.
    """
    stem = next(iter(namesakes)).stem
    tests = [path for name in (f"test_{stem}.py", f"{stem}_test.py") for path in named.get(name, ())]
    homes = {path.parent for name, paths in named.items() if IS_TEST.fullmatch(name) for path in paths}
    new = {source: _home(source, root, homes) / f"test_{stem}.py" for source in namesakes}
    first = {source: nearest(tests, root, source) or new[source] for source in namesakes}
    modules = {path: _imported(path) for path in tests} if len(namesakes) > 1 else {}

    def claim(source: Path) -> tuple[int, int, int, Path]:
        known = modules.get(first[source], frozenset())
        kin = set(source.parent.parts) & set(first[source].parent.parts)
        return -_told(source, known), -len(kin), len(source.parts), source

    given: dict[Path, Path] = {}
    for source in sorted(namesakes, key=claim):
        taken = set(given.values())
        others = (name for name in _longer_names(source, root) if f"{name}.py" not in named)
        paths = chain([first[source]], (first[source].with_name(f"test_{name}.py") for name in others))
        given[source] = next(path for path in paths if path not in taken)
    return given


def test_folder(root: Path) -> Path:
    """Where a project has its tests: a folder of that name, or the top where they stand beside the code."""
    folders = (root / name for name in FOLDERS)
    beside = any(IS_TEST.fullmatch(path.name) for path in root.glob("*.py"))
    return next(filter(Path.is_dir, folders), root if beside else root / "tests")


def _home(source: Path, root: Path, homes: Collection[Path]) -> Path:
    """Where a new test file for a source belongs: where the nearest tests are, from its folder upwards."""
    above = [folder for folder in source.parents if folder.is_relative_to(root) and folder != root]
    there = (folder / name for folder in above for name in FOLDERS if folder / name in homes)
    apart = any((root / name).is_dir() for name in FOLDERS)
    beside = (folder for folder in above if folder in homes and not apart)
    return next(chain(there, beside), test_folder(root))


def _longer_names(source: Path, root: Path) -> Iterator[str]:
    """What a source may be called instead: after more and more of its folders."""
    name = source.stem
    for folder in reversed(source.relative_to(root).parent.parts):
        name = f"{folder}_{name}"
        yield name
    while True:
        name += "_"
        yield name


def _imported(test_file: Path) -> frozenset[str]:
    """The dotted names of all that a test file imports; none if it cannot be read."""
    try:
        tree = ast.parse(test_file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def _told(source: Path, modules: Collection[str]) -> int:
    """By how many of the last parts of its path a source is among these modules, 0 if it is not."""
    parts = source.with_suffix("").parts
    return max((n for n in range(1, len(parts)) if ".".join(parts[-n:]) in modules), default=0)
