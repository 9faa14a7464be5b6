"""Where values come from: flags win over the environment, that over pyproject.toml, that over defaults."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias

from testgen.errors import UsageError
from testgen.options import PREFIX, Option
from testgen.settings import OF_PROJECTS, OF_RUNS, OPTIONS, SUITE, SUITE_KEYS, Settings, Suite

CONFIGURATION_FILE = "pyproject.toml"
KEYS: Mapping[str, Option] = {key: option for option in OPTIONS for key in option.keys}
VARIABLES: Mapping[str, Option] = {variable: option for option in OPTIONS for variable in option.variables}

Flag: TypeAlias = str | bool | list[str]


class Layer(Enum):
    """The places a value can come from, the weakest first."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from: `name` is the path, variable or flag; relative paths start from `base`."""

    layer: Layer
    name: str
    base: Path


@dataclass(frozen=True, slots=True)
class Given:
    """What was given for an option, as text (several texts only where it can be repeated)."""

    option: Option
    texts: tuple[str, ...]
    source: Source

    def read(self) -> object:
        """The value; raises UsageError if it is not allowed."""
        try:
            return self.option.read(self.texts, self.source.base)
        except (ValueError, OSError) as error:
            raise _refusal(self.option, ", ".join(self.texts), self.source.name) from error


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings, for every option by name where its value came from, and the file that was read."""

    settings: Settings
    sources: Mapping[str, Source]
    file: Path


def resolve(flags: Mapping[str, Flag], environ: Mapping[str, str], here: Path) -> Resolved:
    """Settle every option.

    `flags` holds the flags that were given, by option name; `here` is the current folder. The file is the
    first pyproject.toml with a table for testgen in the folder of the source file (in `here` if none is
    named) or above, up to the root of the repository. Raises UsageError on an unknown name or a value that is
    not allowed, saying where it stands.
    """
    near = _by_name(_from_environment(environ, here)) | _by_name(_from_flags(flags, here))
    path, table = _nearest_table(_first_folder(near, here))
    suites = table.pop(SUITE, [])
    given = _by_name(_from_key(key, value, path) for key, value in table.items()) | near
    values: dict[str, Any] = {name: item.read() for name, item in given.items()}
    default = Source(Layer.DEFAULT, "default", here)
    sources = {
        option.name: given[option.name].source if option.name in given else default for option in OPTIONS
    }
    values["suites"] = tuple(_suites(suites, path, near))
    return Resolved(replace(Settings(), **values), sources, path)


def with_projects(resolved: Resolved, folders: Iterable[Path]) -> Settings:
    """The settings of a run over sources in some folders, with those of the projects around each.

    A project with a table of its own is worked on by what stands there, as if the run were about it alone, as
    far as that concerns the project and not the run as a whole. Raises UsageError.
    """
    tables = dict(map(_nearest_table, folders))
    tables = {path: table for path, table in tables.items() if path.is_file() and path != resolved.file}
    given = {name for name, one in resolved.sources.items() if one.layer in (Layer.ENVIRONMENT, Layer.FLAG)}
    deepest_first = sorted(tables, key=lambda path: (-len(path.parts), path))
    suites = (suite for path in deepest_first for suite in _of_project(path, tables[path], given))
    return replace(resolved.settings, suites=(*suites, *resolved.settings.suites))


def _of_project(path: Path, table: dict[str, object], given: Collection[str]) -> Iterator[Suite]:
    """A project's own table for its sources, after the suites in it, which say more."""
    suites = list(_suites(table.pop(SUITE, []), path, given))
    own = _by_name(_from_key(key, value, path) for key, value in table.items())
    values = {
        option.name: own[option.name].read() if option.name in own else option.default
        for option in OPTIONS
        if option.declared.panel in OF_PROJECTS and option.name not in (*given, *OF_RUNS)
    }
    yield from (Suite(suite.sources, values | dict(suite.values)) for suite in suites)
    yield Suite((str(path.parent),), values)


def _by_name(given: Iterable[Given]) -> dict[str, Given]:
    return {item.option.name: item for item in given}


