"""Where a CI job gets testgen from: a repository at a commit, so that it is always the same.

Never by its name from a package registry: there it belongs to somebody else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from testgen import __version__
from testgen.errors import UsageError
from testgen.git import Repository

_GIVEN = re.compile(r"(?P<url>https?://[^@\s]+|[\w.-]+@[\w.-]+:[^@\s]+)@(?P<commit>[0-9a-f]{40})")
_SCP = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+):(?!//)(?P<path>.+)")
_SAFE = re.compile(r"https?://[\w.:-]+(/[\w.~-]+)+")


@dataclass(frozen=True, slots=True)
class Origin:
    """A repository of testgen and one commit of it."""

    url: str
    commit: str
    version: str = __version__


def find_origin(given: str, environ: Mapping[str, str]) -> Origin:
    """The origin given as URL@COMMIT, else the one this testgen was installed from; raises UsageError."""
    if given:
        match = _GIVEN.fullmatch(given)
        if not match:
            raise UsageError(
                f"--from cannot be '{given}'", "Expected URL@COMMIT, the commit with all its 40 digits."
            )
        return Origin(web_address(match["url"]), match["commit"])
    found = _installed(environ)
    if found is None:
        raise UsageError(
            "nobody knows where a CI job can get this testgen: it was not installed from a repository",
            "Name one: --from https://github.com/OWNER/testgen@COMMIT",
        )
    return found


def web_address(url: str) -> str:
    """A repository's address for everybody: without user, password and `.git`; raises UsageError."""
    if match := _SCP.fullmatch(url):
        url = f"https://{match['host']}/{match['path']}"
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    scheme = "http" if parts.scheme == "http" else "https"
    address = f"{scheme}://{host}{parts.path.rstrip('/').removesuffix('.git')}"
    if not _SAFE.fullmatch(address):
        raise UsageError(
            "the address of testgen's repository cannot be used in a CI job",
            "Give one with --from URL@COMMIT.",
        )
    return address


def _installed(environ: Mapping[str, str]) -> Origin | None:
    """What the installer has noted (PEP 610), or for a checkout what its git says, if it was pushed."""
    about = noted()
    url = str(about.get("url", ""))
    if commit := about.get("vcs_info", {}).get("commit_id"):
        return Origin(web_address(url), commit)
    folder = Path(unquote(urlsplit(url).path))
    return _checked_out(folder, environ) if url.startswith("file:") and folder.is_dir() else None


def noted() -> dict[str, Any]:
    """What the installer has written down about where testgen came from; nothing if it has not."""
    try:
        return dict(json.loads(distribution("testgen").read_text("direct_url.json") or "{}"))
    except PackageNotFoundError:
        return {}


def _checked_out(folder: Path, environ: Mapping[str, str]) -> Origin | None:
    repository = Repository(folder, environ)
    remote, commit = repository.ask("remote", "get-url", "origin"), repository.ask("rev-parse", "HEAD")
    pushed = commit and repository.ask("branch", "--remotes", "--contains", commit)
    return Origin(web_address(remote), commit) if remote and pushed else None
