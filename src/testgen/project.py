"""What is there: the project's root, its interpreter, the source file and the test file beside it."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path

from testgen.errors import ProjectError, UsageError
from testgen.files import is_read_only
from testgen.languages import language_of
from testgen.languages.plain import TEXT
from testgen.settings import Settings
from testgen.toolchain import Toolchain, toolchain

OLDEST = {"pytest": "7.0", "coverage": "6.5"}  # tried in tests/slow/test_oldest.py
ROOT_MARKERS = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "setup.py", ".git")
FOREIGN_MARKERS = (
    *("package.json", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml", "composer.json"),
    *("Gemfile", "mix.exs", "pubspec.yaml", "Makefile", "pyproject.toml", ".git"),
)
COMPILED = (".so", ".pyd", ".pyc")
# What to say to those who name a source in one of these languages and no command.
COMMANDS = {
    ".js": ("npm test", "coverage/lcov.info"),
    ".go": ("go test ./... -coverprofile=cover.out", "cover.out"),
    ".java": ("mvn test", "target/site/jacoco/jacoco.xml"),
}
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
class TestCommand:
    """How the tests of a project are run that are not pytest's, for a shell, and what the command writes.

    `report` is the path or pattern of the coverage report, `format` its format or "auto", `results` that of
    JUnit XML, "" if not said.
    """

    __test__ = False

    text: str
    report: str
    format: str
    results: str
    toolchain: Toolchain


@dataclass(frozen=True, slots=True)
class Project:
    """Everything found out before anything is run. Paths are absolute; the test file may not exist yet.

    `pytest_args` are the arguments of the project's own test command; with `cwd_importable` the root is on
    the import path, as `python -m pytest` has it. With a `command` the tests are no affair of pytest's, and
    the interpreter is our own, which runs the worker.
    """

    root: Path
    source: Path
    test_file: Path
    interpreter: Interpreter
    pytest_args: tuple[str, ...] = ()
    cwd_importable: bool = True
    command: TestCommand | None = None

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
    if settings.source_file:
        settings = settings.for_source(settings.source_file.resolve())
    source = checked_source(settings.source_file, settings.test_command)
    root = root_for(settings, source)
    if not source.is_relative_to(root):
        raise UsageError(f"{source} is outside the project {root}", "Name the project's folder with --cwd.")
    language = language_of(source) or TEXT
    test_file = checked_test_file(settings.test_file or language.test_file(root, source), source)
    return project_of(settings, environ, root, source, test_file)


def project_of(
    settings: Settings, environ: Mapping[str, str], root: Path, source: Path, test_file: Path
) -> Project:
    """How the tests of a root are run; raises UsageError or ProjectError if that cannot be."""
    if is_foreign(settings.test_command, source):
        return Project(root, source, test_file, our_own(), command=command_of(settings, root, environ))
    python, args, cwd_importable = parse_command(settings.test_command, root)
    path = find_python(settings.python or python, root, environ)
    return Project(root, source, test_file, probe(path), args, cwd_importable)


def source_text(path: Path) -> str:
    """A source file as text; raises UsageError if it is none."""
    data = path.read_bytes()
    try:
        return decode_source(data) if path.suffix == ".py" else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not text in UTF-8: {error.reason}", "Save it as UTF-8.") from error


def is_foreign(command: str, source: Path) -> bool:
    """Whether the tests of a source are run by something else than pytest."""
    return source.suffix != ".py" or (bool(command) and pytest_at(shlex.split(command)) is None)


def our_own() -> Interpreter:
    """The Python that runs testgen, and its workers where a project has none."""
    folders = {sys.prefix, sys.base_prefix, *sys.path, str(Path(__file__).parents[1])} - {""}
    return Interpreter(Path(sys.executable), "", "", "", folders=tuple(map(Path, sorted(folders))))


def command_of(settings: Settings, root: Path, environ: Mapping[str, str]) -> TestCommand:
    """The test command of a project that is not pytest's; UsageError unless it says what it measures."""
    command = settings.test_command
    if not settings.coverage_report:
        raise UsageError(
            f"--test-command {command!r} is not pytest, so where it writes its coverage has to be said",
            "Name the file with --coverage-report (Cobertura, LCOV, JaCoCo, Go, coverage.py), such as "
            "coverage/lcov.info.",
        )
    return TestCommand(
        text=command,
        report=_below(settings.coverage_report, root),
        format=settings.coverage_format,
        results=_below(settings.test_report, root),
        toolchain=toolchain(environ),
    )


