"""The scene of a run: what there is of one source and its tests before anything is run."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testgen.changes import patch_of
from testgen.domain import Patch, Reach
from testgen.errors import UsageError
from testgen.files import read_if_there
from testgen.gaps import innermost, is_wanted, reach_of
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
    """What is there before anything is run; raises UsageError or ProjectError.

    Every wanted definition has to be there.
    """
    scene = scene_of(settings, discover(settings, environ), environ)
    for name in settings.function:
        named([name], scene.units)
    return scene


def scene_of(settings: Settings, project: Project, environ: Mapping[str, str]) -> Scene:
    """What there is of one source and its tests.

    Raises UsageError if it cannot be read, or has none of the wanted definitions.
    """
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
    """The wanted definitions that are there, some given by a line; raises UsageError if none is."""
    there = tuple(name for one in wanted if (name := _named(one, units)))
    if wanted and not there:
        raise _unknown(wanted[0], units)
    return there


def _unknown(name: str, units: Sequence[Unit]) -> UsageError:
    """What to say of a wanted definition that is not among these."""
    if name.isdecimal():
        return UsageError(f"no function or class stands at line {name}", "Choose a line inside of one.")
    near = difflib.get_close_matches(name, [unit.name for unit in units], 1)
    hint = f"Did you mean {near[0]}?" if near else "Check --function."
    return UsageError(f"the source has no function or class {name}", hint)


def _named(wanted: str, units: tuple[Unit, ...]) -> str:
    """The name of a wanted definition, "" if it is not there."""
    if wanted.isdecimal():
        unit = innermost(units, int(wanted))
        return unit.name if unit else ""
    return wanted if any(is_wanted(unit.name, [wanted]) for unit in units) else ""
