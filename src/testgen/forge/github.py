"""GitHub, and GitHub Enterprise: what a workflow's job may do with its GITHUB_TOKEN."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from testgen.errors import UsageError
from testgen.forge.api import Api, Comment, Json, checked, needed
from testgen.providers.keys import Secret

if TYPE_CHECKING:
    from testgen.forge import Proposal

_PERMISSION = "Give the job 'permissions: pull-requests: write' and set GITHUB_TOKEN to its token."
_IN_A_JOB = "It is set in a job of GitHub Actions."
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_TRUSTED = ("OWNER", "MEMBER", "COLLABORATOR")


@dataclass(frozen=True, slots=True)
class GitHub:
    """A repository there; `number` is that of the pull request, 0 outside of one."""

    api: Api
    repository: str
    number: int
    longest: int = 65_536

    def comments(self) -> Iterator[Comment]:
        """The comments on the pull request."""
        for found in self.api.pages(f"{self._issue()}/comments"):
            bot = (found.get("user") or {}).get("type") == "Bot"
            trusted = bot or found.get("author_association") in _TRUSTED
            yield Comment(found["id"], found.get("body") or "", trusted)

    def add_comment(self, text: str) -> None:
        """A new comment on the pull request."""
        self.api.send("POST", f"{self._issue()}/comments", {"body": text})

    def edit_comment(self, comment: Comment, text: str) -> None:
        """Another text for a comment."""
        self.api.send("PATCH", f"{self._repository()}/issues/comments/{comment.id}", {"body": text})

    def propose(self, proposal: Proposal) -> str:
        """Open a pull request, or bring the open one for the same branches up to date."""
        words: Json = {"title": proposal.title, "body": proposal.text}
        owner, pulls = self.repository.partition("/")[0], f"{self._repository()}/pulls"
        head = f"{owner}:{proposal.head}"
        there = next(self.api.pages(pulls, state="open", head=head, base=proposal.base), None)
        if there:
            return str(self.api.send("PATCH", f"{pulls}/{there['number']}", words)["html_url"])
        branches = {"head": proposal.head, "base": proposal.base}
        return str(self.api.send("POST", pulls, words | branches)["html_url"])

    def _repository(self) -> str:
        return f"/repos/{quote(self.repository)}"

    def _issue(self) -> str:
        if not self.number:
            raise UsageError("this job is not about a pull request", "Run it on the event pull_request.")
        return f"{self._repository()}/issues/{self.number}"


def connect(environ: Mapping[str, str]) -> GitHub:
    """The repository that the job runs for; raises UsageError if a variable is missing."""
    base = checked(environ.get("GITHUB_API_URL") or "https://api.github.com", "GITHUB_API_URL")
    token = Secret(needed("GITHUB_TOKEN", environ, _PERMISSION))
    repository = needed("GITHUB_REPOSITORY", environ, _IN_A_JOB)
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(f"GITHUB_REPOSITORY is not OWNER/NAME: {repository}", _IN_A_JOB)
    return GitHub(Api(base, "Authorization: Bearer", token, _PERMISSION), repository, _number(environ))


def _number(environ: Mapping[str, str]) -> int:
    """The pull request that the job is about, as GitHub has written it down for the job; 0 if none."""
    try:
        event = json.loads(Path(environ.get("GITHUB_EVENT_PATH", "")).read_text("utf-8"))
        return int(event["pull_request"]["number"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
