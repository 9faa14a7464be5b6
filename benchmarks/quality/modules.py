"""Which published modules are measured, and how one becomes a project without tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))  # for the interpreters of projects.py

import projects

CACHE = projects.REPOSITORY / ".cache" / "quality"
TOOLS = ("coverage==7.17.3", "pytest==9.2.0")  # another coverage may count other statements
NOT_COPIED = shutil.ignore_patterns("bin", "tests", "test_*", ".lock")

PYPROJECT = """\
[project]
name = "{name}"
version = "{version}"

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""


@dataclass(frozen=True, slots=True)
class Module:
    """A file of a published package, such as `sty/primitive.py` of `sty==1.0.6`, and what kind of code it is.

    `needs` are other packages, pinned too, without which part of it could not run.
    """

    path: str
    package: str
    kind: str
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name that it is imported by."""
        return self.path.removesuffix(".py").replace("/", ".")


MODULES = (
    Module("docstring_parser/google.py", "docstring_parser==0.18.0", "a parser of sections"),
    Module("docstring_parser/numpydoc.py", "docstring_parser==0.18.0", "a parser made of many classes"),
    Module("flutils/pathutils.py", "flutils==0.7", "files, modes and owners"),
    Module(
        "frontmatter/default_handlers.py",
        "python-frontmatter==1.1.0",
        "YAML, JSON and TOML by three libraries",
        ("PyYAML==6.0.2", "toml==0.10.2"),
    ),
    Module("isort/format.py", "isort==6.0.1", "diffs and questions in a terminal", ("colorama==0.4.6",)),
    Module("isort/wrap_modes.py", "isort==6.0.1", "a registry of formatters", ("colorama==0.4.6",)),
    Module("pymonet/immutable_list.py", "pymonet==0.12.0", "an immutable data structure"),
    Module("pysnooper/variables.py", "pysnooper==1.2.3", "looks into frames"),
    Module("pytutils/lazy/lazy_regex.py", "pytutils==0.4.1", "a proxy that patches the standard library"),
    Module("string_utils/manipulation.py", "python-string-utils==1.0.0", "text in, text out"),
    Module("string_utils/validation.py", "python-string-utils==1.0.0", "predicates over texts"),
    Module("sty/primitive.py", "sty==1.0.6", "attributes made at run time"),
    Module("thefuzz/process.py", "thefuzz==0.22.1", "a thin layer over a library", ("rapidfuzz==3.13.0",)),
    Module("typesystem/tokenize/tokenize_json.py", "typesystem==0.4.1", "a tokenizer and its errors"),
)


@dataclass(frozen=True, slots=True)
class Project:
    """A module as the only thing to test in a folder of its own; paths are absolute."""

    module: Module
    root: Path
    python: Path

    @property
    def source(self) -> Path:
        return self.root / self.module.path

    @property
    def test_file(self) -> Path:
        return self.root / "tests" / f"test_{self.source.stem}.py"


def lay_out(module: Module, root: Path) -> Project:
    """Make the project in a new folder; what comes from the package registry is kept for another time."""
    python = projects.environment(projects.running(), (*TOOLS, *module.needs), CACHE / "environments")
    name, _, version = module.package.partition("==")
    shutil.copytree(installed(module.package, python), root, ignore=NOT_COPIED)
    (root / "pyproject.toml").write_text(PYPROJECT.format(name=name, version=version), encoding="utf-8")
    (root / "tests").mkdir()
    return Project(module, root, python)


def installed(package: str, python: Path) -> Path:
    """A folder with the package and nothing else; raises CalledProcessError if it cannot be had."""
    folder = CACHE / "packages" / package
    if not folder.exists():
        made = folder.with_name(f"{package}.part")
        shutil.rmtree(made, ignore_errors=True)
        pip = (find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--python", python)
        subprocess.run([*pip, "--target", made, package], check=True)
        made.rename(folder)
    return folder
