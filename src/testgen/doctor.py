"""What a run needs, looked at one by one: the project, the provider, the existing tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import indent

from testgen.benches import bench_for
from testgen.errors import ExitCode, TestgenError
from testgen.project import Project, discover
from testgen.providers import connect
from testgen.providers.checks import Check, explain, ping
from testgen.reports.phrases import count, covered, duration
from testgen.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """A check and the exit code a run would end with because of it."""

    check: Check
    code: ExitCode = ExitCode.DONE

    @classmethod
    def failed(cls, name: str, error: TestgenError) -> Finding:
        """The finding that ended with the error."""
        return cls(Check.failed(name, error), error.code)

    def __str__(self) -> str:
        mark = "ok" if self.check.ok else "FAILED"
        line = f"{mark:<8}{self.check.name:<16}{self.check.detail}\n"
        return line + indent(f"→ {self.check.remedy}\n", " " * 24) if self.check.remedy else line


def examine(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at everything a run needs, each as it is found; nothing is raised for what is missing."""
    try:
        project = discover(settings, environ)
    except TestgenError as error:
        yield Finding.failed("project", error)
        yield from _provider(settings, environ, Path())
    else:
        yield from map(Finding, _project(project))
        yield from _provider(settings, environ, project.root)
        yield _suite(settings, project, environ)


def _project(project: Project) -> Iterator[Check]:
    python = project.interpreter
    known = "exists" if project.test_file.exists() else "will be created"
    yield Check("project", True, str(project.root))
    yield Check("source file", True, str(project.source))
    yield Check("test file", True, f"{project.test_file} ({known})")
    if project.command:
        yield Check("test command", True, project.command.text)
        yield Check("coverage", True, f"{project.command.report} ({project.command.format})")
        return
    yield Check("interpreter", True, f"{python.path}, Python {python.version}")
    yield Check("pytest", True, ", ".join((python.pytest, *python.plugins)))
    yield Check("coverage", True, python.coverage)


def _provider(settings: Settings, environ: Mapping[str, str], root: Path) -> Iterator[Finding]:
    """A missing key counts as the provider's failure, whatever else is wrong before asking as usage."""
    checks = explain(settings, environ, root)
    for check in checks:
        code = ExitCode.PROVIDER if check.name == "key" else ExitCode.USAGE
        yield Finding(check, ExitCode.DONE if check.ok else code)
    if all(check.ok for check in checks):
        yield _answer(replace(settings, record=None), environ, root)


def _answer(settings: Settings, environ: Mapping[str, str], root: Path) -> Finding:
    try:
        with closing(connect(settings, environ, root)) as provider:
            check = ping(provider)
    except TestgenError as error:
        return Finding.failed("answer", error)
    return Finding(check, ExitCode.DONE if check.ok else ExitCode.PROVIDER)


def _suite(settings: Settings, project: Project, environ: Mapping[str, str]) -> Finding:
    try:
        with bench_for(settings, project, environ) as bench:
            baseline = bench.measure()
    except TestgenError as error:
        return Finding.failed("existing tests", error)
    tests, seconds = count(len(baseline.run.tests), "test"), duration(baseline.run.seconds)
    return Finding(
        Check("existing tests", True, f"{tests}, green in {seconds}; {covered(baseline.coverage)}")
    )
