"""A rule against tests that read keys and other secrets of the user."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from testgen.languages.python.assertions import Subject
from testgen.languages.python.checks.commands import commands
from testgen.languages.python.checks.places import Place, Places
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.meaning import Meaning
from testgen.languages.python.names import last_name
from testgen.providers.keys import is_secret_name

_ENVIRONS = frozenset({"os.environ", "os.environb"})
_GETTERS = re.compile(r"os\.getenvb?$|os\.environb?\.(get|pop|setdefault|__getitem__)$")
_SETTERS = re.compile(r"(setenv|delenv|setitem|delitem|putenv|update)$")
_SHOWN_BY = frozenset(
    {"print", "str", "repr", "format", "json.dumps", "json.dump", "pprint.pprint", "pprint.pformat"}
)
_SENT_BY = frozenset(
    {"write", "write_text", "writelines", "send", "sendall", "post", "put", "info", "debug", "join"}
)
_SECRET_FILE = re.compile(
    r"(^|.*[/\\])(\.env(\.\w+)?|\.netrc|_netrc|\.pgpass|\.pypirc|\.npmrc|\.git-credentials|id_(rsa|dsa|ecdsa|ed25519)|shadow"
    r"|\.(ssh|aws|gnupg|kube|docker|azure)([/\\].*)?|\.config[/\\]gcloud.*|proc[/\\][^/\\]*[/\\]?(environ|mem|maps)?)$"
)
_READERS = re.compile(
    r"(io\.|os\.|codecs\.)?open$|pathlib\.\w*Path\b.*\.(open|read_text|read_bytes|iterdir|glob|rglob)$"
    r"|shutil\.(copy\w*|move)$|os\.(sym)?link$|os\.(listdir|walk|scandir)$|glob\.i?glob$|fileinput\.input$|linecache\.getlines?$"
)
_SECRETS_OF_THE_USER = re.compile(r"keyring\.get_(password|credential)$|netrc\.netrc$|getpass\.getpass$")
_DOTENV = re.compile(r"dotenv\.(main\.)?(load_dotenv|dotenv_values|find_dotenv|get_key)$")


def _reads_secrets(subject: Subject) -> bool:
    meaning = subject.meaning
    readings = (_variables, _whole_environments, _files, _commands)
    return any(any(reading(meaning)) for reading in readings)


def _variables(meaning: Meaning) -> Iterator[bool]:
    """Whether one variable that names a secret is read which the test has not set itself."""
    own = _set_by_the_test(meaning)
    for name in _read_variables(meaning):
        origin = meaning.origin(name)
        yield any(is_secret_name(text) and text not in own for text in origin.texts)
        yield _is_each(meaning, name)


def _read_variables(meaning: Meaning) -> Iterator[ast.expr]:
    unused = {id(node.value) for node in meaning.nodes if isinstance(node, ast.Expr)}
    for node in meaning.nodes:
        match node:
            case ast.Subscript(value=value, slice=name, ctx=ast.Load()) if meaning.path(value) in _ENVIRONS:
                yield name
            case ast.Call(func=func, args=[name, *_]) if _GETTERS.match(meaning.path(func)):
                if id(node) not in unused:  # `os.environ.pop("API_KEY", None)` only takes it away
                    yield name


def _is_each(meaning: Meaning, name: ast.expr) -> bool:
    """Whether a name stands for that of every variable in turn."""
    looped = meaning.bound_to(name.id) if isinstance(name, ast.Name) else ()
    return any(meaning.path(value).removesuffix(".keys") in _ENVIRONS for value in looped)


def _set_by_the_test(meaning: Meaning) -> frozenset[str]:
    given: list[ast.AST] = []
    for node in meaning.nodes:
        match node:
            case ast.Call() if _SETTERS.match(last_name(node)) or meaning.path(node).endswith("patch.dict"):
                given += [*node.args, *(word.value for word in node.keywords)]
            case ast.Subscript(value=value, slice=name, ctx=ast.Store() | ast.Del()):
                given += [name] if meaning.path(value) in _ENVIRONS else []
    names = {word.arg for call in meaning.calls for word in call.keywords if word.arg}
    return meaning.origin(*given).texts | names


def _whole_environments(meaning: Meaning) -> Iterator[bool]:
    """Whether all variables with their values are shown, sent away or gone through."""
    for node in meaning.nodes:
        match node:
            case ast.Call(func=func, args=args) if _passes_on(meaning, func):
                yield any(meaning.path(argument) in _ENVIRONS for argument in args)
            case ast.FormattedValue(value=value):
                yield meaning.path(value) in _ENVIRONS
            case ast.For(iter=ast.Call() as call) | ast.comprehension(iter=ast.Call() as call):
                yield meaning.path(call) in {
                    f"{one}.{view}" for one in _ENVIRONS for view in ("items", "values")
                }


def _passes_on(meaning: Meaning, function: ast.expr) -> bool:
    return meaning.path(function) in _SHOWN_BY or last_name(function) in _SENT_BY


def _files(meaning: Meaning) -> Iterator[bool]:
    places = Places(meaning)
    for call in meaning.calls:
        path = meaning.path(call.func)
        if meaning.replaces(path):
            continue
        if _READERS.match(path):
            yield _is_secret_file(places, call.func, *call.args[:1])
        elif _DOTENV.match(path):
            yield _reads_the_users_dotenv(places, call)
        yield bool(_SECRETS_OF_THE_USER.match(path)) and not call.args


def _is_secret_file(places: Places, *nodes: ast.AST) -> bool:
    secret = any(map(_SECRET_FILE.match, places.meaning.origin(*nodes).texts))
    return secret and places.of(*nodes) is Place.OUTSIDE


def _reads_the_users_dotenv(places: Places, call: ast.Call) -> bool:
    given = [*call.args, *(word.value for word in call.keywords)]
    return _is_secret_file(places, *given) if given else not places.are_elsewhere


def _commands(meaning: Meaning) -> Iterator[bool]:
    for command in commands(meaning):
        yield command.program == "printenv" or (command.program in ("env", "set") and not command.words)
        yield any(map(_SECRET_FILE.match, command.words)) and command.program in (
            "cat",
            "cp",
            "tar",
            "grep",
            "less",
        )


RULES = (
    Rule(
        "reads keys or other secrets of the user",
        _reads_secrets,
        refused=(
            "import os\n\ndef test_x():\n    assert f(os.environ['API_KEY']) == 1",
            "from os import environ as e\n\ndef test_x():\n    assert f(e.get('OPENAI_API_KEY')) == 1",
            "import os\n\nNAME = 'GITHUB_TOKEN'\n\ndef test_x():\n    assert f(os.getenv(NAME)) == 1",
            "import os\n\ndef test_x():\n    print(dict(os.environ))\n    assert f() == 1",
            "import os\n\ndef test_x():\n    for name, value in os.environ.items():\n"
            "        print(name, value)\n    assert f() == 1",
            "import os\n\ndef test_x():\n    assert [os.environ[name] for name in os.environ] == f()",
            "import os\n\ndef test_x(tmp_path):\n    (tmp_path / 'a').write_text(f'{os.environ}')\n"
            "    assert f() == 1",
            "from pathlib import Path\n\ndef test_x():\n"
            "    key = (Path.home() / '.ssh' / 'id_rsa').read_text()\n    assert f(key) == 1",
            "def test_x():\n    assert f(open('/proc/self/environ').read()) == 1",
            "def test_x():\n    assert f(open('.env').read()) == 1",
            "from dotenv import load_dotenv\n\ndef test_x():\n    load_dotenv()\n    assert f() == 1",
            "import subprocess\n\ndef test_x():\n    assert f(subprocess.check_output('printenv')) == 1",
            "import subprocess, sys\n\ndef test_x():\n"
            "    subprocess.run([sys.executable, '-c', 'import os; print(os.environ)'])\n    assert f() == 1",
        ),
        accepted=(
            "def test_x(monkeypatch):\n    monkeypatch.setenv('API_KEY', 'x')\n    assert key() == 'x'",
            "import os\n\ndef test_x(monkeypatch):\n    monkeypatch.setenv('API_KEY', 'x')\n    load()\n"
            "    assert os.environ['API_KEY'] == 'x'",
            "import os\nfrom unittest.mock import patch\n\ndef test_x():\n"
            "    with patch.dict(os.environ, {'API_KEY': 'x'}, clear=True):\n"
            "        assert os.environ['API_KEY'] == key()",
            "import os\n\ndef test_x():\n    os.environ.pop('API_KEY', None)\n    assert key() is None",
            "import os\n\ndef test_x():\n    assert os.environ['PYTHONHASHSEED'] == f()",
            "import os, subprocess, sys\n\ndef test_x():\n    env = dict(os.environ, SHOP='1')\n"
            "    assert subprocess.run([sys.executable, '-c', 'import shop'], env=env).returncode == 0",
            "def test_x(tmp_path):\n    (tmp_path / '.env').write_text('A=1')\n"
            "    assert load((tmp_path / '.env').read_text()) == {'A': '1'}",
            "from dotenv import dotenv_values\n\ndef test_x(tmp_path):\n"
            "    assert dotenv_values(tmp_path / '.env') == f()",
            "import dotenv\n\ndef test_x():\n    assert dotenv.load_dotenv('not_there') is f()",
            "def test_x():\n    assert settings({'API_KEY': 'x'})['API_KEY'] == 'x'",
            "import os\n\ndef test_x():\n    old = {name: os.environ.get(name) for name in NAMES}\n"
            "    assert f() == 1\n    for name, value in old.items():\n        os.environ[name] = value",
            "import os\n\ndef test_x():\n    assert 'API_KEY' not in os.environ\n    assert f() == 1",
        ),
    ),
)
