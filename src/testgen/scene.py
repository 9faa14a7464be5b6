"""The scene of a run: what there is of one source and its tests before anything is run."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testgen.changes import patch_of
from testgen.domain import Line, Patch, Reach
from testgen.errors import UsageError
from testgen.files import read_if_there
from testgen.gaps import innermost, reach_of, wants
from testgen.languages import Language, Merger, Unit, language_of, merger_for
from testgen.languages.plain import TEXT
from testgen.project import Project, discover, source_text
from testgen.settings import Settings


@dataclass(frozen=True, slots=True)
class Scene:
    """What is there before anything is run. `old` is the test file's content, None if there is none.

    `wanted` limits everything to some definitions of the source, empty for all of it; `patch` to what was
    changed, None for all.
    """

    project: Project
    language: Language
    source: str
    units: tuple[Unit, ...]
    old: bytes | None
    merger: Merger
    wanted: tuple[str, ...] = ()
    patch: Patch | None = None

    def scope(self, reach: Reach) -> Reach:
        """The part of a reach that this run is about."""
        inside = reach_of(self.units, self.wanted, reach)
        return inside.on(self.patch.lines) if self.patch else inside

    def blank_merger(self) -> Merger:
        """A merger for a test file that holds nothing yet."""
        return merger_for(self.language, self.source, self.project.test_file, None)


def look(settings: Settings, environ: Mapping[str, str]) -> Scene:
    """What is there before anything is run; raises UsageError or ProjectError."""
    return scene_of(settings, discover(settings, environ), environ)


def scene_of(settings: Settings, project: Project, environ: Mapping[str, str]) -> Scene:
    """What there is of one source and its tests; raises UsageError if it cannot be read."""
    language = language_of(project.source) or TEXT
    source = source_text(project.source)
    units = language.units(source)
    wanted = named(settings.function, units)
    old = read_if_there(project.test_file)
    try:
        merger = merger_for(language, source, project.test_file, old)
    except UsageError as error:
        raise UsageError(f"{project.test_file}: {error.cause}", error.remedy) from error
    patch = patch_of(settings.diff, project.source, language.spans(source), environ)
    return Scene(project, language, source, units, old, merger, wanted, patch)


def named(wanted: Sequence[str], units: tuple[Unit, ...]) -> tuple[str, ...]:
    """The names of wanted definitions, some given by a line; raises UsageError for one that is not there."""
    return tuple(_at_line(int(name), units) if name.isdecimal() else _checked(name, units) for name in wanted)


def _at_line(line: Line, units: tuple[Unit, ...]) -> str:
    unit = innermost(units, line)
    if unit is None:
        raise UsageError(f"no function or class stands at line {line}", "Choose a line inside of one.")
    return unit.name


def _checked(name: str, units: tuple[Unit, ...]) -> str:
    if not any(wants(unit.name, name) for unit in units):
        near = difflib.get_close_matches(name, [unit.name for unit in units], 1)
        hint = f"Did you mean {near[0]}?" if near else "Check --function."
        raise UsageError(f"the source has no function or class {name}", hint)
    return name
