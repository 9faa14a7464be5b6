"""A rule against tests that end processes: others', or the one that they run in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from testgen.languages.python.assertions import Subject
from testgen.languages.python.checks.commands import commands
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.meaning import Meaning
from testgen.languages.python.names import FUNCTIONS, last_name

_SIGNALLING = frozenset({"os.kill", "os.killpg"})
_ENDING = frozenset({"os._exit", "os.abort"})
_LEAVING = frozenset({"sys.exit", "exit", "quit"})
_UNSTOPPABLE = frozenset({"signal.SIGKILL", "signal.SIGSTOP", "signal.SIGABRT"})
_STARTED = re.compile(
    r"subprocess\.|multiprocessing\.|os\.fork|asyncio\.create_subprocess|pexpect\.|pty\.|\?"
)
_KILLING = re.compile(r"psutil\.(\w+\.)*(kill|terminate|suspend|send_signal)$")
_KILLERS = frozenset({"kill", "pkill", "killall", "shutdown", "reboot", "halt", "poweroff", "systemctl"})
_EXPECTING = re.compile(r".*raises", re.IGNORECASE)
_INNER = (*FUNCTIONS, ast.Lambda, ast.ClassDef)


def _ends_processes(subject: Subject) -> bool:
    meaning = subject.meaning
    return (
        any(_kills(meaning, call) for call in meaning.calls)
        or any(command.program in _KILLERS for command in commands(meaning))
        or (not _forks(meaning) and any(_is_an_end(meaning, node) for node in meaning.own))
        or any(_leaves(meaning, node) for node in _unexpected(subject.test.body))
    )


def _kills(meaning: Meaning, call: ast.Call) -> bool:
    path = meaning.path(call.func)
    if meaning.replaces(path):
        return False
    if path not in _SIGNALLING or not call.args or _only_asks(call):
        return bool(_KILLING.match(path)) and not any(map(_STARTED.match, meaning.origin(call.func).paths))
    paths = meaning.origin(call.args[0]).paths
    itself = path == "os.kill" and meaning.path(call.args[0]) == "os.getpid"
    if itself:
        return bool(meaning.origin(*call.args[1:]).paths & _UNSTOPPABLE)
    return not any(map(_STARTED.match, paths))


def _only_asks(call: ast.Call) -> bool:
    """Whether it sends no signal: 0 only finds out whether the process is there."""
    return len(call.args) > 1 and isinstance(call.args[1], ast.Constant) and call.args[1].value == 0


def _forks(meaning: Meaning) -> bool:
    return any(meaning.path(call.func) == "os.fork" for call in meaning.calls)


def _is_an_end(meaning: Meaning, node: ast.AST) -> bool:
    """Whether a node is one of the functions that end a process at once, called or handed on."""
    if not isinstance(node, ast.Name | ast.Attribute | ast.Call) or not isinstance(
        getattr(node, "ctx", ast.Load()), ast.Load
    ):
        return False
    path = meaning.path(node)
    return path in _ENDING and not meaning.replaces(path)


def _leaves(meaning: Meaning, node: ast.AST) -> bool:
    match node:
        case ast.Raise(exc=ast.expr() as error):
            return meaning.path(error) == "SystemExit"
        case ast.Call(func=function):
            path = meaning.path(function)
            return path in _LEAVING and not meaning.replaces(path)
    return False


def _unexpected(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """What a test does itself, outside of blocks that expect or catch something."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if not isinstance(node, _INNER) and not _expects(node):
            yield node
            pending.extend(ast.iter_child_nodes(node))


def _expects(node: ast.AST) -> bool:
    if isinstance(node, ast.With | ast.AsyncWith):
        return any(_EXPECTING.match(last_name(item.context_expr)) for item in node.items)
    return isinstance(node, ast.Try) and bool(node.handlers)


RULES = (
    Rule(
        "ends processes that it did not start",
        _ends_processes,
        refused=(
            "import os, signal\n\ndef test_x():\n    os.kill(os.getppid(), signal.SIGTERM)\n"
            "    assert f() == 1",
            "from os import killpg as k\n\ndef test_x():\n    k(0, 9)\n    assert f() == 1",
            "import os\n\ndef test_x():\n    assert f() == 1\n    os._exit(0)",
            "import os, threading\n\ndef test_x():\n    threading.Timer(1, os.abort).start()\n"
            "    assert f() == 1",
            "import os, signal\n\ndef test_x():\n    os.kill(os.getpid(), signal.SIGSTOP)\n"
            "    assert f() == 1",
            "import sys\n\ndef test_x():\n    assert f() == 1\n    sys.exit(0)",
            "def test_x():\n    assert f() == 1\n    raise SystemExit",
            "import psutil\n\ndef test_x():\n    for one in psutil.process_iter():\n        one.kill()\n"
            "    assert f() == 1",
            "import os\n\ndef test_x():\n    os.system('pkill -f python')\n    assert f() == 1",
            "import sys\n\ndef test_x():\n    getattr(sys.modules['os'], '_exit')(0)\n    assert f() == 1",
        ),
        accepted=(
            "import sys\n\ndef test_x():\n    with pytest.raises(SystemExit):\n        sys.exit(f())",
            "import sys\n\ndef test_x(monkeypatch):\n    monkeypatch.setattr(os, 'kill', note)\n"
            "    os.kill(1, 9)\n    assert noted() == f()",
            "from unittest.mock import patch\n\ndef test_x():\n    with patch('shop.os._exit') as end:\n"
            "        stop()\n    end.assert_called_once_with(1)",
            "import os, signal\n\ndef test_x():\n    with pytest.raises(KeyboardInterrupt):\n"
            "        os.kill(os.getpid(), signal.SIGINT)\n    assert f() == 1",
            "import os, signal, subprocess\n\ndef test_x():\n    child = subprocess.Popen(command())\n"
            "    os.kill(child.pid, signal.SIGTERM)\n    assert child.wait() == -15",
            "import subprocess, sys\n\ndef test_x():\n"
            "    done = subprocess.run([sys.executable, '-c', 'import os; os._exit(3)'])\n"
            "    assert f(done.returncode) == 3",
            "import sys\n\ndef test_x():\n    def fails():\n        sys.exit(2)\n"
            "    assert guarded(fails) == 2",
            "def test_x(game):\n    game.kill('x')\n    assert game.exit() == 1",
        ),
    ),
)
