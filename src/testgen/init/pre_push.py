"""A git hook that stops a push whose changed lines no test reaches; it asks no model and spends nothing."""

from __future__ import annotations

from pathlib import Path

from testgen.errors import UsageError
from testgen.init.finding import Found

_OURS = "# written by testgen init pre-push"
_HOOK = """\
#!/bin/sh
{ours}; push past it with: git push --no-verify
# Stops a push when less than FAIL_UNDER per cent of the changed lines are reached by a test.
git rev-parse --quiet --verify origin/{branch} >/dev/null || exit 0 # nothing to compare with yet
exec testgen plan --quiet --diff origin/{branch} --fail-under-diff "${{FAIL_UNDER:-80}}"
"""


def path(found: Found) -> Path:
    """The hook in the folder that git runs hooks from."""
    if found.hooks is None:
        raise UsageError(f"{found.root} is in no git repository", "Run 'git init' first.")
    return found.hooks / "pre-push"


def text(found: Found, old: str | None) -> str:
    """The hook; raises UsageError where another one stands."""
    if old and _OURS not in old:
        raise UsageError(
            f"{path(found)} is there already and not from testgen",
            f"Call this from it: testgen plan --quiet --diff origin/{found.branch} --fail-under-diff 80",
        )
    return _HOOK.format(ours=_OURS, branch=found.branch)


def advice(found: Found) -> str:
    """How to get past it."""
    return f"It compares with origin/{found.branch}; 'git push --no-verify' goes past it."
