"""The table [tool.testgen] of pyproject.toml, with only what differs from what a run would find by itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from testgen.init.finding import Found


def path(found: Found) -> Path:
    """The project's own pyproject.toml."""
    return found.root / "pyproject.toml"


def text(found: Found, old: str | None) -> str:
    """The file with what is missing in the table; what stands there stays."""
    import tomlkit

    wanted = differing(found)
    document = tomlkit.parse(old or "")  # which the configuration was read from, so it parses
    table = document.get("tool", {}).get("testgen", {})
    missing = {key: value for key, value in wanted.items() if key not in table}
    if not missing:
        return old or ""
    if not table:
        written = tomlkit.dumps({"tool": {"testgen": missing}})
        return f"{old.rstrip()}\n\n{written}" if old else written
    table.update(missing)
    return tomlkit.dumps(document)


def differing(found: Found) -> Mapping[str, str]:
    """The options whose value a run would not find by itself on another day.

    An interpreter counts when it is the project's but found only because its environment is active now.
    """
    if any(found.python.is_relative_to(folder) for folder in found.environments):
        return {}
    inside = found.python.is_relative_to(found.root)
    return {"python": found.python.relative_to(found.root).as_posix()} if inside else {}


def advice(found: Found) -> str:
    """How to go on."""
    return f"Nothing else needs to be said: run 'testgen plan' in {found.root} to see what is missing."
