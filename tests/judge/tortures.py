"""Candidates that do what tests should not do, and how each has to end.

Every candidate is a `test_it` in a file that begins with START; the project's conftest is CONFTEST. `says` is
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
"""

START = "import pytest\nfrom things import size\n\n"
GOOD = f"{START}def test_it():\n    assert size(11) == 'large'\n"


@dataclass(frozen=True, slots=True)
class Torture:
    """One candidate; `body` is the body of its test unless it defines everything itself."""

    name: str
    body: str
    outcome: Outcome
    says: str = ""

    @property
    def content(self) -> bytes:
        body = dedent(self.body).strip()
        if "test_it" in body or body.startswith("!"):
            return f"{START}{body.lstrip('!')}\n".encode()
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
        "import threading, time\nthreading.Thread(target=time.sleep, args=(100,)).start()",
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
)
