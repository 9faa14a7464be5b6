"""Which files of a repository are sources that tests could be written for, and where their tests belong."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from testgen.configuration import CONFIGURATION_FILE
from testgen.domain import CoverageMap, Patch
from testgen.errors import ProjectError, UsageError
from testgen.judge.command.runners import runner_for
from testgen.languages import LANGUAGES, language_of
from testgen.languages.places import TEST_FOLDERS, files_in
from testgen.languages.plain import TEXT
from testgen.project import (
    Project,
    checked_source,
    checked_test_file,
    find_root,
    is_foreign,
    is_root,
    markers_of,
    project_of,
)
from testgen.results import Failed
from testgen.settings import Settings

SUFFIXES = tuple(suffix for language in LANGUAGES.values() for suffix in language.suffixes)
TESTS = re.compile(
    r"(test_.*|.*_test|tests?|conftest)\.py|.*_test\.go|.*(Tests?|IT)\.java|.*[._-](test|spec)\.[cm]?[jt]sx?"
)
OF_OTHERS = {"third_party"}
# Folders that hold no code of the project's own in some languages, because a tool fills them.
FILLED = {"vendor": (".go",), "target": (".java",), "coverage": LANGUAGES["javascript"].suffixes}
PROJECT_FILES = {"pyproject.toml", "setup.cfg", "setup.py"}
MIGRATIONS = {"migrations", "alembic"}
# Not imported by anybody, but run by a tool.
RUN_BY_TOOLS = {"setup.py", "noxfile.py", "manage.py", "fabfile.py", "tasks.py", "conf.py"}
CONFIGURATION = re.compile(r".*\.(config|conf|stories|d|min)\.[cm]?[jt]sx?|(package|module)-info\.java")
GENERATED_NAMES = re.compile(r"(.*_pb2(_grpc)?|_?version|.*_generated)\.py|.*\.pb\.go")
COMMENTS = (b"#", b"//", b"/*", b" *")
GENERATED_HEADS = re.compile(rb"(?i)@generated|do not edit|auto-?(matically )?generated")
HEAD = 5  # lines in which a generator says so
MAGIC = re.compile(r"[*?\[]")


def are_many(paths: Sequence[Path]) -> bool:
    """Whether these stand for any number of source files: none (for all), several, a folder or a pattern."""
    return len(paths) != 1 or paths[0].is_dir() or is_pattern(paths[0])


def is_pattern(path: Path) -> bool:
    """Whether a path is to be matched, because it has a wildcard and is not itself there."""
    return bool(MAGIC.search(str(path))) and not path.exists()


def find_sources(paths: Sequence[Path], settings: Settings) -> tuple[Path, ...]:
    """The source files that files, folders and patterns stand for; raises UsageError for one without any.

    Those are taken whose tests the test command for them runs. A file that is named itself is taken whatever
    it looks like.
    """
    found: dict[Path, None] = {}
    for path in paths:
        here = sources_at(path, settings)
        if not here:
            raise UsageError(
                f"no source file in {path}" if path.exists() else f"{path} does not exist",
                "Name a file, a folder or a pattern in quotes, as --source-file 'src/**/*.py'.",
            )
        found.update(dict.fromkeys(here))
    return tuple(found)


def sources_at(path: Path, settings: Settings) -> tuple[Path, ...]:
    """The source files that a file, a folder or a pattern stands for, none if there are none."""
    return tuple(file for file in _found(path) if path.is_file() or is_tested(file, settings))


def _found(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file.resolve() for file in files_in(path, SUFFIXES) if is_source(file, path))
    elif is_pattern(path):
        for match in sorted(glob.glob(str(path), recursive=True)):  # noqa: PTH207 (it is absolute)
            file = Path(match)
            if file.is_file() and file.suffix in SUFFIXES and is_source(file, find_root(file)):
                yield file.resolve()
    elif path.is_file():
        yield path.resolve()


def folders_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The folders that files, folders and patterns stand for, with those below that are projects."""
    for path in paths:
        fixed = path
        while not fixed.is_dir():
            fixed = fixed.parent
        yield fixed.resolve()
        if path == fixed or is_pattern(path):
            yield from (
                file.resolve().parent
                for file in files_in(fixed, (".toml",))
                if file.name == CONFIGURATION_FILE
            )


