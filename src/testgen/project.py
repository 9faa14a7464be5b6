"""What is there: the project's root, its interpreter, the source file and the test file beside it."""

from __future__ import annotations

import ast
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from testgen.errors import ProjectError, UsageError
from testgen.files import is_read_only
from testgen.languages import LANGUAGES
from testgen.settings import Settings

ROOT_MARKERS = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "setup.py", ".git")
PROBE = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
def find(name):
    try: return version(name)
    except PackageNotFoundError: return ""
names = ("pytest", "coverage", "pytest-cov", "pytest-xdist", "pytest-randomly")
folders = [folder for folder in (sys.prefix, sys.base_prefix, *sys.path) if folder]
about = {"version": sys.version.split()[0], "executable": sys.executable, "folders": folders}
print(json.dumps({**about, **{name: find(name) for name in names}}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that runs the project's tests, and the versions of what is installed in it ("" if not)."""

    path: Path
    version: str
    pytest: str
    coverage: str
    plugins: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()  # where it is and what it imports from

    @property
    def versions(self) -> str:
        """What it is and brings, for prompts and checks."""
        return f"Python {self.version}, pytest {self.pytest}, coverage {self.coverage}"


@dataclass(frozen=True, slots=True)
class Project:
    """Everything found out before anything is run. Paths are absolute; the test file may not exist yet.

    `pytest_args` are the arguments of the project's own test command; with `cwd_importable` the root is on
    the import path, as `python -m pytest` has it.
    """

    root: Path
    source: Path
    test_file: Path
    interpreter: Interpreter
    pytest_args: tuple[str, ...] = ()
    cwd_importable: bool = True

    @property
    def import_names(self) -> tuple[str, ...]:
        """Dotted names under which the source may be importable, the likeliest first."""
        parts = self.source.relative_to(self.root).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        names = [".".join(parts[start:]) for start in range(len(parts))]
        return tuple(names[1:] + names[:1]) if parts[:1] in (("src",), ("lib",)) else tuple(names)


def discover(settings: Settings, environ: Mapping[str, str]) -> Project:
    """Find the project around the source file; raises UsageError or ProjectError."""
    source = checked_source(settings.source_file)
    root = root_for(settings, source)
    if not source.is_relative_to(root):
        raise UsageError(f"{source} is outside the project {root}", "Name the project's folder with --cwd.")
    test_file = checked_test_file(settings.test_file or LANGUAGES["python"].test_file(root, source), source)
    python, args, cwd_importable = parse_command(settings.test_command, root)
    path = find_python(settings.python or python, root, environ)
    return Project(root, source, test_file, probe(path), args, cwd_importable)


def checked_source(path: Path | None) -> Path:
    """The source file, resolved; raises UsageError for whatever cannot be one."""
    if path is None:
        raise UsageError("no source file was given", "Name it: testgen --source-file src/shop/cart.py")
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name one Python file with --source-file.")
    if not path.is_file():
        raise UsageError(f"{path} does not exist", "Check the path given with --source-file.")
    if path.suffix != ".py":
        raise UsageError(f"{path} is not a Python file", "Name a file that ends in .py.")
    try:
        ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        raise UsageError(
            f"{path}:{error.lineno or 1} cannot be parsed: {error.msg}", "Mend the source file first."
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} cannot be parsed: {error}", "Mend the source file first.") from error
    return path.resolve()


def checked_test_file(path: Path, source: Path) -> Path:
    """The test file, resolved; raises UsageError if it cannot be written or is the source itself."""
    path = path.resolve()
    if path == source:
        raise UsageError("the test file is the source file", "Name another file with --test-file.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name a file with --test-file.")
    if path.suffix != ".py":
        raise UsageError(f"{path} is not a Python file", "Name a file that ends in .py with --test-file.")
    if is_read_only(path):
        raise UsageError(f"{path} is read-only", "Make it writable, or see the change with --diff-only.")
    return path


def root_for(settings: Settings, path: Path) -> Path:
    """The project's root: the folder named, else the one found around a path."""
    return settings.cwd.resolve() if settings.cwd else find_root(path)


def find_root(source: Path) -> Path:
    """The nearest folder above the source that looks like a project, else the source's own."""
    for folder in source.parents:
        if any((folder / marker).exists() for marker in ROOT_MARKERS):
            return folder
    return source.parent


def parse_command(command: str, root: Path) -> tuple[str, tuple[str, ...], bool]:
    """The interpreter ("" if not said), pytest's arguments, and whether the root is importable by it.

    Understands `pytest ARGS`, `python -m pytest ARGS`, and either behind `uv run`, `poetry run` and the like.
    """
    words = shlex.split(command)
    if not words:
        return "", (), True
    for index, word in enumerate(words):
        name = Path(word).name.removesuffix(".exe")
        if name in ("pytest", "py.test"):
            module = words[index - 1 : index] == ["-m"]
            python = words[index - 2] if module else _beside(word)
            return (python if os.sep in python else ""), tuple(words[index + 1 :]), module
    raise UsageError(
        f"--test-command {command!r} is not a pytest command, run in {root}",
        "Give the pytest command itself, for example: --test-command 'pytest -m \"not slow\" tests/unit'",
    )


def _beside(pytest: str) -> str:
    """The interpreter that belongs to a pytest script named by its path."""
    return str(Path(pytest).with_name("python")) if os.sep in pytest else ""


def find_python(wanted: str, root: Path, environ: Mapping[str, str]) -> Path:
    """The interpreter of the project: the one named, its virtual environment, the active one, or python3."""
    if wanted:
        found = shutil.which(wanted, path=environ.get("PATH"))
        if found is None:
            raise ProjectError(f"there is no interpreter {wanted}", "Check --python.")
        return Path(found).absolute()
    for path in _likely_pythons(root, environ):
        if path.is_file():
            return path
    return Path(shutil.which("python3", path=environ.get("PATH")) or sys.executable).absolute()


def _likely_pythons(root: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    homes: Iterable[Path] = [folder / name for folder in (root, *root.parents) for name in (".venv", "venv")]
    active = [Path(environ[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if environ.get(name)]
    for home in [*homes, *active]:
        yield from (home / "bin" / "python", home / "Scripts" / "python.exe")


def probe(python: Path) -> Interpreter:
    """Ask an interpreter what it is and has; raises ProjectError with the line that installs what lacks."""
    try:
        answer = subprocess.run(
            [str(python), "-c", PROBE], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ProjectError(
            f"{python} does not run: {error}", "Name the interpreter with --python."
        ) from error
    found = json.loads(answer.stdout)
    missing = [name for name in ("pytest", "coverage") if not found[name]]
    if missing:
        raise ProjectError(
            f"{' and '.join(missing)} not installed in the project's Python ({python})",
            f"Install: {python} -m pip install {' '.join(missing)}   (or name another one with --python)",
        )
    plugins = tuple(name for name in ("pytest-cov", "pytest-xdist", "pytest-randomly") if found[name])
    folders = tuple(map(Path, found["folders"]))
    path = Path(found["executable"])  # what was asked may be a script that looks for it
    return Interpreter(path, found["version"], found["pytest"], found["coverage"], plugins, folders)
