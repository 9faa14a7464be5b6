"""`testgen init` in real repositories: what it finds, shows, writes, and leaves alone."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from endpoint import Say
from shop import PYPROJECT, Shop, fenced
from testgen.init import TARGETS
from testgen.init.finding import look
from testgen.init.vscode import MATCHER, path, tasks

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")
USUAL = """
def test_a_discount_is_taken_off():
    assert total([20], discount=5) == 15


def test_a_great_discount_takes_one_more():
    assert total([20], discount=11) == 8


def test_a_wrong_sum():
    assert total([1, 1], discount=1) == 7
"""


@pytest.fixture
def project(tmp_path, project_python) -> Shop:
    """The shop in a git repository of its own."""
    shop = Shop.at(tmp_path / "my shöp", project_python)
    git(shop.root, "init", "--quiet", "--initial-branch", "trunk")
    git(shop.root, "add", ".")
    git(shop.root, "commit", "--quiet", "--message", "all")
    return shop


def git(folder: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=folder, check=True)


def init(folder: Path, *arguments: str, **more) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "testgen",
        "init",
        *arguments,
        "--from",
        f"https://github.com/a/b@{'0' * 40}",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **more)


def test_help_names_every_target(tmp_path):
    told = " ".join(init(tmp_path, "--help").stdout.split())
    assert all(target in told for target in TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_it_is_shown_then_written_and_nothing_is_left_to_do(project, target):
    told = init(project.root, target, "--yes")
    assert told.returncode == 0, told.stderr
    before = project.files()
    again = init(project.root, target, "--yes")
    assert "nothing to do" in again.stdout
    assert project.files() == before


def test_without_a_terminal_or_a_yes_nothing_is_written(project):
    before = project.files()
    told = init(project.root, "vscode", stdin=subprocess.DEVNULL)
    assert (told.returncode, "--yes" in told.stderr) == (2, True)
    assert '+\t\t\t"label": "testgen: cover this file"' in told.stdout
    assert project.files() == before


@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_at_a_terminal_it_asks(project, answer, written):
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    told = init(project.root, "vscode", stdin=theirs)
    assert "Write " in told.stdout, told.stderr
    assert (project.root / ".vscode" / "tasks.json").exists() == written


def test_a_project_that_is_found_as_it_is_needs_no_table(project):
    told = init(project.root, "--yes")
    assert "nothing to do" in told.stdout


KINDS = {
    "Python, in no repository": ({"shop/cart.py": ""}, (), "branch       none"),
    "Python with setup.cfg": (
        {"setup.cfg": "[metadata]\nname = x\n", "test/x": ""},
        (),
        "tests        test\n",
    ),
    "Python in an environment that is not active": (
        {"pyproject.toml": PYPROJECT, "poetry.lock": ""},
        (),
        "with that: poetry run testgen",
    ),
    "Jest": (
        {"package.json": '{"devDependencies": {"jest": "29"}}'},
        (
            'test-command = "npx jest --coverage --coverageReporters=lcov"',
            'coverage-report = "coverage/lcov.info"',
        ),
        "tests        by: npx jest",
    ),
    "Go": (
        {"go.mod": "module x\n"},
        ('test-command = "go test ./... -coverprofile=cover.out"', 'coverage-report = "cover.out"'),
        "tests        by: go test",
    ),
    "JavaScript with a runner unknown to us": ({"package.json": "{}"}, (), "has to be said: --test-command"),
    "Python with JavaScript in it": (
        {"pyproject.toml": PYPROJECT, "package.json": '{"devDependencies": {"jest": "29"}}'},
        (),
        "tests        tests (to be made)",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_found_and_writes_what_a_run_would_not_find(tmp_path, kind):
    files, table, words = KINDS[kind]
    project = Shop(tmp_path / "project", tmp_path)
    project.write(files)
    alone = {"PATH": os.environ["PATH"], "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    told = init(project.root, "--yes", env=alone)
    assert (told.returncode, told.stderr, words in told.stdout) == (0, "", True), told.stdout
    written = project.root / "pyproject.toml"
    if not table:
        assert "nothing to do" in told.stdout
        assert written.exists() == ("pyproject.toml" in files)
    else:
        assert tuple(written.read_text().splitlines()[1:]) == table
    again = init(project.root, "--yes", env=alone)
    assert "nothing to do" in again.stdout
    assert words in again.stdout


def test_an_interpreter_that_only_an_active_environment_leads_to_is_noted(project):
    environment = project.root / "tools" / "env"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(project.python)
    before = (project.root / "pyproject.toml").read_text()
    told = init(project.root, "--yes", env=os.environ | {"VIRTUAL_ENV": str(environment)})
    assert told.returncode == 0, told.stderr
    text = (project.root / "pyproject.toml").read_text()
    assert text == f'{before.rstrip()}\n\n[tool.testgen]\npython = "tools/env/bin/python"\n'


BAD = {
    "an unknown target": (("nope",), {}, "It knows: project, vscode"),
    "tasks that are no JSON": (("vscode",), {".vscode/tasks.json": "{ nope"}, "line 1 is not JSON"),
    "tasks that are no list": (("vscode",), {".vscode/tasks.json": '{"tasks": 1}'}, "tasks is not a list"),
    "a hook of somebody else": (("pre-push",), {".git/hooks/pre-push": "#!/bin/sh\n"}, "not from testgen"),
    "broken TOML": ((), {"pyproject.toml": "[tool"}, "pyproject.toml cannot be read"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_added_to_is_left_alone(project, case):
    arguments, files, words = BAD[case]
    project.write(files)
    before = project.files()
    told = init(project.root, *arguments, "--yes")
    assert (told.returncode, words in told.stderr) == (2, True), told.stderr
    assert project.files() == before


def test_a_hook_needs_a_repository(tmp_path):
    told = init(
        tmp_path, "pre-push", "--yes", env=os.environ | {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    )
    assert (told.returncode, "in no git repository" in told.stderr) == (2, True)


def test_other_tasks_and_comments_stay(project):
    project.write({".vscode/tasks.json": '{"version": "2.0.0", "tasks": [{"label": "mine"} /* here */]}'})
    init(project.root, "vscode", "--yes")
    text = path(look(project.root, os.environ)).read_text()
    assert text.startswith('{"version": "2.0.0", "tasks": [{"label": "mine"}, /* here */\n\t\t{')


def test_no_key_is_in_the_file(project):
    init(project.root, "vscode", "--yes", env=os.environ | {"API_KEY": "sk-secret-1"})
    assert "sk-secret-1" not in (project.root / ".vscode" / "tasks.json").read_text()


def in_editor(arguments: list[str], shop: Shop) -> list[str]:
    """Arguments as VS Code runs them with the cursor in `total`."""
    values = {
        "${file}": str(shop.source),
        "${lineNumber}": "8",
        "${input:testgenModel}": "gpt-4o",
        "${input:testgenBudget}": "0.50",
    }
    return [values.get(one, one) for one in arguments]


def problems(text: str) -> list[tuple[str, ...]]:
    return [
        match.groups()
        for line in text.splitlines()
        if (match := re.match(MATCHER["pattern"]["regexp"], line))
    ]


@pytest.mark.parametrize("label", ["cover this file", "cover this function"])
def test_a_task_covers_and_its_output_becomes_problems(project, endpoint, label):
    [task] = [one for one in written(project) if str(one["label"]) == f"testgen: {label}"]
    endpoint.always(Say(fenced(USUAL)))
    ran = run(project, task, endpoint)
    assert ran.returncode == 0, ran.stderr
    found = problems(ran.stdout)
    assert len(found) == len(ran.stdout.splitlines())
    assert {one[0] for one in found} == {str(project.source)}
    refused = [one[3] for one in found if one[2] == "warning"]
    assert any(words.startswith("test_a_wrong_sum refused at alone: fails") for words in refused)
    assert any(one[2] == "info" and one[3].startswith("No test reaches lines") for one in found)
    assert "test_a_great_discount" in project.test_file.read_text()


def test_the_task_for_changes_covers_those_against_the_main_branch(project, endpoint):
    project.source.write_text(project.source.read_text() + "\n\ndef half(x):\n    return x / 2\n")
    [task] = [one for one in written(project) if "changes against trunk" in str(one["label"])]
    endpoint.always(Say(fenced("from shop.cart import half\n\ndef test_half():\n    assert half(3) == 1.5")))
    ran = run(project, task, endpoint)
    assert ran.returncode == 0, ran.stderr
    assert "test_half" in project.test_file.read_text()


def test_the_task_that_writes_nothing_prints_the_change(project, endpoint):
    [task] = [one for one in written(project) if "write nothing" in str(one["label"])]
    endpoint.always(Say(fenced(USUAL)))
    before = project.files()
    ran = run(project, task, endpoint)
    assert "+def test_a_great_discount_takes_one_more():" in ran.stdout
    assert project.files() == before


def test_the_task_that_asks_nothing_needs_no_key(project, endpoint):
    [task] = [one for one in written(project) if "ask nothing" in str(one["label"])]
    ran = run(project, task, endpoint)
    assert any("No test reaches" in one[3] for one in problems(ran.stdout))
    assert not endpoint.requests


def written(project: Shop) -> list[dict]:
    git(project.root, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(project.root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    init(project.root, "vscode", "--yes")
    file = json.loads((project.root / ".vscode" / "tasks.json").read_text())
    assert file["tasks"] == [*tasks(look(project.root, os.environ))]
    return file["tasks"]


def run(project: Shop, task: dict, endpoint) -> subprocess.CompletedProcess[str]:
    environ = project.environ(TESTGEN_API_BASE=endpoint.url, TESTGEN_PYTHON=str(project.python))
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    command = [task["command"], *in_editor(task["args"], project)]
    return subprocess.run(command, cwd=project.root, env=environ, capture_output=True, text=True, check=False)


def test_the_hook_stops_a_push_whose_changes_no_test_reaches(project, tmp_path):
    (project.root / ".venv").symlink_to(project.python.parent.parent)
    git(tmp_path, "init", "--quiet", "--bare", "origin")
    git(project.root, "remote", "add", "origin", str(tmp_path / "origin"))
    assert init(project.root, "pre-push", "--yes").returncode == 0
    environ = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def push(file: str, text: str) -> subprocess.CompletedProcess[str]:
        project.write({file: text})
        git(project.root, "add", file)
        git(project.root, "commit", "--quiet", "--message", file)
        command = [*GIT, "push", "--quiet", "origin", "HEAD:trunk"]
        return subprocess.run(
            command, cwd=project.root, env=environ, capture_output=True, text=True, check=False
        )

    first = push("README.md", "A shop.\n")
    assert first.returncode == 0, first.stderr  # there is no origin/trunk to compare with
    stopped = push("src/shop/half.py", "def half(x):\n    return x / 2\n")
    assert stopped.returncode != 0
    assert "changed lines 0.0 % (0 of 2)" in stopped.stdout
    assert "less is covered than --fail-under-diff asks for" in stopped.stderr
    tested = "from shop.half import half\n\n\ndef test_half():\n    assert half(3) == 1.5\n"
    assert push("tests/test_half.py", tested).returncode == 0
