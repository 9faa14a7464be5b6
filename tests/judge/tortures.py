"""Candidates that do what tests should not do, or do in an unusual way, and how each has to end.

Every candidate is the `test` of a file that begins with START; the project's conftest is CONFTEST. `says` is
part of the failure's message. A torture that passes is one whose harm must not be felt outside its process.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

from testgen.domain import Outcome

SOURCE = '''
"""Sorting things by size."""
LIMIT = 10


def size(number):
    if number > LIMIT:
        return "large"
    return "small"
'''

CONFTEST = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError("no such thing")

@pytest.fixture
def untidy():
    yield 1
    raise RuntimeError("cannot tidy up")

SET_UP = []

@pytest.fixture(scope="session")
def once():
    SET_UP.append("session")
    yield SET_UP.count("session")
    SET_UP.remove("session")

@pytest.fixture(scope="module")
def once_a_module(once):
    SET_UP.append("module")
    yield SET_UP.count("module")
    assert "session" in SET_UP

@pytest.fixture(scope="session")
def untidy_in_the_end():
    yield 1
    raise RuntimeError("cannot tidy up in the end")
"""

START = "import pytest\nfrom things import size\n\n"
GOOD = f"{START}def test_it():\n    assert size(11) == 'large'\n"


@dataclass(frozen=True, slots=True)
class Torture:
    """One candidate; `body` is the body of its test, or after a `!` all that follows START."""

    name: str
    body: str
    outcome: Outcome
    says: str = ""
    test: str = "test_it"

    @property
    def content(self) -> bytes:
        whole, body = self.body.startswith("!"), dedent(self.body.lstrip("!")).strip()
        if whole:
            return f"{START}{body}\n".encode()
        lines = "\n    ".join(body.splitlines())
        return f"{START}def test_it():\n    {lines}\n    assert size(1) == 'small'\n".encode()


IGNORE_ALL = """
import signal
for number in range(1, 32):
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_IGN)
while True: pass
"""

P, F, E = Outcome.PASSED, Outcome.FAILED, Outcome.ERROR
BROKEN, CRASHED, TIMEOUT, SKIPPED = Outcome.BROKEN, Outcome.CRASHED, Outcome.TIMEOUT, Outcome.SKIPPED

