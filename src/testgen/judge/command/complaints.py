"""What is wrong with a test command, said so that a person can put it right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from testgen.domain import RED, Failure, TestResult
from testgen.errors import ProjectError
from testgen.judge.answers import CommandRun, writable
from testgen.judge.command.runners.go import plain_output
from testgen.project import TestCommand

NOT_FOUND, NOT_EXECUTABLE = 127, 126
SHOWN = 25  # lines of output
# What build tools say when something was not downloaded or written down yet, and what helps.
REMEDIES = {
    r"missing go\.sum entry|no required module provides|updates to go\.mod needed": (
        "Modules are not written down in go.mod and go.sum: go mod tidy"
    ),
    r"inconsistent vendoring": "The folder vendor is not up to date: go mod vendor",
    r"in offline mode|No cached version of .* available for offline mode": (
        "Something was not downloaded yet: run the tests once without the option for working offline."
    ),
}
# Escape sequences of terminals: colours, cursor movements, titles.
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
TELLING = re.compile(r"\b(\w*error|failed|failure|panic|exception|cannot|not found)\b", re.IGNORECASE)


def readable(output: str) -> str:
    """Output without colours, cursor movements and the JSON around it."""
    return writable(plain_output(_ESCAPES.sub("", output).replace("\r\n", "\n").replace("\r", "\n")))


def failure(said: str, status: int) -> Failure:
    """Why a run ended badly of which no test is known to be red: the first line that tells of it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = next((line for line in lines if TELLING.search(line)), lines[-1] if lines else "")
    return Failure(telling or f"the test command ended with exit code {status}", tail(said))


def check(
    ended: CommandRun, results: Sequence[TestResult], command: TestCommand, root: Path, limit: float
) -> None:
    """Raise ProjectError unless a run of the existing tests was green and wrote a report."""
    said = readable(ended.output)
    if ended.endless:
        raise ProjectError(
            f"the test command did not end within {limit:g} s: {command.text}\n{tail(said, 5)}".rstrip(),
            "If it watches for changes, give the command that runs once (vitest run, jest --watchAll=false, "
            "npm test -- --run); if it is slow, run fewer tests or allow more with --suite-timeout.",
        )
    red = [test for test in results if test.outcome in RED]
    if red:
        count = "an existing test is" if len(red) == 1 else f"{len(red)} existing tests are"
        raise ProjectError(
            f"{count} red before anything was added: {', '.join(test.name for test in red[:5])}",
            "Mend them first, or leave them out of --test-command.",
        )
    if ended.status:
        raise _ended_badly(ended.status, said, command, root)
    if not ended.reports:
        raise no_report(ended, command)


def _ended_badly(status: int, said: str, command: TestCommand, root: Path) -> ProjectError:
    ended = f"the test command ended with exit code {status}"
    if lacks_packages(root):
        return ProjectError(
            f"{ended}: {failure(said, status).message}",
            "node_modules is missing; install what the project needs first: npm ci",
        )
    if status in (NOT_FOUND, NOT_EXECUTABLE):
        return ProjectError(
            f"{command.text}: {failure(said, status).message}",
            "Check --test-command, and that its program is installed and on PATH.",
        )
    return ProjectError(f"{ended}: {command.text}\n{tail(said)}".rstrip(), _remedy(said, command, root))


def lacks_packages(root: Path) -> bool:
    """Whether nobody has installed what a project of Node.js needs, in its folder or in one above."""
    places = (folder / name for folder in (root, *root.parents) for name in ("node_modules", ".pnp.cjs"))
    return (root / "package.json").is_file() and not any(place.exists() for place in places)


def _remedy(said: str, command: TestCommand, root: Path) -> str:
    """What helps by the words of a build tool; else what most often is the matter."""
    for sign, remedy in REMEDIES.items():
        if re.search(sign, said):
            return remedy
    builds = '"build"' in _text(root / "package.json")
    build = f"npm run build && {command.text}" if builds else "make && make test"
    return (
        "Make it green first. Put the build in front of a suite that has to be built, as in "
        f"'{build}'; a coverage threshold that is missed ends a command like this too."
    )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""


def no_report(ended: CommandRun, command: TestCommand) -> ProjectError:
    """The error for a run that left no coverage report."""
    if ended.stale:
        return ProjectError(
            f"the coverage report {command.report} is older than the run: the test command did not write it",
            "Have the command measure coverage itself, as in 'npm test -- --coverage', "
            "or check --coverage-report.",
        )
    return ProjectError(
        f"the test command wrote no coverage report to {command.report}",
        "Have it measure coverage and write that file (jest --coverage, go test -coverprofile=cover.out, "
        "mvn with jacoco:report), or check --coverage-report.",
    )


def tail(said: str, lines: int = SHOWN) -> str:
    """The last lines of an output that say something."""
    return "\n".join([line.rstrip() for line in said.splitlines() if line.strip()][-lines:])
