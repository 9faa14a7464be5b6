"""Vitest, whose JSON is jest's."""

from __future__ import annotations

import shlex
from dataclasses import replace

from testgen.judge.command.runners.jest import SOURCES, results
from testgen.judge.command.runners.terms import Order, is_named

__all__ = ["SOURCES", "prepare", "recognises", "results"]


def recognises(script: str) -> bool:
    """Whether vitest is called."""
    return is_named(script, "vitest")


def prepare(order: Order) -> Order:
    """Results as JSON, once and not watching; coverage of the source, whether it is loaded or not."""
    path = order.own / "results.json"
    arguments = (
        *("--run", "--reporter=json", f"--outputFile={path}"),
        *("--coverage.enabled", f"--coverage.include={shlex.quote(order.source_name)}"),
        *(f"--coverage.thresholds.{kind}=0" for kind in ("lines", "branches", "functions", "statements")),
    )
    return replace(order.with_arguments(*arguments), results=(str(path),))
