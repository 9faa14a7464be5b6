from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from endpoint import WRONG_KEY, Say, ScriptedEndpoint
from testgen.configuration import Flag, resolve
from testgen.doctor import Finding, examine
from testgen.errors import ExitCode, ProjectError
from testgen.providers.checks import Check

GREEN = "from shop import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
RED = GREEN.replace("== 4", "== 5")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "a shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n', "utf-8")
    (folder / "shop.py").write_text("def double(x):\n    return 2 * x\n", "utf-8")
    (folder / "test_shop.py").write_text(GREEN, "utf-8")
    return folder


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint() as endpoint:
        yield endpoint.always(Say("ready"))


def arguments(endpoint: ScriptedEndpoint) -> dict[str, Flag]:
    return {"source_file": "shop.py", "python": sys.executable, "api_base": endpoint.url}


def environment(project: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(project), "API_KEY": "sk-0123456789"}


def findings(project: Path, flags: dict[str, Flag]) -> list[Finding]:
    environ = environment(project)
    return list(examine(resolve(flags, environ, project).settings, environ))


def amiss(found: list[Finding]) -> dict[str, ExitCode]:
    return {finding.check.name: finding.code for finding in found if not finding.check.ok}


def test_a_project_in_order_is_fine_and_stays_as_it_is(project: Path, endpoint: ScriptedEndpoint) -> None:
    before = sorted(project.rglob("*"))
    found = findings(project, arguments(endpoint) | {"record": "tape"})
    assert amiss(found) == {}
    assert {"interpreter", "pytest", "coverage", "key", "answer", "existing tests"} <= {
        finding.check.name for finding in found
    }
    assert {finding.code for finding in found} == {ExitCode.DONE}
    assert "sk-0123456789" not in "".join(map(str, found))
    assert [request.key for request in endpoint.requests] == ["sk-0123456789"]
    assert sorted(project.rglob("*")) == before


def test_a_red_suite_is_found(project: Path, endpoint: ScriptedEndpoint) -> None:
    (project / "test_shop.py").write_text(RED, "utf-8")
    assert amiss(findings(project, arguments(endpoint))) == {"existing tests": ExitCode.PROJECT}


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ({"source_file": ""}, ExitCode.USAGE),
        ({"source_file": "no.py"}, ExitCode.USAGE),
        ({"python": "no-such-python"}, ExitCode.PROJECT),
    ],
)
def test_a_project_that_cannot_be_measured_is_found(
    project: Path, endpoint: ScriptedEndpoint, flags: dict[str, Flag], code: ExitCode
) -> None:
    found = findings(project, arguments(endpoint) | flags)
    assert amiss(found) == {"project": code}
    assert found[-1].check.name == "answer"


@pytest.mark.parametrize(
    ("flags", "name", "code"),
    [
        ({"api_base": "nowhere"}, "endpoint", ExitCode.USAGE),
        ({"api_key_command": "false"}, "key", ExitCode.PROVIDER),
        ({"replay": "no-recording"}, "answer", ExitCode.USAGE),
    ],
)
def test_a_provider_that_cannot_be_asked_is_found_without_a_project_too(
    project: Path, endpoint: ScriptedEndpoint, flags: dict[str, Flag], name: str, code: ExitCode
) -> None:
    found = findings(project, arguments(endpoint) | flags | {"source_file": ""})
    assert amiss(found) == {"project": ExitCode.USAGE, name: code}
    assert found[-1].check.remedy


def test_a_test_command_is_said_in_the_place_of_the_interpreter(
    project: Path, endpoint: ScriptedEndpoint
) -> None:
    command = "printf 'TN:\\nSF:shop.py\\nDA:1,1\\n' > cover.info"
    flags = arguments(endpoint) | {"test_command": command, "coverage_report": "cover.info"}
    found = {finding.check.name: finding.check for finding in findings(project, flags)}
    assert (found["test command"].detail, found["coverage"].detail) == (command, "cover.info (auto)")
    assert not {"interpreter", "pytest"} & set(found)
    assert found["existing tests"].ok, found["existing tests"]


def test_everything_is_looked_at_and_the_first_thing_amiss_gives_the_code(project: Path) -> None:
    (project / "test_shop.py").write_text(RED, "utf-8")
    with ScriptedEndpoint(WRONG_KEY) as endpoint:
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in arguments(endpoint).items()]
        done = subprocess.run(
            [sys.executable, "-m", "testgen", "doctor", *flags],
            cwd=project,
            env=environment(project),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    failed = [line[8:24].strip() for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert (done.returncode, failed, done.stderr) == (4, ["answer", "existing tests"], "")
    assert "ok      key " in done.stdout


def test_a_finding_is_a_line_with_its_remedy_below() -> None:
    assert str(Finding(Check("key", True, "from API_KEY"))) == "ok      key             from API_KEY\n"
    error = ProjectError("there is none", "Set it.\nOr not.")
    lines = str(Finding.failed("key", error)).splitlines()
    assert lines == [
        "FAILED  key             there is none",
        f"{'':24}→ Set it.",
        f"{'':24}Or not.",
    ]
    assert Finding.failed("key", error).code is ExitCode.PROJECT
