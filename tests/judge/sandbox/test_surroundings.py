from __future__ import annotations

from pathlib import Path

import pytest

from testgen.judge.sandbox.surroundings import (
    home_folders,
    interpreter_folders,
    is_secret_file,
    place_for,
    secret_files,
    secrets_above,
)
from testgen.judge.sandbox.terms import NOTHING, Grants
from testgen.project import Interpreter, Project


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def project_in(root: Path, python: Path = Path("/usr/bin/python3"), *folders: Path) -> Project:
    interpreter = Interpreter(python, "3", "8", "7", folders=folders)
    return Project(root, root / "things.py", root / "test_things.py", interpreter)


@pytest.mark.parametrize("name", [".env", ".env.local", ".envrc", ".netrc", ".pypirc", "secrets.toml"])
def test_a_secret_file_is_known_by_its_name(name):
    assert is_secret_file(name)


@pytest.mark.parametrize("name", [".env.example", ".env.sample", ".env.template", "env.py", "server.pem"])
def test_an_example_is_no_secret(name):
    assert not is_secret_file(name)


def test_secret_files_are_found_wherever_the_project_keeps_them(tmp_path):
    write(tmp_path, ".env", "deploy/.env.prod", ".streamlit/secrets.toml", ".git/config", "src/app.py")
    write(tmp_path, ".git/config.worktree", ".git/modules/a/b/config", ".git/objects/config")
    write(tmp_path, ".venv/pyvenv.cfg", ".venv/lib/.env", "node_modules/x/.env", ".git/hooks/.env")
    found = {path.relative_to(tmp_path).as_posix() for path in secret_files(tmp_path)}
    settings = {".git/config", ".git/config.worktree", ".git/modules/a/b/config"}
    assert found == {".env", "deploy/.env.prod", ".streamlit/secrets.toml", *settings}


def test_secret_files_above_the_project_are_found_up_to_the_top_of_its_repository(tmp_path):
    write(tmp_path, ".env", "repository/.env", "repository/.git/config", "repository/packages/id_rsa")
    write(tmp_path, "repository/packages/one/.env", "repository/packages/two/.env", "repository/README")
    above = secrets_above(tmp_path / "repository" / "packages" / "one")
    found = {path.relative_to(tmp_path).as_posix() for path in above}
    assert found == {"repository/.env", "repository/.git/config", "repository/packages/id_rsa"}
    assert not [*secrets_above(tmp_path / "repository")]
    assert not [*secrets_above(Path("/nowhere/project"))]


def test_the_home_of_the_environment_is_hidden_but_never_everything(tmp_path):
    assert tmp_path.resolve() in home_folders({"HOME": str(tmp_path)})
    assert Path("/") not in home_folders({"HOME": "/"})
    assert Path("/nowhere") not in home_folders({"HOME": "/nowhere"})


def test_an_interpreter_in_the_home_is_shown_with_every_link_on_the_way(tmp_path):
    home = tmp_path / "home"
    write(home, "uv/cpython-3.12.1/bin/python3.12")
    (home / "uv" / "cpython-3.12").symlink_to("cpython-3.12.1")
    (home / "project" / ".venv" / "bin").mkdir(parents=True)
    python = home / "project" / ".venv" / "bin" / "python"
    python.symlink_to(home / "uv" / "cpython-3.12" / "bin" / "python3.12")
    project = project_in(home / "project", python)
    assert home / "uv" / "cpython-3.12" in interpreter_folders(project)
    place = place_for(project, tmp_path / "own", NOTHING, {"HOME": str(home)})
    assert place.root in place.shown
    assert home / "project" / ".venv" not in place.shown  # it comes with the project
    assert home / "uv" / "cpython-3.12.1" in place.shown
    assert home in place.hidden
    assert home not in place.shown


def test_an_interpreter_that_claims_the_whole_home_does_not_get_it(tmp_path):
    home = tmp_path / "home"
    write(home, "project/things.py")
    project = project_in(home / "project", home / "bin" / "python", home)
    place = place_for(project, tmp_path / "own", NOTHING, {"HOME": str(home)})
    assert home not in place.shown


@pytest.mark.parametrize(
    ("read", "masked"),
    [((), []), (("",), [".netrc", ".ssh"]), ((".ssh",), []), ((".ssh", ""), [".netrc"])],
)
def test_keys_stay_hidden_in_a_home_that_is_shown_unless_they_were_named(tmp_path, read, masked):
    home, root = tmp_path / "home", tmp_path / "project"
    write(home, ".ssh/id", ".netrc")
    write(root, "things.py")
    grants = Grants(read=tuple(home / name if name else home for name in read))
    place = place_for(project_in(root), tmp_path / "own", grants, {"HOME": str(home)})
    assert sorted(path.name for path in place.masked) == masked


def test_a_home_that_is_the_project_shows_no_keys(tmp_path):
    write(tmp_path, "things.py", ".ssh/id", ".aws/credentials")
    place = place_for(project_in(tmp_path), tmp_path / "own", NOTHING, {"HOME": str(tmp_path)})
    assert {tmp_path / ".ssh", tmp_path / ".aws"} <= set(place.masked)
