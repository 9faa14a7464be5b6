"""A job of GitLab CI for merge requests, between two marks at the end of the pipeline."""

from __future__ import annotations

import re
from pathlib import Path

from testgen.errors import UsageError
from testgen.init.finding import Found, job_of, top_of
from testgen.init.templating import render

BEGIN, END = "# >>> testgen init gitlab", "# <<< testgen init gitlab"

_STAGES = re.compile(r"^stages:", re.MULTILINE)
_OURS = re.compile(f"^{re.escape(BEGIN)}.*?^{re.escape(END)}\n", re.MULTILINE | re.DOTALL)
_TAKEN = re.compile(r"^testgen:", re.MULTILINE)


def path(found: Found) -> Path:
    """The pipeline."""
    return top_of(found) / ".gitlab-ci.yml"


def text(found: Found, old: str | None) -> str:
    """The pipeline with the job in it, the rest as it was; raises UsageError if that cannot be done."""
    job = job_of(found)
    if job.push or job.weekly:
        raise UsageError("--push and --weekly are for GitHub", "The job leaves the change as testgen.patch.")
    if tuple(map(int, job.python.split("."))) < (3, 11):
        raise UsageError(
            f"the job's image would be python:{job.python}, and testgen itself needs 3.11",
            "Run it where the project has a newer interpreter.",
        )
    others = _OURS.sub("", old or "")
    if _TAKEN.search(others):
        raise UsageError(f"{path(found)} has a job testgen already", "Rename or remove it first.")
    # A job's own stage is "test" unless the pipeline names its stages; ".post" is always there.
    stage = ".post" if _STAGES.search(others) else "test"
    block = f"{BEGIN}\n{render('gitlab.yml.jinja', job=job, stage=stage)}{END}\n"
    return _placed(block, old or "")


def _placed(block: str, old: str) -> str:
    """The text with the block where it stood, else at the end."""
    if _OURS.search(old):
        return _OURS.sub(lambda _: block, old, count=1)
    gap = "" if not old else "\n" if old.endswith("\n") else "\n\n"
    return f"{old}{gap}{block}"


def advice(found: Found) -> str:  # noqa: ARG001
    """The variables, which nobody but the user can set."""
    return "Now set the masked CI/CD variables API_KEY and GITLAB_TOKEN."
