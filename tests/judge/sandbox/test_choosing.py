from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from testgen.errors import UsageError
from testgen.judge.sandbox import SANDBOXES, Enclosure, choose, environ_for
from testgen.judge.sandbox.surroundings import place_for
from testgen.judge.sandbox.terms import NOTHING, Grants
from testgen.project import Interpreter, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "things.py").write_text("")
    interpreter = Interpreter(Path(sys.executable), "3", "8", "7")
    return Project(tmp_path, tmp_path / "things.py", tmp_path / "test_things.py", interpreter)


def environ(tmp_path: Path, bwrap: str = "") -> dict[str, str]:
    """An environment in which bwrap is a shell script, or missing."""
    programs = tmp_path / "bin"
    programs.mkdir()
    if bwrap:
        (programs / "bwrap").write_text(f"#!/bin/sh\n{bwrap}\n")
        (programs / "bwrap").chmod(0o755)
    return {"PATH": str(programs), "HOME": str(tmp_path)}


def test_auto_takes_bwrap_where_it_works(project):
    if not shutil.which("bwrap"):
        pytest.skip("bwrap is not installed")
    assert choose("auto", NOTHING, project, os.environ) == Enclosure("bwrap")


@pytest.mark.parametrize("name", ["bwrap", "landlock"])
def test_a_virtual_environment_behind_a_link_that_is_hidden_is_found(name, project, tmp_path):
    try:
        choose(name, NOTHING, project, os.environ)
    except UsageError as reason:
        pytest.skip(reason.cause)
    real, link = tmp_path / "environment", tmp_path / "link"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", real], check=True)
    link.symlink_to(real)
    (tmp_path / "project").mkdir()
    behind = replace(project.interpreter, path=link / "bin" / "python", folders=(real,))
    found = choose(name, NOTHING, replace(project, root=tmp_path / "project", interpreter=behind), os.environ)
    assert found.name == name


FAILS = "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1"


@pytest.mark.parametrize(
    ("bwrap", "says"),
    [
        ("", "bwrap is not installed; on Debian and Ubuntu: apt install bubblewrap"),
        (FAILS, "bwrap does not work here: bwrap: setting up uid map: Permission denied"),
        ("exit 3", "bwrap does not work here: exit code 3"),
        ("echo ok but something else", "bwrap does not work here: exit code 0"),
    ],
)
def test_one_that_does_not_work_is_passed_over_by_auto_and_refused_by_name(project, tmp_path, bwrap, says):
    around = environ(tmp_path, bwrap)
    with pytest.raises(UsageError) as refused:
        choose("bwrap", NOTHING, project, around)
    assert says in refused.value.cause
    chosen = choose("auto", NOTHING, project, around)
    assert chosen.name in ("landlock", "none")
    assert says in chosen.note
    assert chosen.note.startswith(f"sandbox {chosen.name}: ")


def test_a_docker_without_an_engine_is_refused(project, tmp_path):
    around = environ(tmp_path)
    (tmp_path / "bin" / "docker").write_text("#!/bin/sh\necho 'Cannot connect to the daemon' >&2\nexit 1\n")
    (tmp_path / "bin" / "docker").chmod(0o755)
    with pytest.raises(UsageError, match="docker does not work here: Cannot connect to the daemon"):
        choose("docker", NOTHING, project, around)


def test_none_always_works(project, tmp_path):
    assert choose("none", NOTHING, project, environ(tmp_path)) == Enclosure("none")


def test_every_sandbox_says_what_it_does():
    assert all(sandbox.NOTE for sandbox in SANDBOXES.values())


KEPT_BACK = {
    "API_KEY": "sk-1",
    "DB_PASSWORD": "secret",
    "OPENAI_BASE_URL": "http://x",
    "SSH_AUTH_SOCK": "/run/agent",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus",
    "XDG_RUNTIME_DIR": "/run/user/1",
    "MYSQL_PWD": "secret",
    "DATABASE_URL": "postgres://me:secret@db/shop",
    "TMUX": "/tmp/tmux-1/default,1,0",
    "GITHUB_ENV": "/home/runner/work/_temp/env",
}


def test_the_tests_get_a_home_of_their_own_and_no_secret(project, tmp_path):
    place = place_for(project, tmp_path / "own", NOTHING, {"HOME": "/home/me"})
    harmless = {"LANG": "C", "OLDPWD": "/", "CACHE_URL": "redis://cache"}
    found = environ_for({**harmless, "HOME": "/home/me", **KEPT_BACK}, place)
    assert found == {
        **harmless,
        "HOME": str(tmp_path / "own" / "home"),
        "TMPDIR": str(tmp_path / "own" / "tmp"),
        "PYTHONUSERBASE": "/home/me/.local",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.mark.parametrize("name", [*KEPT_BACK, "HOME"])
def test_a_variable_is_handed_on_when_it_is_named(project, tmp_path, name):
    given = {"HOME": "/home/me", **KEPT_BACK}
    place = place_for(project, tmp_path / "own", Grants(variables=(name, "UNKNOWN")), given)
    found = environ_for(given, place)
    assert {name: found[name] for name in given if found.get(name) == given[name]} == {name: given[name]}
    assert "UNKNOWN" not in found
