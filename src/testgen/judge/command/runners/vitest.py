"""Vitest, whose JSON is jest's."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from testgen.judge.command.runners.jest import SOURCES, results
from testgen.judge.command.runners.terms import Order, is_named

__all__ = ["SOURCES", "prepare", "recognises", "results"]

EACH = Path(__file__).parents[2] / "testgen_worker" / "vitest_each.mjs"
COVERAGE = "@vitest/coverage"
# From the version that finds branches by the syntax tree, below the first that was not tried.
KNOWN = ((3, 2), (6, 0))


def recognises(script: str) -> bool:
    """Whether vitest is called."""
    return is_named(script, "vitest")


def prepare(order: Order) -> Order:
    """Results as JSON, once and not watching; the source measured whether it is loaded or not.

    Where V8 counts, what single tests reach is had too (`vitest_each`).
    """
    path = order.own / "results.json"
    arguments = (
        *("--run", "--reporter=json", f"--outputFile={path}"),
        *("--coverage.enabled", f"--coverage.include={shlex.quote(order.source_name)}"),
        *(f"--coverage.thresholds.{kind}=0" for kind in ("lines", "branches", "functions", "statements")),
    )
    if not _counts_with_v8(order.root):
        return replace(order.with_arguments("vitest", *arguments), results=(str(path),))
    provider = ("--coverage.provider=custom", f"--coverage.customProviderModule={shlex.quote(str(EACH))}")
    results = (str(path), f"{order.own}/*.each")
    return replace(order.with_arguments("vitest", *arguments, *provider), environ=order.each, results=results)


def _counts_with_v8(root: Path) -> bool:
    """Whether there is a provider that `vitest_each` knows, and no other that the project could mean."""
    version = str(_installed(f"{COVERAGE}-v8", root).get("version", "0.0")).split(".")
    numbers = tuple(int(part) for part in version[:2] if part.isdecimal())
    return KNOWN[0] <= numbers < KNOWN[1] and not _installed(f"{COVERAGE}-istanbul", root)


def _installed(package: str, root: Path) -> Mapping[str, Any]:
    """The package.json of an installed package; empty where there is none."""
    for folder in (root, *root.parents):
        try:
            found = json.loads((folder / "node_modules" / package / "package.json").read_text("utf-8"))
        except (OSError, ValueError):
            continue
        return found if isinstance(found, dict) else {}
    return {}
