"""What people get wrong: a clear line, the right exit code, nothing asked, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from endpoint import Say
from shop import Shop, fenced
from test_main_job import GOOD, IMPORTS


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "project", project_python)


def run(shop, endpoint, *arguments, **environ):
    """Run it and see that nothing was asked and nothing changed."""
    before = shop.files()
    ended = shop.testgen(*arguments, endpoint=endpoint, **environ)
    assert endpoint.requests == []
    assert shop.files() == before
    assert "Traceback (most" not in ended.stderr
    return ended


SOURCES = {
    "is not there": (None, 2, "does not exist"),
    "has a syntax error": ("def f(:\n", 2, "cart.py:1 cannot be parsed"),
    "holds a null byte": ("x = 1\0", 2, "cannot be parsed"),
    "is empty": ("", 0, "nothing left to cover"),
    "has only comments": ("# nothing\n", 0, "nothing left to cover"),
    "fails when imported": ("SEEN = []\n1 / 0\ndef total(p): ...\n", 3, "ZeroDivisionError"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_that(shop, endpoint, name):
    text, code, says = SOURCES[name]
    shop.test_file.write_text("")
    shop.source.unlink() if text is None else shop.source.write_text(text)
    ended = run(shop, endpoint)
    assert (ended.code, says in ended.stdout + ended.stderr) == (code, True), ended


@pytest.mark.parametrize(
    "versions", [{"pytest": "6.2.5", "coverage": "7.6.1"}, {"coverage": "6.4", "pytest": "8.0"}]
)
def test_a_project_whose_pytest_or_coverage_is_too_old(shop, endpoint, tmp_path, versions):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    [packages] = (tmp_path / "venv").glob("lib/python*/site-packages")
    for name, version in versions.items():
        (packages / f"{name}-{version}.dist-info").mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (packages / f"{name}-{version}.dist-info" / "METADATA").write_text(metadata)
    shop.python = tmp_path / "venv" / "bin" / "python"
    ended = run(shop, endpoint)
    old = " ".join(next(iter(versions.items())))
    assert (ended.code, f"{old} in the project's Python" in ended.stderr) == (3, True), ended


GIVEN = {
    "is not there": (None, "cannot be read: No such file or directory"),
    "is empty": (b"", "holds no test"),
    "has no test": (b"LIMIT = 3\n", "holds no test"),
    "is no text": (b"\xff\xfe", "is not UTF-8"),
}


@pytest.mark.parametrize("name", GIVEN)
def test_a_file_of_candidates_that(shop, endpoint, tmp_path, name):
    content, says = GIVEN[name]
    if content is not None:
        (tmp_path / "given.py").write_bytes(content)
    ended = run(shop, endpoint, "keep", str(tmp_path / "given.py"))
    assert (ended.code, says in ended.stderr) == (2, True), ended


def test_a_source_in_another_encoding_than_it_says(shop, endpoint):
    shop.source.write_bytes("x = 'ä'\n".encode("latin-1"))
    ended = run(shop, endpoint)
    assert (ended.code, "cannot be parsed" in ended.stderr) == (2, True)


def test_a_source_in_latin_1_that_says_so(shop, endpoint):
    shop.source.write_bytes(b"# -*- coding: latin-1 -*-\n# \xe4\n" + shop.source.read_bytes())
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    assert shop.testgen("--max-iterations", "1", endpoint=endpoint).code == 0
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()


# Flags given last win over those of Shop.command.
FLAGS = {
    "a folder as source": (("--source-file", "src"), 2, "--test-file goes with one source file"),
    "a source that is not Python": (("--source-file", "pyproject.toml"), 2, "not a Python file"),
    "a source outside the project": (("--source-file", "/nowhere/x.py"), 2, "does not exist"),
    "the source as test file": (("--test-file", "src/shop/cart.py"), 2, "is the source file"),
    "a folder as test file": (("--test-file", "tests"), 2, "is a folder"),
    "no such interpreter": (("--python", "python9.9"), 3, "no interpreter python9.9"),
    "an interpreter that is none": (("--python", "/bin/false"), 3, "does not run"),
    "a test command that is not pytest": (("--test-command", "make test"), 2, "is not pytest, so"),
    "an unknown function": (("--function", "totel"), 2, "Did you mean total?"),
    "pytest arguments that are wrong": (("--test-command", "pytest --nonsense"), 3, "--nonsense"),
    "an instruction file that is not there": (("--additional-instructions", "@nowhere.txt"), 2, "nowhere"),
    "an included file that is not there": (("--included-files", "nowhere.txt"), 2, "nowhere.txt"),
    "an included file that is not text": (("--included-files", "bytes.bin"), 2, "bytes.bin"),
    "a folder of prompts that is not there": (("--prompts-dir", "nowhere"), 2, "nowhere"),
    "a report nobody can write": (("--report", "json:src"), 2, "is a folder"),
}  # fmt: skip


@pytest.mark.parametrize("name", FLAGS)
def test_the_flags_name(shop, endpoint, name):
    flags, code, says = FLAGS[name]
    (shop.root / "bytes.bin").write_bytes(b"\xff\xfe\x00")
    shop.flags = flags
    ended = run(shop, endpoint)
    assert (ended.code, says in ended.stderr) == (code, True), ended


def test_a_source_outside_the_named_folder(shop, endpoint):
    ended = run(shop, endpoint, "--cwd", "tests")
    assert (ended.code, "outside the project" in ended.stderr) == (2, True)


TEST_FILES = {
    "is red": ("def test_red():\n    assert 0\n", "test_red"),
    "cannot be imported": ("import nowhere\n", "nowhere"),
    "has a broken fixture": ("def test_x(nothing): pass\n", "test_x"),
    "ends its process": ("import os\nos._exit(0)\n", "exit code 0"),
}


@pytest.mark.parametrize("name", TEST_FILES)
def test_a_test_file_that(shop, endpoint, name):
    text, says = TEST_FILES[name]
    shop.test_file.write_text(text)
    ended = run(shop, endpoint)
    assert (ended.code, says in ended.stderr) == (3, True), ended


def test_a_test_file_with_a_syntax_error(shop, endpoint):
    shop.test_file.write_text("def test_x(:\n")
    ended = run(shop, endpoint)
    assert ended.code == 2
    assert "test_cart.py" in ended.stderr


def test_a_read_only_test_file(shop, endpoint):
    shop.test_file.chmod(0o444)
    ended = run(shop, endpoint)
    assert (ended.code, "read-only" in ended.stderr) == (2, True)


def test_a_suite_that_never_ends(shop, endpoint):
    shop.test_file.write_text("def test_x():\n    while True: pass\n")
    ended = run(shop, endpoint, "--suite-timeout", "2")
    assert (ended.code, "longer than 2 s" in ended.stderr) == (3, True)


def test_an_interpreter_without_pytest(shop, endpoint, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    shop.flags = ("--python", str(tmp_path / "bare/bin/python"))
    ended = run(shop, endpoint)
    assert ended.code == 3
    assert f"{tmp_path}/bare/bin/python -m pip install pytest coverage" in ended.stderr


def test_a_source_that_the_coverage_settings_leave_out(shop, endpoint):
    shop.write({".coveragerc": "[run]\nomit = */cart.py\n"})
    ended = run(shop, endpoint)
    assert (ended.code, "omit" in ended.stderr) == (3, True)


def test_no_key(shop, endpoint):
    before = shop.files()
    ended = shop.testgen(API_KEY="")
    assert (ended.code, shop.files()) == (4, before)
    assert "API_KEY" in ended.stderr


def test_settings_of_the_project_are_respected(shop, endpoint):
    shop.write(
        {
            "pyproject.toml": """
                [tool.pytest.ini_options]
                pythonpath = ["src"]
                addopts = "-q --strict-markers -p no:cacheprovider"
                filterwarnings = ["error"]
                [tool.coverage.run]
                branch = false
                source = ["tests"]
            """
        }
    )
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    assert shop.testgen("--max-iterations", "1", endpoint=endpoint).code == 0
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()


def test_run_from_another_folder_without_git(shop, endpoint, tmp_path):
    assert not os.path.exists(shop.root / ".git")  # noqa: PTH110
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    ended = subprocess.run(
        [sys.executable, "-m", "testgen", "--source-file", "project/src/shop/cart.py",
         "--python", shop.python, "--api-base", endpoint.url, "--max-iterations", "1"],
        cwd=tmp_path, env=shop.environ(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()
