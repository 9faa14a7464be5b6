"""GitHub's and GitLab's APIs on loopback, as far as testgen speaks to them: real HTTP, pages and refusals."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

TOKEN = "ghs_" + "t0ken" * 8
LONGEST = {"github": 65_536, "gitlab": 1_000_000}


@dataclass
class Forge:
    """The server, a context manager: one repository with pull request 7 and what was said there."""

    kind: str
    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refuse: tuple[int, str] | None = None  # a status and words for every request
    redirect: str = ""  # an address that every request is sent on to

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"forge": self}))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/api"

    @property
    def texts(self) -> list[str]:
        return [comment["body"] for comment in self.comments]

    def say(self, body: str, *, ours: bool = False) -> dict[str, Any]:
        """A comment, of somebody else unless it is ours."""
        author: dict[str, Any] = {"user": {"type": "Bot" if ours else "User"}, "author_association": "NONE"}
        if self.kind == "gitlab":
            author = {"author": {"id": 1 if ours else 2}, "system": False}
        self.comments.append({"id": len(self.comments) + 100, "body": body, **author})
        return self.comments[-1]

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        """What a request gets: a status and JSON."""
        for route, handle in _ROUTES[self.kind].items():
            verb, _, pattern = route.partition(" ")
            if verb == method and (match := re.fullmatch(pattern, path)):
                return handle(self, match, query, body)
        return 404, {"message": "Not Found"}

    def list_comments(self, _match: re.Match[str], query: dict[str, str], _body: object) -> tuple[int, Any]:
        return 200, paged(self.comments, query)

    def add_comment(self, _match: object, _query: object, body: dict[str, Any]) -> tuple[int, Any]:
        if len(body["body"]) > LONGEST[self.kind]:
            return 422, {"message": "Validation Failed: body is too long"}
        return 201, self.say(body["body"], ours=True)

    def edit_comment(self, match: re.Match[str], _query: object, body: dict[str, Any]) -> tuple[int, Any]:
        found = next(one for one in self.comments if one["id"] == int(match[1]))
        found.update(body)
        return 200, found

    def list_pulls(self, _match: object, query: dict[str, str], _body: object) -> tuple[int, Any]:
        head, base = ("head", "base") if self.kind == "github" else ("source_branch", "target_branch")
        wanted = query[head].rpartition(":")[2], query[base]
        return 200, paged([one for one in self.pulls if (one[head], one[base]) == wanted], query)

    def add_pull(self, _match: object, _query: object, body: dict[str, Any]) -> tuple[int, Any]:
        number = len(self.pulls) + 1
        url = f"https://forge.example/{number}"
        self.pulls.append({"number": number, "iid": number, "html_url": url, "web_url": url, **body})
        return 201, self.pulls[-1]

    def edit_pull(self, match: re.Match[str], _query: object, body: dict[str, Any]) -> tuple[int, Any]:
        self.pulls[int(match[1]) - 1].update(body)
        return 200, self.pulls[int(match[1]) - 1]

    def user(self, *_: object) -> tuple[int, Any]:
        return 200, {"id": 1}


def paged(items: list[Any], query: dict[str, str]) -> list[Any]:
    size, page = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
    return items[(page - 1) * size : page * size]


_ROUTES = {
    "github": {
        "GET /api/repos/acme/shop/issues/7/comments": Forge.list_comments,
        "POST /api/repos/acme/shop/issues/7/comments": Forge.add_comment,
        r"PATCH /api/repos/acme/shop/issues/comments/(\d+)": Forge.edit_comment,
        "GET /api/repos/acme/shop/pulls": Forge.list_pulls,
        "POST /api/repos/acme/shop/pulls": Forge.add_pull,
        r"PATCH /api/repos/acme/shop/pulls/(\d+)": Forge.edit_pull,
    },
    "gitlab": {
        "GET /api/user": Forge.user,
        "GET /api/projects/42/merge_requests/7/notes": Forge.list_comments,
        "POST /api/projects/42/merge_requests/7/notes": Forge.add_comment,
        r"PUT /api/projects/42/merge_requests/7/notes/(\d+)": Forge.edit_comment,
        "GET /api/projects/42/merge_requests": Forge.list_pulls,
        "POST /api/projects/42/merge_requests": Forge.add_pull,
        r"PUT /api/projects/42/merge_requests/(\d+)": Forge.edit_pull,
    },
}


class _Handler(BaseHTTPRequestHandler):
    forge: Forge

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the test's output clean."""

    def _do(self) -> None:
        url, length = urlsplit(self.path), int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        self.forge.asked.append((self.command, self.path))
        if self.forge.redirect:
            return self._send(302, {}, self.forge.redirect)
        if self._token() != TOKEN:
            return self._send(401, {"message": "Bad credentials"})
        if self.forge.refuse:
            return self._send(self.forge.refuse[0], {"message": self.forge.refuse[1]})
        return self._send(*self.forge.answer(self.command, url.path, dict(parse_qsl(url.query)), body))

    do_GET = do_POST = do_PATCH = do_PUT = _do  # noqa: N815

    def _token(self) -> str:
        if self.forge.kind == "gitlab":
            return self.headers.get("private-token", "")
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def _send(self, status: int, body: Any, location: str = "") -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(data)
