"""`testgen init github` and `gitlab`: what is written and refused, and that a second time changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from endpoint import Say
from forges import TOKEN, Forge
from repositories import NOBODY, Work
from runners import REPOSITORY, tool
from shop import CART, Shop, fenced
from testgen.errors import UsageError
from testgen.init.job import install
from testgen.init.origin import Origin, find_origin, web_address

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FROM = ("--from", f"https://github.com/acme/testgen@{COMMIT}")
WORKFLOW = ".github/workflows/testgen.yml"
PIPELINE = ".gitlab-ci.yml"
CHANGED = CART.lstrip("\n").replace(
    "    return 5 if", '    if weight > 100:\n        raise ValueError("too heavy")\n    return 5 if'
)
GOOD = """
import pytest
from shop.cart import shipping

def test_too_heavy():
    with pytest.raises(ValueError, match="too heavy"):
        shipping(101)
"""
PYPROJECT = """
[project]
name = "shop"
version = "1"
[project.optional-dependencies]
test = ["pytest"]
docs = ["mkdocs"]
"""


@pytest.fixture
def work(tmp_path):
    return Work.at(tmp_path / "project", {"pyproject.toml": PYPROJECT, "src/shop.py": "a = 1\n"})


def init(work: Work, *arguments: str, folder: str = ".", stdin=subprocess.DEVNULL):
    return subprocess.run(
        [sys.executable, "-m", "testgen", "init", *arguments],
        cwd=work.root / folder,
        env={"PATH": os.environ["PATH"], "HOME": str(work.root.parent), **NOBODY},
        stdin=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def read(work: Work, name: str):
    return yaml.safe_load((work.root / name).read_text("utf-8"))


@pytest.mark.parametrize(
    "flags", [(), ("--push",), ("--weekly",), ("--push", "--weekly", "--model", "x'y: \"z")]
)
def test_the_workflow_and_the_action_pass_actionlint(work, flags):
    actionlint = tool("actionlint", "go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12")
    done = init(work, "github", *FROM, *flags, "--yes")
    assert done.returncode == 0, done.stderr
    lint = (actionlint, "-no-color", WORKFLOW)
    checked = subprocess.run(lint, cwd=work.root, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    # The same with the action from this checkout, whose inputs are then looked at too.
    text = (work.root / WORKFLOW).read_text("utf-8").replace(f"acme/testgen@{COMMIT}", "./")
    work.write({WORKFLOW: text, "action.yml": (REPOSITORY / "action.yml").read_text("utf-8")})
    checked = subprocess.run(lint, cwd=work.root, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    work.write({WORKFLOW: text.replace("max-cost:", "max-costs:")})
    checked = subprocess.run(lint, cwd=work.root, capture_output=True, text=True, check=False)
    assert 'input "max-costs" is not defined in action' in checked.stdout


@pytest.mark.parametrize("target", ["github", "gitlab"])
def test_a_second_time_changes_nothing(work, target):
    assert init(work, target, *FROM, "--yes").returncode == 0
    work.commit()
    done = init(work, target, *FROM)
    assert (done.returncode, "nothing to do" in done.stdout) == (0, True)
    assert work.git("status", "--short") == ""


def test_an_edit_of_the_user_is_shown_before_it_goes(work):
    init(work, "github", *FROM, "--yes")
    text = (work.root / WORKFLOW).read_text("utf-8")
    work.write({WORKFLOW: text.replace("timeout-minutes: 30", "timeout-minutes: 99")})
    done = init(work, "github", *FROM)
    assert "-    timeout-minutes: 99\n+    timeout-minutes: 30\n" in done.stdout
    assert "timeout-minutes: 99" in (work.root / WORKFLOW).read_text("utf-8")


def test_from_a_folder_below_it_goes_to_the_root(work):
    assert init(work, "github", *FROM, "--yes", folder="src").returncode == 0
    assert work.git("status", "--short", "-uall") == f"?? {WORKFLOW}"


def test_least_permissions_pinned_actions_and_nothing_for_forks(work):
    init(work, "github", *FROM, "--model", "gpt-5-mini", "--max-cost", "0.5", "--yes")
    text, workflow = (work.root / WORKFLOW).read_text("utf-8"), read(work, WORKFLOW)
    job = workflow["jobs"]["change"]
    assert workflow["permissions"] == {}
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert "head.repo.full_name == github.repository" in job["if"]
    uses = [step["uses"] for step in job["steps"] if "uses" in step]
    assert all(len(one.partition("@")[2]) == 40 for one in uses)
    assert job["steps"][0]["with"]["persist-credentials"] is False
    assert not any("${{" in step.get("run", "") for step in job["steps"])
    assert job["steps"][-1]["with"] == {
        "api-key": "${{ secrets.TESTGEN_API_KEY }}",
        "model": "gpt-5-mini",
        "max-cost": "0.5",
    }
    assert "pull_request_target" not in text
    assert "boost" not in workflow["jobs"]


def test_more_rights_only_where_they_are_wished(work):
    init(work, "github", *FROM, "--push", "--weekly", "--yes")
    jobs = read(work, WORKFLOW)["jobs"]
    assert jobs["change"]["permissions"]["contents"] == "write"
    assert jobs["change"]["steps"][-1]["with"]["push"] == "branch"
    assert jobs["boost"]["steps"][-1]["with"]["push"] == "pull-request"


@pytest.mark.parametrize(
    ("files", "project", "command"),
    [
        (set(), {}, "python -m pip install pytest coverage"),
        ({"setup.py"}, {}, "python -m pip install pytest coverage --editable ."),
        (
            {"requirements.txt", "requirements/prod.txt", "requirements-test.txt"},
            {},
            "python -m pip install pytest coverage --requirement requirements.txt "
            "--requirement requirements-test.txt",
        ),
        (
            set(),
            {"project": {"optional-dependencies": {"test": [], "docs": []}}},
            "python -m pip install pytest coverage --editable '.[test]'",
        ),
        (
            set(),
            {"dependency-groups": {"dev": [], "docs": [], "$(rm -rf .)": []}},
            "python -m pip install pytest coverage --group dev",
        ),
        ({"uv.lock"}, {"project": {}}, "uv pip install pytest coverage"),
        ({"poetry.lock"}, {"project": {}}, "poetry run python -m pip install pytest coverage"),
    ],
)
def test_how_the_project_is_installed(files, project, command):
    assert list(install(files, project))[-1] == command


# GitLab


@pytest.mark.parametrize(
    ("before", "stage"),
    [
        (None, "test"),
        ("a: {script: [b]}\n", "test"),
        ("a: {script: [b]} # no newline", "test"),
        ("stages: [x]\n", ".post"),
    ],
)
def test_the_pipeline_has_the_job_and_is_otherwise_as_it_was(work, before, stage):
    if before is not None:
        work.write({PIPELINE: before})
    assert init(work, "gitlab", *FROM, "--yes").returncode == 0
    assert (work.root / PIPELINE).read_text("utf-8").startswith(before or "")
    pipeline = read(work, PIPELINE)
    job = pipeline.pop("testgen")
    assert pipeline == (yaml.safe_load(before) if before else {})
    assert job["stage"] == stage
    assert any("CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"] for rule in job["rules"])
    assert f"git+https://github.com/acme/testgen@{COMMIT}" in job["script"][3]


def test_only_our_part_of_the_pipeline_is_renewed(work):
    init(work, "gitlab", *FROM, "--yes")
    text = (work.root / PIPELINE).read_text("utf-8")
    work.write({PIPELINE: f"a: 1\n{text}b: 2\n"})
    assert init(work, "gitlab", *FROM, "--max-cost", "7", "--yes").returncode == 0
    assert (work.root / PIPELINE).read_text("utf-8") == f"a: 1\n{text}b: 2\n".replace(
        "--max-cost 1 ", "--max-cost 7 "
    )


@pytest.mark.parametrize(("branch", "reply"), [("fea'ture; touch x", True), ("feature", False)])
def test_the_jobs_script_runs(tmp_path, endpoint, project_python, branch, reply):
    """The script from the file, in one shell as GitLab runs it, but for what it would install."""
    shop = Shop.at(tmp_path / "author", project_python)
    author = Work.at(shop.root, {".gitignore": "__pycache__/\n"})
    author.git("branch", branch.replace(" ", "-"))
    author.branch("change")
    author.commit({"src/shop/cart.py": CHANGED})
    assert init(author, "gitlab", *FROM, "--yes").returncode == 0
    script = read(author, PIPELINE)["testgen"]["script"]
    runner = Work.clone(shop.root, tmp_path / "builds", "--branch", "change")
    place = tmp_path / "testgen"
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "testgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m testgen "$@"\n')
    (place / "bin" / "testgen").chmod(0o755)
    lines = [
        line.replace("/tmp/testgen", str(place))
        for line in script
        if " pip install" not in line and "venv" not in line
    ]
    with Forge("gitlab") as forge:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "API_KEY": "sk-key-of-ours",
            "GITLAB_TOKEN": TOKEN,
            "CI_API_V4_URL": forge.url,
            "CI_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": branch.replace(" ", "-"),
            "TESTGEN_API_BASE": endpoint.url,
            "TESTGEN_PYTHON": str(project_python),
            "TESTGEN_SOURCE_FILE": "src/shop/cart.py",
            "TESTGEN_MAX_ITERATIONS": "1",
            "TESTGEN_PRICE": "1,1",
            "TESTGEN_FAIL_UNDER_DIFF": "80,50",
            **NOBODY,
        }
        endpoint.will(Say(fenced(GOOD) if reply else "nothing comes to mind"))
        done = subprocess.run(
            ["sh", "-ec", "\n".join(lines)],
            cwd=runner.root,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (0 if reply else 1), done.stderr
        assert len(forge.comments) == 1
        assert "changed lines" in forge.texts[0]
    assert TOKEN not in done.stdout + done.stderr
    issues = json.loads((runner.root / "testgen.json").read_text())
    assert all(issue["location"]["path"] == "src/shop/cart.py" for issue in issues)
    assert ("def test_too_heavy" in (runner.root / "testgen.patch").read_text()) == reply
    assert not (runner.root / "x").exists()


# Where a job gets testgen from


def test_a_checkout_knows_its_origin_if_that_has_the_commit(tmp_path, monkeypatch):
    remote, checkout = tmp_path / "remote.git", Work.at(tmp_path / "testgen", {"a.py": ""})
    noted = json.dumps({"url": f"file://{checkout.root}", "dir_info": {"editable": True}})
    monkeypatch.setattr("testgen.init.origin.noted", lambda: json.loads(noted))
    environ = {"PATH": os.environ["PATH"], **NOBODY}
    with pytest.raises(UsageError, match="nobody knows"):
        find_origin("", environ)
    Work.at(remote).git("config", "core.bare", "true")
    checkout.git("remote", "add", "origin", str(remote))
    checkout.git("push", "-q", "origin", "main")
    checkout.git("remote", "set-url", "origin", "git@github.com:acme/testgen.git")
    assert find_origin("", environ) == Origin(
        "https://github.com/acme/testgen", checkout.git("rev-parse", "HEAD")
    )
    checkout.commit({"b.py": ""})
    with pytest.raises(UsageError, match="nobody knows"):
        find_origin("", environ)


def test_an_install_from_a_repository_knows_it(monkeypatch):
    noted = {
        "url": "https://me:token@github.com/acme/testgen.git",
        "vcs_info": {"vcs": "git", "commit_id": COMMIT},
    }
    monkeypatch.setattr("testgen.init.origin.noted", lambda: noted)
    assert find_origin("", {}) == Origin("https://github.com/acme/testgen", COMMIT)


@pytest.mark.parametrize(
    "url", ["/srv/testgen.git", "https://github.com/a b", "https://github.com/$(id)", ""]
)
def test_an_address_that_is_none_for_others(url):
    with pytest.raises(UsageError):
        web_address(url)


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("github", "--from", "https://github.com/acme/testgen@main"), "--from cannot be"),
        (
            ("github", "--from", f"https://gitlab.com/acme/testgen@{COMMIT}"),
            "GitHub does not take actions from",
        ),
        (("gitlab", *FROM, "--push"), "--push and --weekly are for GitHub"),
        (("jenkins", *FROM), "testgen init knows no jenkins"),
    ],
)
def test_what_cannot_be_set_up(work, arguments, cause):
    done = init(work, *arguments, "--yes")
    assert done.returncode == 2
    assert cause in done.stderr
    assert work.git("status", "--short") == ""


@pytest.mark.parametrize(
    ("files", "target", "cause"),
    [
        ({"pyproject.toml": "[project\n"}, "github", "cannot be read"),
        ({".gitlab-ci.yml": "testgen:\n  script: [a]\n"}, "gitlab", "has a job testgen already"),
    ],
)
def test_files_that_cannot_be_used_are_left_as_they_are(work, files, target, cause):
    work.commit(files)
    done = init(work, target, *FROM, "--yes")
    assert (done.returncode, work.git("status", "--short")) == (2, "")
    assert cause in done.stderr


def test_outside_of_a_repository(tmp_path: Path):
    done = init(Work(tmp_path), "github", *FROM, "--yes")
    assert done.returncode == 2
    assert "is in no git repository" in done.stderr