TORTURES = (
    Torture("loops", "while True: pass", TIMEOUT, "still running after 1.5 s"),
    Torture("loops in C", "sum(iter(int, 1))", TIMEOUT),
    Torture("sleeps", "import time; time.sleep(60)", TIMEOUT),
    Torture(
        "waits for a lock",
        "import threading; l = threading.Lock(); l.acquire(); l.acquire()",
        TIMEOUT,
    ),
    Torture(
        "ignores every signal",
        IGNORE_ALL,
        TIMEOUT,
    ),
    Torture("leaves by os._exit(0)", "import os; os._exit(0)", CRASHED, "exit code 0"),
    Torture("leaves by os._exit(3)", "import os; os._exit(3)", CRASHED, "exit code 3"),
    Torture("calls sys.exit", "import sys; sys.exit(0)", F, "SystemExit"),
    Torture(
        "calls sys.exit at import", "!import sys; sys.exit(0)\ndef test_it(): pass", CRASHED, "SystemExit"
    ),
    Torture("raises KeyboardInterrupt", "raise KeyboardInterrupt", CRASHED, "KeyboardInterrupt"),
    Torture("pytest.exit", "pytest.exit('enough')", CRASHED, "enough"),
    Torture("segfaults", "import ctypes; ctypes.string_at(0)", CRASHED, "SIGSEGV"),
    Torture("aborts", "import os; os.abort()", CRASHED, "SIGABRT"),
    Torture("kills itself", "import os; os.kill(os.getpid(), 9)", CRASHED, "SIGKILL"),
    Torture("kills its group", "import os; os.killpg(0, 9)", CRASHED, "SIGKILL"),
    Torture("kills its parent", "import os; os.kill(os.getppid(), 9)", CRASHED, "took its worker along"),
    Torture("stops itself", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", TIMEOUT),
    Torture("eats memory", "x = []\nwhile True: x.append(bytearray(10 ** 7))", F, "MemoryError"),
    Torture("recurses", "def f(): return f()\nf()", F, "RecursionError"),
    Torture("forks", "import os\nos.fork()", P),
    Torture("forks and waits", "import os\npid = os.fork()\nif not pid: os._exit(0)\nos.waitpid(pid, 0)", P),
    Torture("forks a child that stays", "import os, time\nif not os.fork(): time.sleep(100); os._exit(0)", P),
    Torture(
        "leaves a daemon behind",
        "import subprocess\nsubprocess.Popen(['sleep', '100'], start_new_session=True)",
        P,
    ),
    Torture(
        "leaves a daemon's daemon",
        "import subprocess\nsubprocess.Popen(['sh', '-c', 'setsid sleep 100 & setsid sleep 100'])",
        P,
    ),
    Torture(
        "leaves a daemon thread",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(100,), daemon=True).start()",
        P,
    ),
    Torture(
        "leaves a thread",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(100,), name='lazy').start()",
        TIMEOUT,
        "it passes, but the thread lazy that it started runs on after 1.5 s",
    ),
    Torture(
        "leaves a thread that ends by itself",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(0.3,)).start()",
        P,
    ),
    Torture(
        "fails in a thread",
        "import threading\nt = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
        P,
    ),
    Torture("reads standard input", "import sys; sys.stdin.read()", F, "reading from stdin"),
    Torture("reads descriptor 0", "import os; assert os.read(0, 10) == b''", P),
    Torture("prints megabytes", "print('x' * 20_000_000)\nassert not 'but clipped'", F, "assert not"),
    Torture("prints what cannot be encoded", "print('\\ud800')\nassert 0", F, ""),
    Torture("writes to descriptor 1", 'import os; os.write(1, b\'{"outcome": "passed"}\\n\' * 10000)', P),
    Torture("closes all descriptors", "import os; os.closerange(0, 1000)", CRASHED),
    Torture("closes descriptors above 2", "import os; os.closerange(3, 1000)", CRASHED),
    Torture("closes standard output", "import sys; sys.stdout.close()", E, "closed file"),
    Torture("changes the folder", "import os; os.chdir('/')", P),
    Torture("removes its folder", "import os, tempfile\nd = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)", P),
    Torture("clears the environment", "import os; os.environ.clear()", P),
    Torture("changes the locale", "import locale; locale.setlocale(locale.LC_ALL, 'C')", P),
    Torture(
        "takes over signals",
        "import signal; signal.signal(signal.SIGTERM, lambda *a: None); signal.alarm(1)",
        P,
    ),
    Torture(
        "empties sys.modules",
        "import sys\nfor name in list(sys.modules):\n    if name.startswith('things'): del sys.modules[name]",
        P,
    ),
    Torture(
        "breaks time", "import time\ntime.time = time.monotonic = time.perf_counter = time.sleep = None", P
    ),
    Torture("breaks open", "import builtins, io\nbuiltins.open = io.open = None", P),
    Torture("breaks os", "import os\nos._exit = os.getpid = os.write = None", P),
    Torture("breaks json", "import json\njson.dumps = None", P),
    Torture("takes the tracer away", "import sys; sys.settrace(None)", P),
    Torture(
        "imports what is not there",
        "!import nowhere\ndef test_it(): pass",
        BROKEN,
        "No module named 'nowhere'",
    ),
    Torture("cannot be parsed", "!def test_it(: pass", BROKEN, "SyntaxError"),
    Torture("fails at import", "!1 / 0\ndef test_it(): pass", BROKEN, "ZeroDivisionError"),
    Torture(
        "skips at import",
        "!pytest.skip('not today', allow_module_level=True)\ndef test_it(): pass",
        Outcome.EMPTY,
    ),
    Torture("asks for an unknown fixture", "!def test_it(nothing): pass", E, "fixture 'nothing' not found"),
    Torture("has a broken fixture", "!def test_it(broken): pass", E, "no such thing"),
    Torture("has an untidy fixture", "!def test_it(untidy): assert untidy", E, "cannot tidy up"),
    Torture("fails", "assert size(1) == 'large'", F, "assert 'small' == 'large'"),
    Torture("skips", "pytest.skip('not today')", SKIPPED, "not today"),
    Torture(
        "is expected to fail",
        "!@pytest.mark.xfail(reason='known')\ndef test_it(): assert 0",
        SKIPPED,
        "known",
    ),
    Torture(
        "passes against expectation", "!@pytest.mark.xfail(reason='known')\ndef test_it(): assert 1", SKIPPED
    ),
    Torture(
        "strictly against expectation",
        "!@pytest.mark.xfail(strict=True)\ndef test_it(): assert 1",
        F,
        "XPASS",
    ),
    Torture(
        "warns, warnings being errors",
        "!@pytest.mark.filterwarnings('error')\ndef test_it():\n    import warnings; warnings.warn('old')",
        F,
        "old",
    ),
    Torture(
        "is a coroutine",
        "!async def test_it(): assert size(1)",
        F,
        "async def functions are not natively supported",
    ),
    Torture("is a generator", "!def test_it():\n    yield size(1)", BROKEN, "yield"),
    Torture("is not there", "!def test_other(): pass", Outcome.EMPTY),
    Torture(
        "is parametrised", "!@pytest.mark.parametrize('n', [1, 2, 11])\ndef test_it(n): assert size(n)", P
    ),
    Torture(
        "fails for one parameter",
        "!@pytest.mark.parametrize('n', [1, 11])\ndef test_it(n): assert size(n) == 'small'",
        F,
    ),
    Torture(
        "parametrises what it does not take",
        "!@pytest.mark.parametrize('n', [1])\ndef test_it(): pass",
        BROKEN,
        "'n'",
    ),
    Torture(
        "parametrises with nothing", "!@pytest.mark.parametrize('n', [])\ndef test_it(n): assert n", SKIPPED
    ),
    Torture(
        "parametrises with a failure",
        "!@pytest.mark.parametrize('n', [1 / 0])\ndef test_it(n): pass",
        BROKEN,
        "ZeroDivisionError",
    ),
    Torture(
        "parametrises with uneven values",
        "!@pytest.mark.parametrize('n, m', [(1, 2), (3,)])\ndef test_it(n, m): pass",
        BROKEN,
        "m",
    ),
    Torture("has an unknown mark", "!@pytest.mark.slowly\ndef test_it(): assert size(1)", P),
    Torture(
        "has a docstring that looks like a doctest", "!def test_it():\n    '>>> 1 / 0'\n    assert size(1)", P
    ),
    Torture(
        "takes a session's fixture",
        "!@pytest.mark.parametrize('n', range(3))\ndef test_it(n, once): assert once == 1",
        P,
    ),
    Torture(
        "takes a module's fixture",
        """!
        @pytest.mark.parametrize('n', range(3))
        def test_it(n, once, once_a_module): assert once_a_module == once == 1
        """,
        P,
    ),
    Torture(
        "has a session's fixture that is untidy",
        "!def test_it(untidy_in_the_end): pass",
        E,
        "cannot tidy up in the end",
    ),
    Torture(
        "has fixtures of its own that take turns",
        """!
        @pytest.fixture(params=[1, 2], scope="module")
        def number(request): yield request.param

        def test_it(number, once): assert (size(number), once) == ("small", 1)
        """,
        P,
    ),
    Torture(
        "is a method",
        "!class TestIt:\n    def test_it(self, once): assert size(once)",
        P,
        test="TestIt::test_it",
    ),
    Torture(
        "is a method that needs its class set up",
        """!
        class TestIt:
            @classmethod
            def setup_class(cls): cls.number = 11
            def setup_method(self): self.number += 1
            @pytest.fixture(autouse=True)
            def more(self): self.number += 1
            def test_it(self): assert (size(self.number), self.number) == ("large", 13)
        """,
        P,
        test="TestIt::test_it",
    ),
    Torture(
        "is a method of a class that cannot be set up",
        """!
        class TestIt:
            def setup_method(self): raise RuntimeError("no such thing")
            def test_it(self): pass
        """,
        E,
        "no such thing",
        "TestIt::test_it",
    ),
    Torture(
        "is in a class with a constructor",
        """!
        class TestIt:
            def __init__(self): pass
            def test_it(self): pass
        """,
        Outcome.EMPTY,
        test="TestIt::test_it",
    ),
    Torture(
        "is a unittest",
        """!
        import unittest

        class TestIt(unittest.TestCase):
            @classmethod
            def setUpClass(cls): cls.number = 10
            def setUp(self):
                self.number += 1
                self.addCleanup(self.assertEqual, self.number, 11)
            def tearDown(self): self.assertEqual(self.number, 11)
            def test_it(self):
                for number in (self.number, 12):
                    with self.subTest(number=number): self.assertEqual(size(number), "large")
        """,
        P,
        test="TestIt::test_it",
    ),
    Torture(
        "is a unittest in a coroutine",
        """!
        import unittest

        class TestIt(unittest.IsolatedAsyncioTestCase):
            async def test_it(self): self.assertEqual(size(1), "small")
        """,
        P,
        test="TestIt::test_it",
    ),
    Torture(
        "is a unittest that fails",
        """!
        import unittest

        class TestIt(unittest.TestCase):
            def test_it(self): self.assertEqual(size(1), "large")
        """,
        F,
        "'small' != 'large'",
        "TestIt::test_it",
    ),
    Torture(
        "is a unittest of which a part fails",
        """!
        import unittest

        class TestIt(unittest.TestCase):
            def test_it(self):
                for number in (1, 11):
                    with self.subTest(number=number): self.assertEqual(size(number), "small")
        """,
        F,
        "'large' != 'small'",
        "TestIt::test_it",
    ),
    Torture(
        "is a unittest that cannot be set up",
        """!
        import unittest

        class TestIt(unittest.TestCase):
            @classmethod
            def setUpClass(cls): raise RuntimeError("no such thing")
            def test_it(self): pass
        """,
        E,
        "no such thing",
        "TestIt::test_it",
    ),
    Torture(
        "is a unittest that cannot clean up",
        """!
        import unittest

        class TestIt(unittest.TestCase):
            def setUp(self): self.addCleanup(self.fail, "cannot tidy up")
            def test_it(self): pass
        """,
        F,
        "cannot tidy up",
        "TestIt::test_it",
    ),
    Torture(
        "is a unittest that skips",
        """!
        import unittest

        class TestIt(unittest.TestCase):
            def test_it(self): self.skipTest("not today")
        """,
        SKIPPED,
        "not today",
        "TestIt::test_it",
    ),
    Torture(
        "is a unittest that is expected to fail",
        """!
        import unittest

        class TestIt(unittest.TestCase):
            @unittest.expectedFailure
            def test_it(self): self.fail("known")
        """,
        SKIPPED,
        test="TestIt::test_it",
    ),
    Torture(
        "is a unittest that passes against expectation",
        """!
        import unittest

        class TestIt(unittest.TestCase):
            @unittest.expectedFailure
            def test_it(self): size(1)
        """,
        F,
        "nexpected success",
        "TestIt::test_it",
    ),
    Torture(
        "leaves a pool of processes",
        "import multiprocessing\nmultiprocessing.get_context('fork').Pool(2).map(abs, [1])",
        P,
    ),
    Torture(
        "leaves an executor",
        "import concurrent.futures, time\nconcurrent.futures.ThreadPoolExecutor().submit(time.sleep, 100)",
        TIMEOUT,
        "it passes, but the thread ThreadPoolExecutor",
    ),
    Torture(
        "leaves an executor that has nothing to do",
        "import concurrent.futures\nconcurrent.futures.ThreadPoolExecutor().submit(print)",
        P,
    ),
    Torture(
        "leaves a process that is no daemon",
        """
        import multiprocessing, time
        multiprocessing.get_context("fork").Process(target=time.sleep, args=(100,)).start()
        """,
        TIMEOUT,
        "it passes, but what it leaves for the end of the process (atexit) runs on",
    ),
    Torture(
        "leaves a running loop",
        """!
        import asyncio

        def test_it():
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            loop.create_task(asyncio.sleep(100))
            loop.run_until_complete(asyncio.sleep(0))
            assert size(1)
        """,
        P,
    ),
    Torture(
        "leaves a logging handler",
        "import logging, io\nlogging.basicConfig(stream=io.StringIO(), force=True); logging.error('x')",
        P,
    ),
    Torture(
        "leaves a closed logging handler",
        """!
        import logging, sys

        def test_it():
            handler = logging.StreamHandler(stream := open("/dev/null", "w"))
            logging.getLogger().addHandler(handler)
            stream.close()
            logging.error("x")
            assert size(1)
        """,
        P,
    ),
    Torture(
        "leaves a transaction open",
        """!
        import sqlite3

        def test_it(tmp_path):
            connection = sqlite3.connect(tmp_path / "db")
            connection.execute("create table t (x)")
            connection.execute("insert into t values (1)")
            assert size(1)
        """,
        P,
    ),
    Torture("leaves a handler for its end", "import atexit; atexit.register(print, 'the end')", P),
    Torture(
        "leaves a handler that hangs",
        "import atexit, time; atexit.register(time.sleep, 100)",
        TIMEOUT,
        "it passes, but what it leaves for the end of the process (atexit) runs on",
    ),
    Torture("leaves a handler that fails", "import atexit; atexit.register(lambda: 1 / 0)", P),
    Torture(
        "leaves a handler that ends the process",
        "import atexit, os; atexit.register(os._exit, 3)",
        CRASHED,
        "exit code 3",
    ),
    Torture("leaves a hook for exceptions", "import sys; sys.excepthook = sys.unraisablehook = None", P),
    Torture(
        "fails where nobody looks",
        "!class Odd:\n    def __del__(self): 1 / 0\ndef test_it(): assert Odd() and size(1)",
        P,
    ),
    Torture(
        "leaves a trace function",
        "import sys, threading\nsys.settrace(lambda *a: None); threading.settrace(lambda *a: None)",
        P,
    ),
    Torture(
        "has a message that cannot be shown",
        """!
        class Odd(Exception):
            def __str__(self): raise RuntimeError
            __repr__ = __str__

        def test_it(): raise Odd
        """,
        F,
    ),
    Torture(
        "compares what cannot be shown",
        """!
        class Odd:
            def __repr__(self): raise SystemExit
            def __eq__(self, other): return False

        def test_it(): assert Odd() == Odd()
        """,
        F,
    ),
)
