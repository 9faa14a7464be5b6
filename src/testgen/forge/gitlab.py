"""GitLab, there or anywhere: what a job may do with a project access token in GITLAB_TOKEN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from testgen.errors import UsageError
from testgen.forge.api import Api, Comment, Json, checked, needed
from testgen.providers.keys import Secret

if TYPE_CHECKING:
    from testgen.forge import Proposal

_PERMISSION = "Set GITLAB_TOKEN, a masked CI/CD variable, to a project access token with the scope api."
_IN_A_JOB = "It is set in a job of GitLab CI."


@dataclass(frozen=True, slots=True)
class GitLab:
    """A project there; `number` is that of the merge request, "" outside of one."""

    api: Api
    project: str
    number: str
    longest: int = 1_000_000

    def comments(self) -> Iterator[Comment]:
        """The notes on the merge request; only the token's own can be edited, so only they are trusted."""
        me = self.api.send("GET", "/user")["id"]
        for found in self.api.pages(f"{self._request()}/notes"):
            trusted = (found.get("author") or {}).get("id") == me
            yield Comment(found["id"], found.get("body") or "", trusted)

    def add_comment(self, text: str) -> None:
        """A new note on the merge request."""
        self.api.send("POST", f"{self._request()}/notes", {"body": text})

    def edit_comment(self, comment: Comment, text: str) -> None:
        """Another text for a note."""
        self.api.send("PUT", f"{self._request()}/notes/{comment.id}", {"body": text})

    def propose(self, proposal: Proposal) -> str:
        """Open a merge request, or bring the open one for the same branches up to date."""
        words: Json = {"title": proposal.title, "description": proposal.text}
        branches = {"source_branch": proposal.head, "target_branch": proposal.base}
        requests = f"/projects/{self.project}/merge_requests"
        there = next(self.api.pages(requests, state="opened", **branches), None)
        if there:
            return str(self.api.send("PUT", f"{requests}/{there['iid']}", words)["web_url"])
        return str(self.api.send("POST", requests, words | branches)["web_url"])

    def _request(self) -> str:
        if not self.number.isdigit():
            raise UsageError("this job is not about a merge request", "Run it in merge request pipelines.")
        return f"/projects/{self.project}/merge_requests/{self.number}"


def connect(environ: Mapping[str, str]) -> GitLab:
    """The project that the job runs for; raises UsageError if a variable is missing."""
    base = checked(needed("CI_API_V4_URL", environ, _IN_A_JOB), "CI_API_V4_URL")
    token = Secret(needed("GITLAB_TOKEN", environ, _PERMISSION))
    project = needed("CI_PROJECT_ID", environ, _IN_A_JOB)
    if not project.isdigit():
        raise UsageError(f"CI_PROJECT_ID is not a number: {project}", _IN_A_JOB)
    number = environ.get("CI_MERGE_REQUEST_IID", "")
    return GitLab(Api(base, "PRIVATE-TOKEN", token, _PERMISSION), project, number)
