from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

from testgen import __version__

HEAVY = {"openai", "litellm", "libcst", "jinja2", "coverage", "rich", "pydantic", "httpx", "httpx2", "pytest"}

# The command line with another pipeline in the place of the real one.
PIPELINE = """
import os, sys, time, types
from pathlib import Path
from testgen.cli import main
from testgen.domain import Ending, CoverageMap, Reach, Result, Stop
from testgen.errors import ProjectError, ProviderError, UsageError
from testgen.events import Noted, Stage

def result(stop=Stop.ROUNDS, new=None):
    half = CoverageMap(Path("a.py").absolute(), Reach.of([1, 2]), Reach.of([1]))
    return Result(half.source, Path("test_a.py").absolute(), half, half, (), stop, None, new, ending=Ending())

def run(settings, environ, emit, reviewer):
{body}

sys.modules["testgen.pipeline"] = types.SimpleNamespace(run=run)
sys.exit(main())
"""


def environment(**variables: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/nowhere", "COLUMNS": "100", **variables}


def run(command: list[str], here: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=here,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run_testgen(*arguments: str, here: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return run([sys.executable, "-m", "testgen", *arguments], here, **variables)


def with_pipeline(
    body: str, *arguments: str, here: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    return run([*script(body), *arguments], here, **variables)


def script(body: str) -> list[str]:
    """A testgen whose pipeline does only what `body` says."""
    return [
        sys.executable,
        "-c",
        PIPELINE.replace("{body}", indent(body, "    ")),
        "--source-file",
        "cart.py",
    ]


@pytest.mark.parametrize(
    ("body", "arguments", "code"),
    [
        ("return result()", [], 0),
        ("return result(Stop.NOTHING_MISSING)", [], 0),
        ("return result()", ["--fail-under", "50"], 0),
        ("return result()", ["--fail-under", "50.1"], 1),
        ("raise UsageError('no such thing', 'Name it.')", [], 2),
        ("raise ProjectError('no pytest', 'Install it.')", [], 3),
        ("raise ProviderError('no key', 'Set it.')", [], 4),
        ("return 1 / 0", [], 70),
        ("return result(Stop.INTERRUPTED)", [], 130),
        ("return result(Stop.INTERRUPTED)", ["--fail-under", "90"], 130),
        ("raise KeyboardInterrupt", [], 130),
        ("return result()", ["--repeat", "0"], 2),
        ("return result()", ["--no-such-flag"], 2),
    ],
)
def test_every_end_has_its_exit_code(tmp_path: Path, body: str, arguments: list[str], code: int) -> None:
    done = with_pipeline(body, *arguments, here=tmp_path)
    assert done.returncode == code, done.stderr
    assert ("Traceback" in done.stderr) == (code == 70)


def test_an_error_is_its_cause_and_its_remedy(tmp_path: Path) -> None:
    done = with_pipeline("raise ProjectError('no pytest', 'Install it.')", here=tmp_path)
    assert (done.stdout, done.stderr) == ("", "testgen: no pytest\n  → Install it.\n")


def test_an_error_without_a_remedy_is_one_line(tmp_path: Path) -> None:
    assert with_pipeline("raise ProjectError('no pytest')", here=tmp_path).stderr == "testgen: no pytest\n"


def test_a_bug_shows_its_trace_and_no_secret(tmp_path: Path) -> None:
    done = with_pipeline(
        "raise ValueError(environ['OPENAI_API_KEY'], environ['COLOUR'])",
        here=tmp_path,
        OPENAI_API_KEY="sk-0123456789",
        COLOUR="ultramarine",
    )
    assert "ValueError" in done.stderr
    assert "ultramarine" in done.stderr
    assert "sk-0123456789" not in done.stderr
    assert f"bug in testgen {__version__}" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_unwinds_the_run(tmp_path: Path, number: signal.Signals) -> None:
    body = "try:\n  print('ready', flush=True)\n  time.sleep(60)\nfinally:\n  print('tidied up', flush=True)"
    with subprocess.Popen(
        script(body),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, "tidied up\n", "testgen: interrupted\n")


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way")
def test_a_reader_that_leaves_is_no_bug(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stdout:
        done = subprocess.run(
            [sys.executable, "-m", "testgen", "config"],
            cwd=tmp_path,
            env=environment(),
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, "")


def test_progress_goes_to_stderr_and_the_summary_to_stdout(tmp_path: Path) -> None:
    body = "emit(Stage('measuring'))\nemit(Noted('half is missing'))\nreturn result()"
    done = with_pipeline(body, here=tmp_path)
    assert "measuring" in done.stderr
    assert "a.py" in done.stdout
    assert "measuring" not in done.stdout
    quiet = with_pipeline(body, "--quiet", here=tmp_path)
    assert "measuring" not in quiet.stderr
    assert "half is missing" in quiet.stderr


@pytest.mark.parametrize(
    ("arguments", "start"), [(["--report", "json:-"], "{"), (["--diff-only"], "--- /dev/null")]
)
def test_stdout_is_left_to_what_a_program_reads(tmp_path: Path, arguments: list[str], start: str) -> None:
    body = "return result(new=b'def test_a(): assert True\\n')"
    done = with_pipeline(body, *arguments, here=tmp_path)
    assert done.stdout.startswith(start)
    assert "50" in done.stderr


def test_reports_are_written_where_they_were_asked_for(tmp_path: Path) -> None:
    arguments = ("--report", "json:out/run.json", "--report", "markdown:run.md")
    done = with_pipeline("return result()", *arguments, here=tmp_path)
    assert done.returncode == 0
    assert json.loads((tmp_path / "out/run.json").read_text("utf-8"))
    assert (tmp_path / "run.md").read_text("utf-8").startswith("#")


def test_the_pipeline_gets_settings_and_environment(tmp_path: Path) -> None:
    body = "raise UsageError(f\"{settings.model} {settings.cwd} {environ['TESTGEN_MODEL']}\")"
    done = with_pipeline(body, "--cwd", "sub", here=tmp_path, TESTGEN_MODEL="o3")
    assert done.stderr == f"testgen: o3 {tmp_path / 'sub'} o3\n"


def test_without_a_source_file_the_option_is_named(tmp_path: Path) -> None:
    done = run_testgen(here=tmp_path)
    assert done.returncode == 2
    assert "--source-file" in done.stderr


def test_the_version_is_shown(tmp_path: Path) -> None:
    done = run_testgen("--version", here=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"testgen {__version__}\n")


def test_the_installed_command_is_the_same_program(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("testgen")
    assert subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout == (
        f"testgen {__version__}\n"
    )


def test_config_shows_values_and_origins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.testgen]\nrepeat = 5\n", "utf-8")
    done = run_testgen("--jobs", "2", "config", "--api", "chat", here=tmp_path, TESTGEN_MODEL="o3")
    squeezed = re.sub(" +", " ", done.stdout)
    assert done.returncode == 0
    assert f"repeat = 5 # {tmp_path / 'pyproject.toml'}\n" in squeezed
    assert 'model = "o3" # TESTGEN_MODEL\n' in squeezed
    assert "jobs = 2 # --jobs\n" in squeezed
    assert 'api = "chat" # --api\n' in squeezed
    as_json = json.loads(run_testgen("config", "--json", here=tmp_path).stdout)
    assert as_json["options"]["repeat"]["value"] == 5


def test_a_name_that_is_no_utf8_can_be_shown(tmp_path: Path) -> None:
    done = run_testgen("config", "--test-file", os.fsdecode(b"te\xffst.py"), here=tmp_path)
    assert done.returncode == 0, done.stderr
    assert r"te\udcffst.py" in done.stdout


@pytest.mark.parametrize(
    ("words", "index", "offered"),
    [
        ("testgen --provider a", 2, {"auto", "azure"}),
        ("testgen --max-i", 1, {"--max-iterations"}),
        ("testgen con", 1, {"config"}),
    ],
)
def test_the_shell_completes(tmp_path: Path, words: str, index: int, offered: set[str]) -> None:
    done = run_testgen(
        here=tmp_path, _TESTGEN_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(index)
    )
    assert set(done.stdout.split()) == offered


def test_the_completion_script_is_printed(tmp_path: Path) -> None:
    done = run_testgen(here=tmp_path, _TESTGEN_COMPLETE="source_bash")
    assert done.returncode == 0
    assert "complete -o" in done.stdout


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "testgen", "--help"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert {"typer", "testgen"} <= imported
    assert not HEAVY & imported
