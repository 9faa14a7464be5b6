"""What the names at some places of sources stand for, by jedi; run as a program of its own.

Each source is asked about in a line of JSON and answered in one. It reads files and runs nothing: jedi may
import what it cannot read as text, so it is shown no path to import from. A process of its own, so that
whatever goes wrong in it, or takes too long, stays there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jedi import Script
    from jedi.api.classes import Name


def answers(asked: Mapping[str, Any]) -> Iterator[dict[str, str] | None]:
    """For each place what is called there; None for what is not found out."""
    import jedi
    from jedi.api.environment import InterpreterEnvironment

    class Reading(InterpreterEnvironment):  # type: ignore[misc]  # jedi's classes are untyped
        def get_sys_path(self) -> list[str]:
            return []  # what may be imported, as opposed to read

    jedi.settings.auto_import_modules = []
    jedi.settings.cache_directory = sys.argv[1]
    project = jedi.Project(asked["root"], sys_path=asked["folders"], smart_sys_path=False)
    script = jedi.Script(path=asked["source"], project=project, environment=Reading())
    for line, column in asked["places"]:
        yield _called(script, line, column)


def _called(script: Script, line: int, column: int) -> dict[str, str] | None:
    try:
        found = (one for name in script.infer(line, column) for one in _callables(name))
        return next((_told(name) for name in found if name.get_signatures()), None)
    except Exception:  # noqa: BLE001  jedi follows code that nobody here wrote; one place must not cost the others
        return None


def _callables(name: Name) -> Iterator[Name]:
    """What can be called of what was found; a module was hidden by what a star import took out of it."""
    inside = name.defined_names() if name.type == "module" else [name]
    yield from (one for one in inside if one.name == name.name and one.type in ("function", "class"))


def _told(name: Name) -> dict[str, str]:
    owner = name.full_name.rpartition(".")[0]
    signature = min(name.get_signatures(), key=lambda one: (one.line or 0, one.to_string()))
    return {
        "name": name.full_name,
        "signature": " ".join(f"{owner}.{signature.to_string()}".split()),
        "says": name.docstring(raw=True, fast=False).strip().partition("\n")[0].strip(),
        "path": str(name.module_path or ""),
    }


if __name__ == "__main__":
    for question in sys.stdin:
        print(json.dumps(list(answers(json.loads(question)))), flush=True)
