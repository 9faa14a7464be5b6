"""What honest tests can do in a sandbox, and what the user can allow them."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from projects import MissingInterpreterError, base, environment
from testgen.domain import Outcome
from testgen.errors import ProjectError, UsageError
from testgen.judge.bench import Bench
from testgen.judge.sandbox import choose
from testgen.judge.sandbox.terms import NOTHING, Grants
from testgen.judge.workers import Limits
from testgen.project import Project, probe

LIMITS = Limits(timeout=5, suite_timeout=60, jobs=1, repeat=1)
FILES = {
    "pyproject.toml": "",
    "things.py": "LIMIT = 10\n",
    "test_things.py": "import things\n\n\ndef test_limit():\n    assert things.LIMIT\n",
    ".env": "NAME=value\n",
}
HEAD = """
import os, socket
from pathlib import Path

import pytest
import things

def test_it(tmp_path, request):
    root = Path(request.config.rootpath)
"""


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def project_in(folder: Path, python: Path, **files: str) -> Project:
    write(folder, FILES | files)
    return Project(folder, folder / "things.py", folder / "test_things.py", probe(python))


def bench_in(
    sandbox: str, project: Project, grants: Grants = NOTHING, limits: Limits = LIMITS, **environ: str
):
    try:
        enclosure = choose(sandbox, grants, project, {**os.environ, **environ})
    except UsageError as reason:
        pytest.skip(reason.cause)
    return Bench(project, limits, {**os.environ, **environ}, enclosure)


def outcome(bench: Bench, body: str) -> tuple[Outcome, str]:
    lines = body.strip().replace("\n", "\n    ")
    run = bench.try_out(f"{HEAD}    {lines}\n".encode(), ["test_it"])
    return run.outcome, run.failure.message if run.failure else ""


PASSED = (Outcome.PASSED, "")
HONEST = {
    "uses tmp_path": "(tmp_path / 'x').write_text('x')",
    "uses its home": "(Path.home() / 'x').write_text('x')",
    "starts a program": "import subprocess; subprocess.run(['true'], check=True)",
    "uses a pool of processes": """
import multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(abs, [-1]) == [1]
""",
    "runs an event loop": "import asyncio; asyncio.run(asyncio.sleep(0))",
    "reads the project": "assert (root / 'pyproject.toml').exists() and (root / 'things.py').read_text()",
    "reads the system": "assert Path('/etc/passwd').read_text() and os.cpu_count()",
    "uses /dev/null": "open('/dev/null', 'w').write('x')",
    "has its own limits": "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.nice(1)",
    "leaves something": "[Path(os.environ[n], 'left').write_text('x') for n in ('HOME', 'TMPDIR')]",
    "finds nothing of that": """
assert not any(Path(os.environ[name], 'left').exists() for name in ('HOME', 'TMPDIR'))
""",
    "is ended first when memory runs out": """
score = Path('/proc/self/oom_score_adj')
assert not score.exists() or score.read_text() == '1000\\n'
""",
}
ONLY_IN_BWRAP = {
    "writes into the project": "(root / 'out').write_text('x'); assert (root / 'out').read_text() == 'x'",
    "changes the source": "(root / 'things.py').write_text('LIMIT = 1')",
    "removes a file": "(root / 'pyproject.toml').unlink(); assert not (root / 'pyproject.toml').exists()",
    "serves itself": """
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname())
""",
    "uses /tmp": "Path('/tmp/testgen-living').write_text('x')",
}


@pytest.mark.parametrize("sandbox", ["bwrap", "landlock", "none"])
def test_honest_tests_pass_and_leave_nothing(tmp_path, project_python, sandbox):
    project = project_in(tmp_path, project_python)
    with bench_in(sandbox, project) as bench:
        bench.warm([bench.measure().module])
        assert bench.ready() == ""
        tests = HONEST | (ONLY_IN_BWRAP if sandbox == "bwrap" else {})
        assert {name: outcome(bench, body) for name, body in tests.items()} == dict.fromkeys(tests, PASSED)
        assert outcome(bench, "assert things.LIMIT == 10 and not (root / 'out').exists()") == PASSED
    assert {path.name for path in tmp_path.iterdir()} == FILES.keys()
    assert not Path("/tmp/testgen-living").exists()


STRICT = """
[tool.pytest.ini_options]
filterwarnings = ["error"]
"""


@pytest.mark.parametrize("sandbox", ["bwrap", "landlock", "none"])
def test_nothing_warns_where_a_warning_is_an_error(tmp_path, project_python, sandbox):
    project = project_in(tmp_path, project_python, **{"pyproject.toml": STRICT})
    with bench_in(sandbox, project) as bench:
        bench.warm([bench.measure().module])
        assert bench.ready() == ""
        assert outcome(bench, "request.config.cache.set('mine/x', 1)") == PASSED
        assert outcome(bench, "import warnings; warnings.warn('x')")[0] is Outcome.FAILED


@pytest.mark.parametrize("version", ["3.9", "3.14"])
def test_every_version_of_python_can_be_shut_in(tmp_path, version):
    try:
        project = project_in(tmp_path, environment(base(version, os.environ)))
    except MissingInterpreterError as reason:
        pytest.skip(str(reason))
    for sandbox in ("bwrap", "landlock"):
        with bench_in(sandbox, project) as bench:
            bench.warm([bench.measure().module])
            bench.ready()
            assert outcome(bench, "assert not os.environ['HOME'] == '/'") == PASSED
            assert outcome(bench, "(root / '.env').read_text()")[0] is Outcome.FAILED


def test_a_new_interpreter_for_each_test_is_shut_in_too(tmp_path, project_python):
    project = project_in(tmp_path, project_python)
    limits = Limits(timeout=5, suite_timeout=60, jobs=1, repeat=1, fork=False)
    with bench_in("bwrap", project, limits=limits) as bench:
        bench.warm([bench.measure().module])
        bench.ready()
        assert outcome(bench, "(root / 'out').write_text('x')") == PASSED
        assert outcome(bench, "assert not (root / 'out').exists()") == PASSED
        assert "No such file" in outcome(bench, "(root / '.env').read_text()")[1]


@pytest.mark.parametrize("sandbox", ["bwrap", "landlock"])
def test_what_is_granted_is_let_through(tmp_path, project_python, sandbox):
    out, data = tmp_path / "out", tmp_path / "data"
    write(tmp_path, {"data/x": "known", "hidden/x": "secret"})
    out.mkdir()
    project = project_in(tmp_path / "project", project_python)
    inside = project.root / "kept"
    inside.mkdir()
    grants = Grants(network=True, read=(data,), write=(out, inside), variables=("SOME_TOKEN",))
    with socket.create_server(("127.0.0.1", 0)) as server:
        body = f"""
