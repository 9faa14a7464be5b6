"""Whether a run that went well reached what it was to reach; what it did not is said."""

from __future__ import annotations

from testgen.errors import ExitCode
from testgen.reports.phrases import percent
from testgen.settings import Covered, Goal, Settings
from testgen.shell import Shell


def by_goals(settings: Settings, shell: Shell, after: Covered, patch_after: Covered | None) -> ExitCode:
    """How the process ends: `after` is what is covered of the sources, `patch_after` of what was changed."""
    goals = (
        ("", "--fail-under", settings.fail_under, after),
        ("of what was changed ", "--fail-under-diff", settings.fail_under_diff, patch_after),
    )
    code = ExitCode.DONE
    for what, flag, goal, covered in goals:
        if goal and covered and not goal.met_by(covered):
            shell.stderr.write(f"testgen: {what}less is covered than {flag} asks for: {_by(goal, covered)}\n")
            code = ExitCode.GOAL_MISSED
    return code


def _by(goal: Goal, covered: Covered) -> str:
    lines = f"lines {percent(covered.line_percent)} of {goal.lines:g} %"
    return f"{lines}, branches {percent(covered.branch_percent)} of {goal.branches:g} %"
