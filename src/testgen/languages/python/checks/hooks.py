"""Rules against tests that reach into the interpreter or the test runner, or that hide what they run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from testgen.languages.python.assertions import Subject
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.meaning import Meaning

_RUNNER = r"(pytest|_pytest|pluggy|coverage|testgen_worker|unittest(?!\.mock))\."
_HOOKS = re.compile(
    r"(sys|threading)\.(settrace|setprofile|settrace_all_threads|setprofile_all_threads)$"
    r"|sys\.(monitoring\.\w+|addaudithook|_getframe\b.*\.f_(back|trace)\b.*|_current_frames|call_tracing)$"
    r"|sys\.modules\.(clear|popitem)$|faulthandler\.(dump_traceback_later|register|_\w+)$|gc\.get_objects$|site\.(main|addsitedir|execsitecustomize)$"
    r"|ctypes\.(pythonapi\b.*|CDLL|PyDLL|cdll\b.*|memset|memmove|string_at|util\.find_library)$"
    r"|coverage\.(Coverage\.current|process_startup)\b.*$"
)
_LISTS_OF_HOOKS = re.compile(r"sys\.(meta_path|path_hooks|path_importer_cache)\b")
_CHANGING = re.compile(r".*\.(append|insert|extend|remove|pop|clear|update|setdefault)$")
_GUARDED = re.compile(rf"{_RUNNER}(?!.*\bmaxDiff$)|sys\.(meta_path|path_hooks)\b")
_GUARDED_MODULE = re.compile(rf"{_RUNNER}".replace(r"\.", r"(\.|$)"))
_AT_EXIT = re.compile(r"(os|subprocess|shutil|multiprocessing|socket)\.")
_DECODERS = re.compile(
    r"base64\.\w*decode\w*$|(binascii\.(unhexlify|a2b_\w+)|bytes\.fromhex|codecs\.decode|zlib\.decompress|marshal\.loads|gzip\.decompress|lzma\.decompress|bz2\.decompress)$"
)
_RUNNERS = frozenset({"exec", "eval", "compile", "pickle.loads", "types.FunctionType", "types.CodeType"})


def _reaches_into_the_runner(subject: Subject) -> bool:
    meaning = subject.meaning
    return (
        any(_calls_a_hook(meaning, call) for call in meaning.calls)
        or any(map(_GUARDED.match, meaning.replaced))
        or any(map(_GUARDED.match, _assigned(meaning)))
    )


def _calls_a_hook(meaning: Meaning, call: ast.Call) -> bool:
    path = meaning.path(call.func)
    if meaning.replaces(path):
        return False
    if path in ("importlib.reload", "sys.modules.pop", "delattr", "atexit.register"):
        return any(_is_guarded(meaning, path, argument) for argument in call.args[:1])
    listed = _LISTS_OF_HOOKS.match(path) and _CHANGING.match(path)
    return bool(listed or _HOOKS.match(path))


def _is_guarded(meaning: Meaning, function: str, argument: ast.expr) -> bool:
    """Whether what is reloaded or taken away is the runner's, or what is left for the end ends others."""
    if function == "atexit.register":
        return bool(_AT_EXIT.match(meaning.path(argument)))
    name = argument.value if isinstance(argument, ast.Constant) else meaning.path(argument)
    return bool(_GUARDED_MODULE.match(str(name)))


def _assigned(meaning: Meaning) -> Iterator[str]:
    """The paths in modules that get another value: their attributes, and the modules in `sys.modules`."""
    for node in meaning.own:
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str(name)), ctx=ast.Store() | ast.Del()):
                yield f"{name}." if meaning.path(value) == "sys.modules" else ""
            case ast.Attribute(ctx=ast.Store() | ast.Del()) if _is_of_a_module(meaning, node):
                yield meaning.path(node)
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()) if _is_of_a_module(meaning, value):
                yield meaning.path(value)


def _is_of_a_module(meaning: Meaning, node: ast.AST) -> bool:
    """Whether a node is a chain of names that begins with an imported one: no part of a value made here."""
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Subscript):
        return bool(meaning.path(node))  # `sys.modules["x"]`
    return isinstance(node, ast.Name) and not meaning.bound_to(node.id)


def _runs_what_it_decodes(subject: Subject) -> bool:
    meaning = subject.meaning
    return any(
        any(map(_DECODERS.match, meaning.origin(*call.args).paths))
        for call in meaning.calls
        if meaning.path(call.func) in _RUNNERS
    )