assert Path({str(data)!r}, "x").read_text() == "known"
Path({str(out)!r}, "x").write_text("for good")
(root / "kept" / "x").write_text("for good")
socket.create_connection(("127.0.0.1", {server.getsockname()[1]}))
assert os.environ["SOME_TOKEN"] == "t"
with pytest.raises(OSError):
    Path({str(data)!r}, "x").write_text("changed")
with pytest.raises(OSError):
    Path({str(tmp_path)!r}, "hidden", "x").read_text()
with pytest.raises(OSError):
    (root / ".env").read_text()
with pytest.raises(OSError):
    (root / "things.py").write_text("changed")
"""
        with bench_in(sandbox, project, grants, SOME_TOKEN="t") as bench:
            bench.warm([bench.measure().module])
            bench.ready()
            assert outcome(bench, body) == PASSED
    assert [(folder / "x").read_text() for folder in (out, inside)] == ["for good", "for good"]


@pytest.mark.parametrize("named", [False, True])
def test_a_socket_file_leads_out_only_if_it_was_named(tmp_path, project_python, named):
    data = tmp_path / "data"
    data.mkdir()
    project = project_in(tmp_path / "project", project_python)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(data / "s"))
        server.listen()
        grants = Grants(read=(data, data / "s") if named else (data,))
        with bench_in("bwrap", project, grants) as bench:
            bench.warm([bench.measure().module])
            bench.ready()
            body = f"socket.socket(socket.AF_UNIX).connect({str(data / 's')!r})"
            assert outcome(bench, body)[0] is (Outcome.PASSED if named else Outcome.FAILED)


NEEDS = {
    "the network": ("socket.create_connection(('127.0.0.1', {port})).close()", Grants(network=True)),
    "a variable": ("assert os.environ['DB_PASSWORD']", Grants(variables=("DB_PASSWORD",))),
    "a file in the home": (
        "assert (Path.home() / 'x').exists()",
        Grants(variables=("HOME",), read=(Path("{home}"),)),
    ),
}


@pytest.mark.parametrize("need", NEEDS)
def test_a_suite_that_is_green_only_outside_is_told_what_helps(tmp_path, project_python, need):
    body, grants = NEEDS[need]
    home = tmp_path / "home"
    write(home, {"x": ""})
    with socket.create_server(("127.0.0.1", 0)) as server:
        text = HEAD + "    " + body.format(port=server.getsockname()[1])
        project = project_in(tmp_path / "project", project_python, **{"test_things.py": text})
        around = {"DB_PASSWORD": "x", "HOME": str(home)}
        with bench_in("bwrap", project, **around) as bench, pytest.raises(ProjectError) as error:
            bench.measure()
        assert "green outside the sandbox (bwrap), but inside: an existing test is red" in error.value.cause
        assert "--allow-network" in error.value.remedy
        shown = tuple(Path(str(path).format(home=home)) for path in grants.read)
        granted = Grants(grants.network, shown, (), grants.variables)
        with bench_in("bwrap", project, granted, **around) as bench:
            assert bench.measure().run.outcome is Outcome.PASSED


def test_a_suite_that_is_red_twice_by_chance_is_not_held_against_the_sandbox(tmp_path, project_python):
    out = tmp_path / "out"
    write(out, {"runs": ""})
    body = f"""
    runs = Path({str(out / "runs")!r})
    runs.write_text(runs.read_text() + "x")
    assert len(runs.read_text()) > 2
"""
    project = project_in(tmp_path / "project", project_python, **{"test_things.py": HEAD + body})
    with bench_in("bwrap", project, Grants(write=(out,))) as bench:
        baseline = bench.measure()
    assert baseline.flaky == ("test_things.py::test_it",)
    assert baseline.run.outcome is Outcome.PASSED


def test_a_suite_that_is_red_anywhere_is_said_to_be_red(tmp_path, project_python):
    project = project_in(tmp_path, project_python, **{"test_things.py": "def test_it():\n    assert 0\n"})
    with bench_in("bwrap", project) as bench, pytest.raises(ProjectError) as error:
        bench.measure()
    assert error.value.cause.startswith(
        "an existing test is red before anything was added: test_things.py::test_it"
    )


def test_an_interpreter_in_the_home_works(tmp_path, project_python):
    if not Path(sys.base_prefix).is_relative_to(Path.home()):
        pytest.skip("the interpreter is not in the home")
    with bench_in("bwrap", project_in(tmp_path, project_python)) as bench:
        assert bench.measure().run.outcome is Outcome.PASSED
