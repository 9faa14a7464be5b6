"""Rules against tests that remove or write what is not theirs."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence

from testgen.languages.python.assertions import Subject
from testgen.languages.python.checks.commands import Command, commands
from testgen.languages.python.checks.places import Place, Places
from testgen.languages.python.checks.rule import Rule

# Functions and which of their arguments are paths that they change.
_REMOVERS: Mapping[str, tuple[int, ...]] = {
    "os.remove": (0,),
    "os.unlink": (0,),
    "os.rmdir": (0,),
    "os.removedirs": (0,),
    "shutil.rmtree": (0,),
    "shutil.move": (0,),
}
_WRITERS: Mapping[str, tuple[int, ...]] = {
    "os.mkdir": (0,),
    "os.makedirs": (0,),
    "os.rename": (0, 1),
    "os.renames": (0, 1),
    "os.replace": (0, 1),
    "os.symlink": (1,),
    "os.link": (1,),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.mkfifo": (0,),
    "shutil.move": (1,),
    "shutil.copy": (1,),
    "shutil.copy2": (1,),
    "shutil.copyfile": (1,),
    "shutil.copytree": (1,),
    "shutil.unpack_archive": (1,),
    "sqlite3.connect": (0,),
    "shelve.open": (0,),
    "logging.FileHandler": (0,),
}
_OPENERS = frozenset(
    {
        "open",
        "io.open",
        "codecs.open",
        "gzip.open",
        "bz2.open",
        "lzma.open",
        "tarfile.open",
        "zipfile.ZipFile",
    }
)
_OF_PATHS = re.compile(r"pathlib\.\w*Path\b.*\.(\w+)$")
_PATH_REMOVERS = frozenset({"unlink", "rmdir"})
_PATH_WRITERS = frozenset(
    {"write_text", "write_bytes", "touch", "mkdir", "rename", "replace", "symlink_to", "hardlink_to", "chmod"}
)
_PATH_WORDS = frozenset({"path", "file", "filename", "name", "src", "dst", "target", "database"})
_WRITING = re.compile(r"[rbt]*[waxU+][rbt+]*(:\w*)?|r[bt]*\+[bt]*")
_READING_GIT = re.compile(
    r"-*(version|help|status|log|diff|show|rev-parse|ls-files|describe|blame|remote|branch)$"
)
_NO_FILES = frozenset({":memory:", ""})


def _removes_outside(subject: Subject) -> bool:
    places = Places(subject.meaning)
    return any(_changes(places, call, _REMOVERS, _PATH_REMOVERS) for call in places.meaning.calls) or any(
        command.program in {"rm", "rmdir", "shred", "unlink"} and _leads_outside(places, command)
        for command in commands(places.meaning)
    )


def _writes_outside(subject: Subject) -> bool:
    places = Places(subject.meaning)
    return any(
        _changes(places, call, _WRITERS, _PATH_WRITERS) or _opens_to_write(places, call)
        for call in places.meaning.calls
    ) or any(
        command.program == "git" and _changes_a_repository(places, command)
        for command in commands(places.meaning)
    )


def _changes(
    places: Places, call: ast.Call, functions: Mapping[str, tuple[int, ...]], methods: frozenset[str]
) -> bool:
    """Whether a call of one of the functions, or methods of a path, changes something outside."""
    path = places.meaning.path(call.func)
    if places.meaning.replaces(path):
        return False
    if path in functions:
        targets = [call.args[index] for index in functions[path] if index < len(call.args)]
        return any(_is_outside(places, target) for target in (*targets, *_named(call, _PATH_WORDS)))
    return _method(path) in methods and _is_outside(places, call.func)


def _method(path: str) -> str:
    """The name of a method of a path object; "" for all else."""
    found = _OF_PATHS.match(path)
    return found[1] if found else ""


def _named(call: ast.Call, words: Collection[str]) -> list[ast.expr]:
    return [word.value for word in call.keywords if word.arg in words]


def _is_outside(places: Places, target: ast.expr) -> bool:
    nothing = isinstance(target, ast.Constant) and target.value in _NO_FILES
    return not nothing and places.of(target) is Place.OUTSIDE


def _opens_to_write(places: Places, call: ast.Call) -> bool:
    path = places.meaning.path(call.func)
    if places.meaning.replaces(path):
        return False
    if _method(path) == "open":
        return _writes(call, call.args[:1]) and _is_outside(places, call.func)
    opened = call.args[:1] if path in _OPENERS else []
    return _writes(call, call.args[1:2]) and any(_is_outside(places, target) for target in opened)


def _writes(call: ast.Call, mode: Sequence[ast.expr]) -> bool:
    modes = [one.value for one in (*mode, *_named(call, ("mode",))) if isinstance(one, ast.Constant)]
    return any(_WRITING.fullmatch(str(mode)) for mode in modes)


def _leads_outside(places: Places, command: Command) -> bool:
    where = (*command.call.args, *_named(command.call, ("cwd",)))
    return places.of(*where) is not Place.INSIDE and not places.are_elsewhere


def _changes_a_repository(places: Places, command: Command) -> bool:
    reads = not command.words or any(map(_READING_GIT.match, command.words[:1]))
    where = _named(command.call, ("cwd",))
    in_doubt = where and places.of(*where) is Place.UNKNOWN
    return not reads and not in_doubt and _leads_outside(places, command)


RULES = (
    Rule(
        "removes files outside its temporary folder",
        _removes_outside,
        refused=(
            "def test_x():\n    shutil.rmtree('build')\n    assert f() == 1",
            "import shutil as s\nfrom pathlib import Path\n\ndef test_x():\n"
            "    s.rmtree(Path.home() / name())\n    assert f() == 1",
            "def test_x(tmp_path):\n    shutil.rmtree(tmp_path / '..' / '..')\n    assert f() == 1",
            "from os import remove\n\ndef test_x():\n    save()\n    remove('out.json')\n    assert f() == 1",
            "from pathlib import Path\n\ndef test_x():\n    for path in Path('.').glob('*.py'):\n"
            "        path.unlink()\n    assert f() == 1",
            "import os, shutil\n\ndef clean():\n    shutil.rmtree(os.path.expanduser('~'))\n\n"
            "def test_x():\n    clean()\n    assert f() == 1",
            "import os\n\nclass TestX(TestCase):\n    def tearDown(self):\n"
            "        os.remove(shop.__file__)\n\n    def test_x(self):\n"
            "        self.assertEqual(f(), 1)",
            "import os\n\ndef test_x():\n    os.system('cd / && rm -rf *')\n    assert f() == 1",
            "import subprocess\n\ndef test_x():\n    subprocess.run(['rm', '-rf', '/'])\n    assert f() == 1",
            "import shutil\n\ndef test_x():\n    getattr(shutil, 'rmtree')('/home')\n    assert f() == 1",
            "def test_x():\n    __import__('shutil').rmtree('/home')\n    assert f() == 1",
            "import subprocess, sys\n\ndef test_x():\n"
            "    subprocess.run([sys.executable, '-c', 'import os; os.remove(\"shop.py\")'])\n"
            "    assert f() == 1",
        ),
        accepted=(
            "def test_x(tmp_path):\n    path = tmp_path / 'a'\n    path.touch()\n    path.unlink()\n"
            "    assert load(path) is None",
            "import os\n\ndef test_x(tmpdir):\n    name = os.path.join(str(tmpdir), 'a')\n    save(name)\n"
            "    os.remove(name)\n    assert load(name) is None",
            "import os, tempfile\n\ndef test_x():\n"
            "    with tempfile.NamedTemporaryFile(delete=False) as file:\n        save(file.name)\n"
            "    assert load(file.name)\n    os.unlink(file.name)",
            "import shutil, tempfile\n\nclass TestX(TestCase):\n    def setUp(self):\n"
            "        self.folder = tempfile.mkdtemp()\n\n    def tearDown(self):\n"
            "        shutil.rmtree(self.folder)\n\n    def test_x(self):\n        self.assertEqual(f(), 1)",
            "import os\n\ndef test_x(tmp_path, monkeypatch):\n    monkeypatch.chdir(tmp_path)\n    save()\n"
            "    os.remove('out.json')\n    assert f() == 1",
            "import os\nfrom unittest.mock import patch\n\n@patch('shop.os.remove')\ndef test_x(remove):\n"
            "    os.remove('a')\n    assert f(remove) == 1",
            "def test_x(cart):\n    cart.remove('apple')\n    assert cart.names == []",
            "import shutil\n\ndef test_x(workdir):\n    shutil.rmtree(workdir)\n"
            "    assert f(workdir) is None",
        ),
    ),
    Rule(
        "writes files outside its temporary folder",
        _writes_outside,
        refused=(
            "def test_x():\n    with open('data.json', 'w') as file:\n        file.write('1')\n"
            "    assert f() == 1",
            "from pathlib import Path\n\ndef test_x():\n    Path('conftest.py').write_text('x = 1')\n"
            "    assert f() == 1",
            "import os\n\ndef test_x():\n    os.makedirs('data/a')\n    assert f() == 1",
            "import shutil\n\ndef test_x(tmp_path):\n    shutil.copy(tmp_path / 'a', '/etc/passwd')\n"
            "    assert f() == 1",
            "def test_x(tmp_path):\n    open(f'{tmp_path}/../../a', 'wb').close()\n    assert f() == 1",
            "from pathlib import Path\n\nHERE = Path(__file__).parent\n\ndef test_x():\n"
            "    (HERE / 'a.txt').open('a').write('1')\n    assert f() == 1",
            "import subprocess\n\ndef test_x():\n    subprocess.run(['git', 'checkout', '.'], check=True)\n"
            "    assert f() == 1",
        ),
        accepted=(
            "def test_x(tmp_path):\n    file = tmp_path / 'a.json'\n    file.write_text('1')\n"
            "    assert load(file) == 1",
            "def test_x(tmp_path):\n    with open(tmp_path / 'a', 'w') as file:\n        save(file)\n"
            "    assert load(file.name) == 1",
            "import os\n\ndef test_x(tmp_path):\n    old = os.getcwd()\n    os.chdir(tmp_path)\n"
            "    try:\n        open('a', 'w').close()\n        assert f() == 1\n"
            "    finally:\n        os.chdir(old)",
            "from click.testing import CliRunner\n\ndef test_x():\n    runner = CliRunner()\n"
            "    with runner.isolated_filesystem():\n        open('a', 'w').close()\n"
            "        assert runner.invoke(main).exit_code == 0",
            "def test_x(runner):\n    open('a', 'w').close()\n    assert runner.invoke(main).exit_code == 0",
            "@pytest.mark.usefixtures('in_tmp_dir')\ndef test_x():\n    open('a', 'w').close()\n"
            "    assert f() == 1",
            "def test_x():\n    with open('tests/data.json') as file:\n        assert load(file) == 1",
            "from unittest.mock import mock_open, patch\n\ndef test_x():\n"
            "    with patch('builtins.open', mock_open()) as opened:\n        open('a', 'w')\n"
            "    assert f(opened) == 1",
            "import sqlite3\n\ndef test_x():\n    assert f(sqlite3.connect(':memory:')) == 1",
            "import subprocess\n\ndef test_x(tmp_path):\n    subprocess.run(['git', 'init'], cwd=tmp_path)\n"
            "    assert f(tmp_path) == 1",
            "import subprocess\n\ndef test_x():\n"
            "    out = subprocess.check_output(['git', 'rev-parse', 'HEAD'])\n    assert f() == out",
            "def test_x():\n    assert 'a b'.replace('a', 'open') == f('w')",
        ),
    ),
)