RULES = (
    Rule(
        "reaches into the interpreter or the test runner",
        _reaches_into_the_runner,
        refused=(
            "import sys\n\ndef test_x():\n    sys.settrace(None)\n    assert f() == 1",
            "import threading as t\n\ndef test_x():\n    t.setprofile(lambda *_: None)\n    assert f() == 1",
            "import sys\n\ndef test_x():\n    sys.meta_path.insert(0, Finder())\n    assert f() == 1",
            "import sys\n\ndef test_x():\n    sys.path_hooks[:] = []\n    assert f() == 1",
            "import importlib, coverage\n\ndef test_x():\n    importlib.reload(coverage)\n"
            "    assert f() == 1",
            "import _pytest.runner\n\ndef test_x():\n    _pytest.runner.pytest_runtest_call = print\n"
            "    assert f() == 1",
            "def test_x(monkeypatch):\n    monkeypatch.setattr('_pytest.reports.TestReport.passed', True)\n"
            "    assert f() == 1",
            "import coverage\n\ndef test_x():\n    coverage.Coverage.current().stop()\n    assert f() == 1",
            "import ctypes\n\ndef test_x():\n    ctypes.string_at(0)\n    assert f() == 1",
            "import gc\n\ndef test_x():\n    for one in gc.get_objects():\n        one.x = 1\n"
            "    assert f() == 1",
            "import atexit, os\n\ndef test_x():\n    atexit.register(os.system, 'sleep 9 &')\n"
            "    assert f() == 1",
            "import faulthandler\n\ndef test_x():\n    faulthandler.dump_traceback_later(1, exit=True)\n"
            "    assert f() == 1",
            "import sys\n\ndef test_x():\n    del sys.modules['pytest']\n    assert f() == 1",
            "import sys\n\ndef test_x():\n    sys.modules['testgen_worker.record'].failed = print\n"
            "    assert f() == 1",
            "import unittest\n\ndef test_x():\n    unittest.TestCase.assertEqual = print\n"
            "    assert f() == 1",
        ),
        accepted=(
            "import gc\n\ndef test_x():\n    gc.collect()\n    assert gc.get_referrers(f) == []\n"
            "    assert f() == 1",
            "import sys\n\ndef test_x(monkeypatch):\n    monkeypatch.setitem(sys.modules, 'numpy', None)\n"
            "    assert f() == 1",
            "import importlib, shop\n\ndef test_x():\n    importlib.reload(shop)\n    assert shop.f() == 1",
            "import sys\n\ndef test_x(monkeypatch):\n    monkeypatch.setattr(sys, 'argv', ['a'])\n"
            "    assert main() == 1",
            "import ctypes\n\ndef test_x():\n    assert f(ctypes.c_int(3)) == 3",
            "import faulthandler\n\ndef test_x():\n    faulthandler.enable()\n    assert f() == 1",
            "import atexit\nfrom unittest.mock import patch\n\ndef test_x():\n"
            "    with patch('atexit.register') as register:\n        start()\n"
            "    register.assert_called_once()",
            "import unittest\n\nclass TestX(unittest.TestCase):\n    maxDiff = None\n\n"
            "    def test_x(self):\n        self.assertEqual(f(), 1)",
            "from unittest import mock\n\ndef test_x():\n    pay = mock.Mock()\n    pay.return_value = 3\n"
            "    assert f(pay) == 3",
            "import unittest\n\nunittest.TestCase.maxDiff = None\n\ndef test_x():\n"
            "    unittest.TestCase.maxDiff = 9\n    assert f() == 1",
            "def test_x():\n    with pytest.raises(ValueError) as caught:\n        f()\n"
            "    caught.value.shown = True\n    assert 'x' in str(caught.value)",
        ),
    ),
    Rule(
        "runs code that it decodes first",
        _runs_what_it_decodes,
        refused=(
            "import base64\n\ndef test_x():\n    exec(base64.b64decode('cHJpbnQoMSk='))\n    assert f() == 1",
            "from codecs import decode\n\nCODE = decode('cevag(1)', 'rot13')\n\ndef test_x():\n"
            "    eval(CODE)\n    assert f() == 1",
            "def test_x():\n    exec(bytes.fromhex('7072696e742831'))\n    assert f() == 1",
        ),
        accepted=(
            "import base64\n\ndef test_x():\n    assert base64.b64decode(f('a')) == b'a'",
            "def test_x():\n    space = {}\n    exec(source(), space)\n    assert space['x'] == 1",
            "import pickle\n\ndef test_x():\n    assert pickle.loads(pickle.dumps(f())) == f()",
        ),
    ),
)
