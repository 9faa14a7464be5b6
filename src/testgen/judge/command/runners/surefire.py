"""Maven's Surefire and Gradle's test task, which write JUnit XML without being told."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

from testgen.judge.command.runners.junit import results
from testgen.judge.command.runners.terms import Order, is_named

__all__ = ["SOURCES", "prepare", "recognises", "results"]

EACH = Path(__file__).parents[2] / "testgen_worker" / "maven_each" / "run.sh"
SOURCES: tuple[str, ...] = (".java",)
WRITTEN = (
    *("target/surefire-reports/TEST-*.xml", "**/target/surefire-reports/TEST-*.xml"),
    *("build/test-results/*/TEST-*.xml", "**/build/test-results/*/TEST-*.xml"),
)
PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)


def recognises(script: str) -> bool:
    """Whether Maven or Gradle is called, or one's wrapper."""
    return _is_maven(script) or is_named(script, "gradle") or is_named(script, "gradlew")


def _is_maven(script: str) -> bool:
    return is_named(script, "mvn") or is_named(script, "mvnw")


def prepare(order: Order) -> Order:
    """The command as it is; with Maven also what single tests reach (`maven_each`)."""
    if not _is_maven(order.command) or order.source.suffix not in SOURCES:
        return replace(order, results=WRITTEN)
    package = PACKAGE.search(order.source.read_text("utf-8", "replace"))
    environ = {
        "TESTGEN_EACH_TO": str(order.own),
        "TESTGEN_EACH_CLASSES": str(_module(order) / "target" / "classes"),
        "TESTGEN_EACH_PACKAGE": package[1].replace(".", "/") if package else "",
        "TESTGEN_EACH_NAME": order.source.name,
    }
    command = f"sh {shlex.quote(str(EACH))} {shlex.quote(order.command)}"
    return replace(order, command=command, environ=environ, results=(*WRITTEN, f"{order.own}/*.each"))


def _module(order: Order) -> Path:
    """The folder of the Maven module that a source belongs to."""
    above = (folder for folder in order.source.parents if folder.is_relative_to(order.root))
    return next((folder for folder in above if (folder / "pom.xml").is_file()), order.root)
