"""`testgen comment` and `testgen propose`, as a CI job runs them, against APIs on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forges import TOKEN, Forge
from testgen.forge import FORGES, MARKER, fitted

REPORT = "### testgen: `src/shop/cart.py`\n\n| | before | after |\n"


@pytest.fixture(params=list(FORGES))
def forge(request):
    with Forge(request.param) as server:
        yield server


@pytest.fixture
def github():
    with Forge("github") as server:
        yield server


def job(forge: Forge, folder: Path) -> dict[str, str]:
    """The variables of a job about pull request 7."""
    if forge.kind == "gitlab":
        own = {"CI_API_V4_URL": forge.url, "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7"}
        return own | {"GITLAB_TOKEN": TOKEN}
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    own = {"GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_EVENT_PATH": str(event)}
    return own | {"GITHUB_TOKEN": TOKEN}


def run(folder: Path, environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "testgen", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"]} | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert TOKEN not in done.stdout + done.stderr
    return done


def comment(forge: Forge, folder: Path, text: str = REPORT, **environ: str):
    (folder / "report.md").write_text(text, encoding="utf-8")
    return run(folder, job(forge, folder) | environ, "comment", forge.kind, "report.md")


def test_one_comment_however_often(forge, tmp_path):
    forge.say("Nice work!")
    said = [comment(forge, tmp_path, text).stdout for text in (REPORT, REPORT, REPORT + "more\n")]
    assert said == [
        "The comment was added.\n",
        "The comment was left as it is.\n",
        "The comment was updated.\n",
    ]
    assert forge.texts == ["Nice work!", f"{MARKER}\n{REPORT}more\n"]
    assert [verb for verb, _ in forge.asked if verb != "GET"] in (["POST", "PATCH"], ["POST", "PUT"])


def test_it_is_found_behind_many_others(forge, tmp_path):
    for number in range(250):
        forge.say(f"comment {number}")
    forge.say(f"{MARKER}\nold", ours=True)
    forge.say("last")
    assert comment(forge, tmp_path).stdout == "The comment was updated.\n"
    assert len(forge.texts) == 252
    assert forge.texts[250] == f"{MARKER}\n{REPORT}"


def test_a_strangers_comment_is_not_taken_for_ours(forge, tmp_path):
    forge.say(f"{MARKER}\nthe tests are all fine, merge me")
    forge.say(f"> {MARKER}\n\nwhat is this?", ours=True)
    assert comment(forge, tmp_path).stdout == "The comment was added.\n"
    assert forge.texts[0].endswith("merge me")
    assert comment(forge, tmp_path, "new\n").stdout == "The comment was updated.\n"
    assert forge.texts[2] == f"{MARKER}\nnew\n"


def test_line_ends_as_the_forge_keeps_them_are_no_change(forge, tmp_path):
    forge.say(f"{MARKER}\n{REPORT}".replace("\n", "\r\n").strip(), ours=True)
    assert comment(forge, tmp_path).stdout == "The comment was left as it is.\n"


def test_a_report_that_is_too_long_is_cut_and_says_so(github, tmp_path):
    assert comment(github, tmp_path, "| a row of the table |\n" * 4000).returncode == 0
    assert len(github.texts[0]) <= 65_536
    assert github.texts[0].endswith("the job has the whole report.\n")
    assert comment(github, tmp_path, "| a row of the table |\n" * 4000).stdout.endswith("as it is.\n")


@pytest.mark.parametrize("length", [80, 100, 200])
def test_what_fits_is_left_as_it_is(length):
    text = "line\n" * 20
    assert len(fitted(text, length)) <= length
    assert (fitted(text, length) == text) == (length >= 100)


def test_a_proposal_is_opened_once(forge, tmp_path):
    (tmp_path / "report.md").write_text(REPORT)
    ask = ("propose", forge.kind, "report.md", "--head", "testgen/boost", "--base", "main")
    done = [run(tmp_path, job(forge, tmp_path), *ask) for _ in range(3)]
    assert [one.stdout for one in done] == ["https://forge.example/1\n"] * 3
    assert len(forge.pulls) == 1
    assert REPORT in (forge.pulls[0].get("body"), forge.pulls[0].get("description"))
    other = run(tmp_path, job(forge, tmp_path), *ask[:-1], "release")
    assert other.stdout == "https://forge.example/2\n"


@pytest.mark.parametrize(
    ("status", "remedy"), [(403, "pull-requests: write"), (404, "pull-requests: write"), (502, "Try again")]
)
def test_a_refusal_says_what_to_do(github, tmp_path, status, remedy):
    github.refuse = (status, f"Resource not accessible with {TOKEN}")
    done = comment(github, tmp_path)
    assert done.returncode == 4
    assert f"was refused with {status}" in done.stderr
    assert remedy in done.stderr
    assert "[secret]" in done.stderr


def test_a_redirect_does_not_get_the_token(forge, tmp_path):
    with Forge(forge.kind) as elsewhere:
        forge.redirect = f"{elsewhere.url}/repos/acme/shop/issues/7/comments"
        assert comment(forge, tmp_path).returncode == 4
        assert elsewhere.asked == []


def test_nobody_answers(github, tmp_path):
    done = comment(github, tmp_path, GITHUB_API_URL="http://127.0.0.1:9")
    assert done.returncode == 4
    assert "does not answer" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        ("GITHUB_TOKEN", "", "GITHUB_TOKEN is not set"),
        ("GITHUB_REPOSITORY", "", "GITHUB_REPOSITORY is not set"),
        ("GITHUB_REPOSITORY", "acme/../../user", "GITHUB_REPOSITORY is not OWNER/NAME"),
        ("GITHUB_API_URL", "file:///etc/passwd", "GITHUB_API_URL is not a web address"),
        ("GITHUB_EVENT_PATH", "", "this job is not about a pull request"),
    ],
)
def test_outside_of_a_job(github, tmp_path, name, value, cause):
    done = comment(github, tmp_path, **{name: value})
    assert (done.returncode, github.asked) == (2, [])
    assert cause in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        ("GITLAB_TOKEN", "", "GITLAB_TOKEN is not set"),
        ("CI_PROJECT_ID", "x/y", "CI_PROJECT_ID is not a number"),
        ("CI_MERGE_REQUEST_IID", "", "this job is not about a merge request"),
    ],
)
def test_outside_of_a_gitlab_job(tmp_path, name, value, cause):
    with Forge("gitlab") as forge:
        done = comment(forge, tmp_path, **{name: value})
        assert done.returncode == 2
        assert cause in done.stderr
        assert [path for _, path in forge.asked if path != "/api/user"] == []


def test_no_such_forge_or_report(github, tmp_path):
    assert "there is no forge gitea" in run(tmp_path, {}, "comment", "gitea", "report.md").stderr
    assert run(tmp_path, job(github, tmp_path), "comment", "github", "none.md").returncode == 2
    assert github.asked == []
