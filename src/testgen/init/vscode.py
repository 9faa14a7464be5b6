"""Tasks for VS Code, added to .vscode/tasks.json; other tasks and comments stay as they are.

The key is never in the file: tasks inherit VS Code's environment, and testgen reads the project's `.env`.
"""

from __future__ import annotations

from pathlib import Path

from testgen.errors import UsageError
from testgen.init.finding import Found
from testgen.init.jsonc import Item, NotJsonError, with_items

# The lines of `--report problems:-`, see reports/problems.py.
MATCHER = {
    "owner": "testgen",
    "source": "testgen",
    "fileLocation": "absolute",
    "pattern": {
        "regexp": r"^(.+):(\d+): (error|warning|info): (.+)$",
        "file": 1,
        "line": 2,
        "severity": 3,
        "message": 4,
    },
}
_ASKED = ("--model", "${input:testgenModel}", "--max-cost", "${input:testgenBudget}")
INPUTS: tuple[Item, ...] = (
    {
        "id": "testgenModel",
        "type": "promptString",
        "description": "The model to ask",
        "default": "gpt-4o",
    },
    {
        "id": "testgenBudget",
        "type": "promptString",
        "description": "US dollars that this run may cost at most",
        "default": "0.50",
    },
)


def path(found: Found) -> Path:
    """The workspace's tasks."""
    return found.root / ".vscode" / "tasks.json"


def text(found: Found, old: str | None) -> str:
    """The file with our tasks and their inputs in it; raises UsageError if it cannot be read."""
    begun = old if old and old.strip() else '{\n\t"version": "2.0.0"\n}\n'
    try:
        return with_items(with_items(begun, "tasks", "label", tasks(found)), "inputs", "id", INPUTS)
    except NotJsonError as error:
        raise UsageError(f"{path(found)} cannot be added to: {error}", "Mend it first.") from error


def tasks(found: Found) -> tuple[Item, ...]:
    """One task for each thing that is done from an editor."""
    this = ("--source-file", "${file}")
    return (
        _task("cover this file", *this, *_ASKED),
        _task("cover this function", *this, "--function", "${lineNumber}", *_ASKED),
        _task(f"cover the changes against {found.branch}", "--diff", f"origin/{found.branch}", *_ASKED),
        _task("show the change for this file, write nothing", *this, "--diff-only", *_ASKED, listed=False),
        _task("show what is missing in this file, ask nothing", *this, "--dry-run"),
    )


def advice(found: Found) -> str:
    """How to start a task, and where the key goes."""
    key = found.root / ".env"
    return f"Start one with 'Tasks: Run Task'. The key stays out: set API_KEY, or write it to {key}."


def _task(label: str, *arguments: str, listed: bool = True) -> Item:
    """A task; `listed` unless its standard output is the change itself, so that no report can go there."""
    report = ("--report", "problems:-") if listed else ()
    return {
        "label": f"testgen: {label}",
        "type": "process",
        "command": "testgen",
        "args": [*arguments, *report],
        "options": {"cwd": "${workspaceFolder}"},
        "problemMatcher": MATCHER if listed else [],
        "presentation": {"reveal": "always", "panel": "shared", "clear": True},
    }