def _first_folder(near: Mapping[str, Given], here: Path) -> Path:
    source_file = near["source_file"].read() if "source_file" in near else None
    return source_file.parent if isinstance(source_file, Path) else here


def _from_flags(flags: Mapping[str, Flag], here: Path) -> Iterator[Given]:
    for option in OPTIONS:
        if option.name in flags:
            yield Given(option, _texts(flags[option.name]), Source(Layer.FLAG, option.flags[0], here))


def _from_environment(environ: Mapping[str, str], here: Path) -> Iterator[Given]:
    """Read the variables; an empty one counts as not set, as CI systems define them without a value too."""
    for variable, text in environ.items():
        if variable.startswith(PREFIX) and text:
            option = _find(variable, VARIABLES, "the environment")
            texts = tuple(part.strip() for part in text.split(",")) if option.many else (text,)
            yield Given(option, texts, Source(Layer.ENVIRONMENT, variable, here))


def _nearest_table(folder: Path) -> tuple[Path, dict[str, object]]:
    """The first table for testgen with the path of its file; an empty one if there is none."""
    tables = ((path, _table(path)) for path in _configuration_files(folder))
    return next(((path, table) for path, table in tables if table is not None), (folder, {}))


def _suites(tables: object, path: Path, near: Collection[str]) -> Iterator[Suite]:
    """What is said for some of the sources; flags and variables win over it as over the rest of the file."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{SUITE} in {path} is not a list of tables", f"Write [[tool.testgen.{SUITE}]].")
    for table in tables:
        sources = table.pop("sources", None)
        if not isinstance(sources, str | list) or not all(isinstance(one, str) for one in sources):
            raise UsageError(
                f"a {SUITE} in {path} does not say for which sources it is",
                'Write, for example, sources = ["web/", "*.ts"].',
            )
        given = _by_name(_of_suite(key, value, path) for key, value in table.items())
        values = {name: item.read() for name, item in given.items() if name not in near}
        yield Suite(tuple(str(path.parent / one) for one in _texts(sources)), values)


def _of_suite(key: str, value: object, path: Path) -> Given:
    given = _from_key(key, value, path)
    if given.option.key not in SUITE_KEYS:
        raise UsageError(f"{key} in {path} cannot differ for a {SUITE}", "Write it in [tool.testgen] itself.")
    return given


def _configuration_files(folder: Path) -> Iterator[Path]:
    """Walk upwards to the root of the repository: what lies above it belongs to somebody else."""
    for parent in (folder, *folder.parents):
        if (parent / CONFIGURATION_FILE).is_file():
            yield parent / CONFIGURATION_FILE
        if (parent / ".git").exists():
            return


def _table(path: Path) -> dict[str, object] | None:
    try:
        tools = tomllib.loads(path.read_text("utf-8")).get("tool", {})
    except (ValueError, OSError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    table = tools.get("testgen") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(
            f"tool.testgen in {path} is not a table", "Write [tool.testgen] and the options below it."
        )
    return table


def _from_key(key: str, value: object, path: Path) -> Given:
    option = _find(key.replace("_", "-"), KEYS, str(path))
    if not isinstance(value, str | int | float | list if option.many else str | int | float):
        raise _refusal(option, str(value), str(path))
    return Given(option, _texts(value), Source(Layer.FILE, str(path), path.parent))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _find(spelled: str, known: Mapping[str, Option], place: str) -> Option:
    if spelled in known:
        return known[spelled]
    if spelled.lower().endswith(("key", "token", "secret", "password")):
        raise UsageError(
            f"{spelled} in {place}: a key is never an option",
            "Set API_KEY in the environment or in .env, or let --api-key-command print it.",
        )
    near = get_close_matches(spelled, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else "'testgen config' shows all there are."
    raise UsageError(f"there is no option {spelled} ({place})", remedy)


def _refusal(option: Option, shown: str, place: str) -> UsageError:
    return UsageError(f"{option.key} cannot be '{shown}' (given by {place})", f"Expected {option.allowed}.")
