from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from testgen.judge.sandbox import docker
from testgen.judge.sandbox.terms import NOTHING, OPEN, Grants, Place, Start

START = Start(("/usr/bin/python3", "/opt/worker"), {"PATH": "/nowhere", "LANG": "C"})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root, scratch = tmp_path / "project", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()
    return Place(root, scratch, scratch / "own", (tmp_path,), (root,), (root / ".env",), NOTHING)


def pairs(command: tuple[str, ...], flag: str) -> list[str]:
    """The values of a flag that is repeated."""
    return [after for before, after in pairwise(command) if before == flag]


def test_the_command_is_run_in_a_container_that_can_do_nothing(place):
    start = docker.enclose(START, place)
    assert start.command[:2] == ("docker", "run")
    assert start.command[-3:] == (docker.IMAGE, *START.command)
    assert {"--rm", "--interactive", "--read-only", "no-new-privileges"} <= set(start.command)
    for flag, value in (
        ("--network", "none"),
        ("--cap-drop", "ALL"),
        ("--pull", "never"),
        ("--workdir", str(place.root)),
        ("--user", f"{os.getuid()}:{os.getgid()}"),
    ):
        assert pairs(start.command, flag) == [value]
    assert start.confine == OPEN


def test_only_what_is_needed_is_mounted_and_only_private_folders_can_be_written(place):
    command = docker.enclose(START, place).command
    volumes = pairs(command, "--volume")
    assert {f"{path}:{path}:ro" for path in (place.root, place.scratch)} <= set(volumes)
    assert f"/dev/null:{place.root / '.env'}:ro" in volumes
    assert all(volume.endswith(":ro") for volume in volumes)
    assert [mount.partition(":")[0] for mount in pairs(command, "--tmpfs")] == [
        str(place.home), str(place.tmp), "/tmp",
    ]  # fmt: skip


def test_values_of_variables_do_not_show_in_the_command(place):
    start = docker.enclose(replace(START, environ={"PATH": "/nowhere", "TOKEN": "s3cret"}), place)
    assert pairs(start.command, "--env") == ["PATH", "TOKEN"]
    assert "s3cret" not in " ".join(start.command)


def test_what_is_granted_is_let_through(place, tmp_path):
    out, data = tmp_path / "out", tmp_path / "data"
    data.mkdir()
    grants = Grants(network=True, read=(data,), write=(out,))
    command = docker.enclose(START, replace(place, grants=grants)).command
    assert pairs(command, "--network") == ["bridge"]
    assert {f"{out}:{out}", f"{data}:{data}:ro"} <= set(pairs(command, "--volume"))


def test_a_missing_program_is_named(tmp_path):
    assert docker.missing({"PATH": str(tmp_path)}) == "docker is not installed"
