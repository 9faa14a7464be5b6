"""Maven's Surefire and Gradle's test task, which write JUnit XML without being told."""

from __future__ import annotations

from dataclasses import replace

from testgen.judge.command.runners.junit import results
from testgen.judge.command.runners.terms import Order, is_named

__all__ = ["SOURCES", "prepare", "recognises", "results"]

SOURCES: tuple[str, ...] = (".java",)
WRITTEN = (
    *("target/surefire-reports/TEST-*.xml", "**/target/surefire-reports/TEST-*.xml"),
    *("build/test-results/*/TEST-*.xml", "**/build/test-results/*/TEST-*.xml"),
)


def recognises(script: str) -> bool:
    """Whether Maven or Gradle is called, or one's wrapper."""
    return any(is_named(script, name) for name in ("mvn", "mvnw", "gradle", "gradlew"))


def prepare(order: Order) -> Order:
    """The command as it is."""
    return replace(order, results=WRITTEN)
