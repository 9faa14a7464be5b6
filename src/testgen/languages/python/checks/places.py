"""Where a path leads that a test writes or reads: into a folder made for it, or out of it."""

from __future__ import annotations

import ast
import re
from enum import Enum

from testgen.languages.python.meaning import Meaning, Origin


class Place(Enum):
    """Where a path leads, as far as can be seen."""

    INSIDE = "into a temporary folder"
    OUTSIDE = "into the project, the home or the system"
    UNKNOWN = "nowhere that can be seen"


_TEMPORARY = re.compile(
    r"tempfile\.|\?(self\.)?(.*_)?(te?mp(?!l)|pytester|testdir|fs$|sandbox|isolated)|.*\.TemporaryDirectory"
)
_SCRATCH = ("/tmp/", "/dev/null", "/dev/std", "/dev/full", "/nonexistent", "/does/not/exist")  # noqa: S108
_ABSOLUTE = re.compile(r"/\w|~|[A-Za-z]:[\\/]|\\\\")
_UPWARDS = re.compile(r"(^|[/\\])\.\.($|[/\\])")
_ENTERING = frozenset({"chdir", "as_cwd", "isolated_filesystem", "runpytest", "setupmethod"})
_ENTERED = frozenset({"pytester", "testdir", "fs"})
_HERE = frozenset({"os.getcwd", "pathlib.Path.cwd", "os.curdir"})
_USERS = re.compile(
    r"(pathlib\.Path\.home|os\.path\.expanduser|os\.environ|os\.getenv|sys\.(prefix|executable|path)|site|sysconfig)\b"
    r"|(.*\.)?__file__$"
)
_KNOWN = re.compile(
    r"(pathlib|os|os\.path|shutil|glob|io|codecs|sys)$|(pathlib|os|shutil|glob)\."
    r"|(str|bytes|open|list|sorted|iter|next|filter|map|range|len|int|repr|f)$"
)


def place(meaning: Meaning, *nodes: ast.AST | None) -> Place:
    """Where the path that these values make up leads; relative ones lead into the working tree."""
    origin = meaning.origin(*nodes)
    if any(_UPWARDS.search(text) or _is_absolute(text) for text in origin.texts):
        return Place.OUTSIDE
    if any(map(_TEMPORARY.match, origin.paths)) or any(text.startswith(_SCRATCH) for text in origin.texts):
        return Place.INSIDE
    if any(map(_USERS.match, origin.paths)):
        return Place.OUTSIDE
    if leaves(meaning) or not _is_all_known(origin):
        return Place.UNKNOWN
    return Place.OUTSIDE if origin.texts or origin.paths & _HERE else Place.UNKNOWN


def leaves(meaning: Meaning) -> bool:
    """Whether the test changes into another folder, or works in one that a fixture has changed into."""
    return not meaning.called.isdisjoint(_ENTERING) or not meaning.parameters.isdisjoint(_ENTERED)


def _is_absolute(text: str) -> bool:
    return bool(_ABSOLUTE.match(text)) and not text.startswith(_SCRATCH)


def _is_all_known(origin: Origin) -> bool:
    return all(_KNOWN.match(path) for path in origin.paths)
