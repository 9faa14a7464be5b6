"""The programs of QuixBugs, each in a buggy and in a right version, as projects without tests.

Only the buggy versions say what they should do, and some right ones hold further solutions in strings. So
both are given the same documentation, that of the buggy one: they differ in the code alone.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))  # for the interpreters of projects.py

import projects

CACHE = projects.REPOSITORY / ".cache" / "bugs"
TOOLS = ("coverage==7.17.3", "pytest==9.2.0")
QUIXBUGS = "https://github.com/jkoppel/QuixBugs"
COMMIT = "4257f44b0ff1181dedaedee6a447e133219fcebf"
COUNT = 20  # the first ones by name that take plain values, and so have no driver of their own

PYPROJECT = """\
[project]
name = "program"
version = "1"

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""


class Version(Enum):
    """Which version of a program, and the folder of QuixBugs that holds it."""

    BUGGY = "python_programs"
    RIGHT = "correct_python_programs"


@dataclass(frozen=True, slots=True, order=True)
class Program:
    """A program in one version; nothing that a model is shown says which."""

    name: str
    version: Version

    @property
    def id(self) -> str:
        """What its recording is called."""
        return f"{self.name}.{self.version.name.lower()}"

    @property
    def text(self) -> str:
        """The code of this version with the documentation of the program."""
        documented, code = (parts(self.name, version) for version in (Version.BUGGY, self.version))
        return "\n\n\n".join([*code.code, *documented.strings]) + "\n"

    def lay_out(self, root: Path) -> Path:
        """Make it a project in a new folder; returns its source."""
        (root / "tests").mkdir(parents=True)
        (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
        source = root / f"{self.name}.py"
        source.write_text(self.text, encoding="utf-8")
        return source


@dataclass(frozen=True, slots=True)
class Parts:
    """A file of QuixBugs: its code, and the strings that stand by themselves."""

    code: tuple[str, ...]
    strings: tuple[str, ...]


def parts(name: str, version: Version) -> Parts:
    """Take a file apart."""
    text = (checkout() / version.value / f"{name}.py").read_text(encoding="utf-8")
    body = ast.parse(text).body
    pieces = [(isinstance(node, ast.Expr), ast.get_source_segment(text, node) or "") for node in body]
    return Parts(
        tuple(piece for is_string, piece in pieces if not is_string),
        tuple(piece for is_string, piece in pieces if is_string),
    )


def programs() -> tuple[Program, ...]:
    """Those that are measured, by name, the buggy version first."""
    folder = checkout() / Version.BUGGY.value
    names = sorted(path.stem for path in folder.glob("*.py"))
    plain = [name for name in names if f"{name}_test" not in names and not name.endswith(("_test", "node"))]
    return tuple(Program(name, version) for name in plain[:COUNT] for version in Version)


def checkout() -> Path:
    """QuixBugs at the commit that was measured, fetched on first use."""
    folder = CACHE / "QuixBugs"
    if not folder.exists():
        subprocess.run(["git", "clone", "--quiet", QUIXBUGS, folder], check=True)
        subprocess.run(["git", "-C", folder, "checkout", "--quiet", COMMIT], check=True)
    return folder


def python() -> Path:
    """The interpreter that the programs are tried in."""
    return projects.environment(projects.running(), TOOLS, CACHE / "environments")