def is_tested(file: Path, settings: Settings) -> bool:
    """Whether the test command for a source is one for its language, as far as that is known."""
    command = settings.for_source(file).test_command
    if not is_foreign(command, Path("any.py")):
        return file.suffix == ".py"
    suffixes = runner_for(command, settings.for_source(file).cwd or find_root(file)).SOURCES
    return file.suffix in (suffixes or SUFFIXES)


def is_source(file: Path, top: Path) -> bool:
    """Whether a file below a folder is code to be tested: no test, migration, generated or tool's file."""
    folders, name = set(file.relative_to(top).parent.parts), file.name
    if TESTS.fullmatch(name) or folders & (TEST_FOLDERS | MIGRATIONS | OF_OTHERS):
        return False
    if CONFIGURATION.fullmatch(name) or any(file.suffix in FILLED.get(folder, ()) for folder in folders):
        return False
    if name in RUN_BY_TOOLS or GENERATED_NAMES.fullmatch(name):
        return False
    return not _says_generated(file)


def _says_generated(file: Path) -> bool:
    with file.open("rb") as lines:
        return any(line.startswith(COMMENTS) and GENERATED_HEADS.search(line) for line in islice(lines, HEAD))


def test_files(root: Path, sources: Sequence[Path]) -> dict[Path, Path]:
    """The test file for each source of a project, in Python none twice."""
    from testgen.languages.python import naming

    given = naming.test_files(root, [source for source in sources if source.suffix == ".py"])
    others = (source for source in sources if source not in given)
    return given | {source: (language_of(source) or TEXT).test_file(root, source) for source in others}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Sources by the project they are in, those that are none, and the folder that has all of them.

    `patches` are what was changed of each, if that is what the run is about.
    """

    projects: tuple[tuple[Project, ...], ...]
    failed: tuple[Failed, ...]
    top: Path
    patches: Mapping[Path, Patch] = field(default_factory=dict)

    def to_gain(self, coverage: CoverageMap) -> int:
        """How many lines and branches of what the run is about are missing in a source."""
        patch = self.patches.get(coverage.source)
        return len(coverage.changed(patch).missing if patch else coverage.missing)


def gather(settings: Settings, environ: Mapping[str, str], sources: Sequence[Path], here: Path) -> Gathered:
    """Sort sources by the root around each, and give each a test file.

    Where no folder above a source looks like a project, that is `here`. Raises UsageError.
    """
    if settings.test_file:
        raise UsageError("--test-file goes with one source file", "Leave it out: every source has its own.")
    groups: dict[tuple[Path, str, bool], list[Path]] = {}
    for source in sources:
        own = settings.for_source(source)
        root, foreign = own.cwd or _root(source, here), is_foreign(own.test_command, source)
        groups.setdefault((root, own.test_command, foreign), []).append(source)
    failed: list[Failed] = []
    projects = [
        _projects(settings.for_source(some[0]), environ, root, some, failed)
        for (root, _, _), some in groups.items()
    ]
    top = Path(os.path.commonpath([root for root, _, _ in groups]))
    return Gathered(tuple(filter(None, projects)), tuple(failed), top)


def _root(source: Path, here: Path) -> Path:
    root = find_root(source)
    found = root != source.parent or is_root(root, markers_of(source))
    return root if found or not source.is_relative_to(here) else here


def _projects(
    settings: Settings, environ: Mapping[str, str], root: Path, sources: Sequence[Path], failed: list[Failed]
) -> tuple[Project, ...]:
    """The sources of one root as projects; those that cannot be worked on are added to `failed`."""
    good: list[tuple[Path, Path]] = []
    for source, test_file in test_files(root, sources).items():
        try:
            checked = checked_source(source, settings.test_command)
            good.append((checked, checked_test_file(test_file, checked)))
        except UsageError as error:
            failed.append(Failed(source, error))
    try:
        first = project_of(settings, environ, root, *good[0]) if good else None
    except (ProjectError, UsageError) as error:
        failed.extend(Failed(source, error) for source, _ in good)
        return ()
    if first and not settings.test_command:
        first = replace(first, pytest_args=_but_projects_below(root))
    return tuple(replace(first, source=source, test_file=test_file) for source, test_file in good if first)


def _but_projects_below(root: Path) -> tuple[str, ...]:
    """Arguments for pytest that leave the tests of projects below a root to those."""
    files = files_in(root, {Path(name).suffix for name in PROJECT_FILES})
    below = {file.parent for file in files if file.name in PROJECT_FILES} - {root}
    return tuple(f"--ignore={folder}" for folder in sorted(below) if below.isdisjoint(folder.parents))
