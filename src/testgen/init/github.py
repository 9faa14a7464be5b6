"""A workflow of GitHub Actions: pull requests, and if wished a weekly run over everything."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from testgen.errors import UsageError
from testgen.init.finding import Found, job_of, top_of
from testgen.init.templating import render


def path(found: Found) -> Path:
    """The workflow in the folder that GitHub reads."""
    return top_of(found) / ".github" / "workflows" / "testgen.yml"


def text(found: Found, old: str | None) -> str:  # noqa: ARG001 (the file is all ours)
    """The workflow; raises UsageError if testgen's repository is not one that GitHub takes actions from."""
    job = job_of(found)
    url = urlsplit(job.origin.url)
    repository = url.path.strip("/")
    if url.hostname != "github.com" or repository.count("/") != 1:
        raise UsageError(
            f"GitHub does not take actions from {job.origin.url}",
            "Name a copy of testgen there: --from https://github.com/OWNER/testgen@COMMIT",
        )
    uses = f"{repository}@{job.origin.commit} # {job.origin.version}"
    return render("github.yml.jinja", job=job, uses=uses)


def advice(found: Found) -> str:  # noqa: ARG001
    """The secret, which nobody but the user can set."""
    return "Now set the secret TESTGEN_API_KEY: gh secret set TESTGEN_API_KEY"