def _below(pattern: str, root: Path) -> str:
    """A path or pattern as the root's, so that it is right in a copy of the project too."""
    path = Path(pattern)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else pattern


def checked_source(path: Path | None, command: str = "") -> Path:
    """The source file, resolved; raises UsageError for whatever cannot be one."""
    if path is None:
        raise UsageError("no source file was given", "Name it: testgen --source-file src/shop/cart.py")
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name one file with --source-file.")
    if not path.is_file():
        raise UsageError(f"{path} does not exist", "Check the path; it starts from the current folder.")
    if path.suffix in COMPILED:
        raise UsageError(
            f"{path} is compiled, and what tests reach in it cannot be known",
            "Name the Python file that it is made from, if there is one.",
        )
    if path.suffix != ".py" and not command:
        known, report = COMMANDS.get(path.suffix, COMMANDS[".js"])
        raise UsageError(
            f"{path} is not a Python file, so how its tests are run has to be said",
            f"For example: --test-command '{known}' --coverage-report {report}",
        )
    return path.resolve() if path.suffix != ".py" else checked_python(path)


def checked_python(path: Path) -> Path:
    """A Python source, resolved; raises UsageError if it cannot be parsed."""
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
    if source.suffix == ".py" != path.suffix:
        raise UsageError(f"{path} is not a Python file", "Name a file that ends in .py with --test-file.")
    if is_read_only(path):
        raise UsageError(f"{path} is read-only", "Make it writable, or see the change with --diff-only.")
    return path


def root_for(settings: Settings, path: Path) -> Path:
    """The project's root: the folder named, else the one found around a path."""
    return settings.cwd.resolve() if settings.cwd else find_root(path)


def find_root(source: Path) -> Path:
    """The nearest folder above the source that looks like a project, else the source's own."""
    return next((folder for folder in source.parents if is_root(folder, markers_of(source))), source.parent)


def markers_of(source: Path) -> Collection[str]:
    """What a folder has that is the root of a project with such a source."""
    return ROOT_MARKERS if source.suffix in ("", ".py") else FOREIGN_MARKERS


def is_root(folder: Path, markers: Collection[str] = ROOT_MARKERS) -> bool:
    """Whether a folder looks like a project."""
    return any((folder / marker).exists() for marker in markers)


def parse_command(command: str, root: Path) -> tuple[str, tuple[str, ...], bool]:
    """The interpreter ("" if not said), pytest's arguments, and whether the root is importable by it.

    Understands `pytest ARGS`, `python -m pytest ARGS`, and either behind `uv run`, `poetry run` and the like.
    """
    words = shlex.split(command)
    if not words:
        return "", (), True
    index = pytest_at(words)
    if index is None:
        raise UsageError(
            f"--test-command {command!r} is not a pytest command, run in {root}",
            "Give the pytest command itself, for example: --test-command 'pytest -m \"not slow\" tests/unit'",
        )
    module = words[index - 1 : index] == ["-m"]
    python = words[index - 2] if module else _beside(words[index])
    return (python if os.sep in python else ""), tuple(words[index + 1 :]), module


def pytest_at(words: Sequence[str]) -> int | None:
    """Which word of a command is pytest, None if none is."""
    names = [Path(word).name.removesuffix(".exe") for word in words]
    return next((index for index, name in enumerate(names) if name in ("pytest", "py.test")), None)


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


def check_age(python: Path, name: str, version: str, oldest: str) -> None:
    """Raise ProjectError if this version of a package in an interpreter cannot be worked with."""
    if numbers(version) < numbers(oldest):
        raise ProjectError(
            f"{name} {version} in the project's Python ({python}) is too old",
            f"Install: {python} -m pip install '{name}>={oldest}'",
        )


def numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version: (7, 10) for "7.10.0rc1"."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


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
    for name, oldest in OLDEST.items():
        check_age(python, name, found[name], oldest)
    plugins = tuple(name for name in ("pytest-cov", "pytest-xdist", "pytest-randomly") if found[name])
    folders = tuple(map(Path, found["folders"]))
    path = Path(found["executable"])  # what was asked may be a script that looks for it
    return Interpreter(path, found["version"], found["pytest"], found["coverage"], plugins, folders)
