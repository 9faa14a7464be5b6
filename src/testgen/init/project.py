"""The table [tool.testgen] of pyproject.toml, with only what differs from what a run would find by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from testgen.files import read_if_there
from testgen.init.finding import Found
from testgen.project import ROOT_MARKERS, is_root

_PYTHON = tuple(marker for marker in ROOT_MARKERS if marker not in (".git", "pyproject.toml"))
_GO = {"test-command": "go test ./... -coverprofile=cover.out", "coverage-report": "cover.out"}
_MAVEN = {"test-command": "mvn -q -B test", "coverage-report": "target/site/jacoco/jacoco.xml"}
_LCOV = {"coverage-report": "coverage/lcov.info"}
# The test runners of JavaScript, by their packages, and how each writes its coverage as LCOV.
_JAVASCRIPT = {
    "vitest": {"test-command": "npx vitest run --coverage --coverage.reporter=lcov"} | _LCOV,
    "jest": {"test-command": "npx jest --coverage --coverageReporters=lcov"} | _LCOV,
    "react-scripts": {"test-command": "npx react-scripts test --coverage --coverageReporters=lcov"} | _LCOV,
}


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
    if command := command_of(found.root):
        return command
    if any(found.python.is_relative_to(folder) for folder in found.environments):
        return {}
    inside = found.python.is_relative_to(found.root)
    return {"python": found.python.relative_to(found.root).as_posix()} if inside else {}


def command_of(root: Path) -> Mapping[str, str]:
    """How the tests of a project in another language are run; nothing if it is in Python, or unknown."""
    if is_python(root):
        return {}
    if (root / "go.mod").exists():
        return _GO
    if (root / "pom.xml").exists():
        return _MAVEN
    needs = _packages(root / "package.json")
    return next((how for package, how in _JAVASCRIPT.items() if package in needs), {})


def is_python(root: Path) -> bool:
    """Whether a folder is a project in Python: a pyproject.toml that is only about testgen does not tell."""
    import tomlkit

    about = tomlkit.parse((read_if_there(root / "pyproject.toml") or b"").decode("utf-8")).unwrap()
    others = {*about, *about.get("tool", {})} - {"tool", "testgen"}
    return bool(others) or is_root(root, _PYTHON)


def _packages(package_json: Path) -> set[str]:
    try:
        about = json.loads(read_if_there(package_json) or b"{}")
    except (OSError, ValueError):
        return set()
    return {name for key in ("dependencies", "devDependencies") for name in about.get(key) or ()}


def advice(found: Found) -> str:
    """How to go on."""
    return f"Run 'testgen plan' in {found.root} to see what is missing."
