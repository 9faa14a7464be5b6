"""Where a path leads that a test writes or reads: into a folder made for it, or out of it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from testgen.languages.python.meaning import Meaning
from testgen.languages.python.names import requested


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
# Fixtures, from files that are not seen here, which may have changed into a folder of theirs.
_ENTERED = re.compile(
    r"(.*_)?(pytester|fs|cwd|runner|workspace|folder|isolated\w*|sandbox|repo)$|.*(ch|tmp|temp|test)_?dir"
)
_HERE = frozenset({"os.getcwd", "pathlib.Path.cwd", "os.curdir"})
_USERS = re.compile(
    r"(pathlib\.Path\.home|os\.path\.expanduser|os\.environ|os\.getenv|sys\.(prefix|executable|path)|site|sysconfig)\b"
    r"|(.*\.)?__file__$"
)
_KNOWN = re.compile(
    r"(pathlib|os|os\.path|shutil|glob|io|codecs|sys)$|(pathlib|os|shutil|glob)\."
    r"|(str|bytes|open|list|sorted|iter|next|filter|map|range|len|int|repr)$"
)


@dataclass(frozen=True)
class Places:
    """Where the paths in some code lead."""

    meaning: Meaning

    def of(self, *nodes: ast.AST | None) -> Place:
        """Where the path that these values make up leads; relative ones lead into the working tree."""
        origin = self.meaning.origin(*nodes)
        if any(_UPWARDS.search(text) or _is_absolute(text) for text in origin.texts):
            return Place.OUTSIDE
        if any(map(_TEMPORARY.match, origin.paths)) or any(
            text.startswith(_SCRATCH) for text in origin.texts
        ):
            return Place.INSIDE
        if any(map(_USERS.match, origin.paths)):
            return Place.OUTSIDE
        if self.are_elsewhere or not all(map(_KNOWN.match, origin.paths)):
            return Place.UNKNOWN
        return Place.OUTSIDE if origin.texts or origin.paths & _HERE else Place.UNKNOWN

    @cached_property
    def are_elsewhere(self) -> bool:
        """Whether the test changes into another folder, or a fixture may have done it."""
        fixtures = self.meaning.parameters.union(*map(requested, self.meaning.trees))
        return not self.meaning.called.isdisjoint(_ENTERING) or any(map(_ENTERED.match, fixtures))


def _is_absolute(text: str) -> bool:
    return bool(_ABSOLUTE.match(text)) and not text.startswith(_SCRATCH)
