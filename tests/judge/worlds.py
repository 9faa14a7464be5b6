"""What hostile candidates are after: secrets, files, listeners and a process, each of them watched."""

from __future__ import annotations

import ctypes
import os
import platform
import select
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tortures import CONFTEST, SOURCE

from testgen.judge.testgen_worker.calls import MACHINES
from testgen.project import Interpreter, Project

LIBC = ctypes.CDLL(None)
NUMBERS = MACHINES[platform.machine()].numbers if platform.machine() in MACHINES else {}
SESSION, KEYCTL_REVOKE, IPC_PRIVATE, IPC_RMID = -3, 3, 0, 0

SECRET = "sk-planted-5f2b"
GOT = "got-hold-of-it"
MARK = "HOSTILE_WORLD"
# Values that an answer should not hold.
ABSURD: tuple[object, ...] = (
    10**400, -1, float("nan"), float("inf"), "\ud800", "\0", [[[]]], {"message": 7}, [["\ud800", None]],
    [{"name": ["x"]}], ["a", 1.5, None], [-5, 10**30, 0], [[None, None]],
)  # fmt: skip

HELPERS = r"""
import ctypes, importlib.util, json, os, py_compile, resource, select, shutil, signal, socket, subprocess
import sys, time
from pathlib import Path

import pytest
from things import size

TMP = Path(os.environ["TMPDIR"])
HERE = Path(os.environ["HOME"])
SCRATCH = TMP.parent.parent
CLAIM = {"lines": [3, 6, 7, 8], "branches": [[7, 8]], "possible_lines": [], "possible_branches": []}
TEST = {"name": "test_it", "file": "", "path": "", "outcome": "passed", "seconds": 0.0, "failure": None}
LIE = {"outcome": "passed", "tests": [TEST], "broken": [], "failure": None, "seconds": 0.1, **CLAIM}
NONSENSE = {"outcome": ["\ud800"], "tests": 7, "failure": []}
DNS_QUERY = b"\0\1\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"


def loot(text):
    raise AssertionError(f"got {GOT if SECRET in str(text) else text}")  # the secret itself would be masked


def every(read):
    found = []
    for process in Path("/proc").iterdir():
        try:
            found.append(read(process))
        except OSError:
            pass
    return [one for one in found if SECRET[3:].encode() in one] or len(found)


def stack_of(pid):
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        if line.endswith("[stack]"):
            return [int(end, 16) for end in line.split()[0].split("-")]


def memory(pid):
    first, last = stack_of(pid)
    with open(f"/proc/{pid}/mem", "rb") as file:
        file.seek(first)
        return secrets_in(file.read(last - first))


def memory_by_call(pid):
    size, pair = 1 << 17, ctypes.c_size_t * 2
    buffer = ctypes.create_string_buffer(size)
    here, there = pair(ctypes.addressof(buffer), size), pair(stack_of(pid)[1] - size, size)
    ctypes.CDLL(None).process_vm_readv(pid, here, 1, there, 1, 0)
    return secrets_in(buffer.raw)


def kernel_key():
    buffer = ctypes.create_string_buffer(64)
    ctypes.CDLL(None).syscall(KEYCTL, 11, KEY, buffer, 64, 0)
    return buffer.value


def segment():
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    place = libc.shmat(SEGMENT, None, 0o10000)
    return ctypes.string_at(place, 15) if place not in (None, 2**64 - 1) else ""


def secrets_in(data):
    return SECRET if SECRET.encode() in data else ""


def opened(path):
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        return True
    except OSError:
        return False


def say(handle, message):
    write(handle, json.dumps(message).encode() + b"\n")


def write(handle, data):
    try:
        os.write(handle, data)
    except OSError:
        pass


def say_to(path, message):
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return
    say(handle, message)


def hear(handle):
    try:
        if select.select([handle], [], [], 0)[0]:
            os.read(handle, 99)
    except (OSError, ValueError):
        pass


def poison(source):
    wrong = TMP / "wrong.py"
    wrong.write_text("def size(number): return 'poisoned'")
    cached = importlib.util.cache_from_source(str(source))
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(wrong), cached, doraise=True, invalidation_mode=mode)
"""


@dataclass
class Listener:
    """A socket outside; `heard` says whether anything came in since it was asked last."""

    socket: socket.socket
    stream: bool

    def heard(self) -> bool:
        heard = False
        while select.select([self.socket], [], [], 0)[0]:
            heard = True
            if self.stream:
                self.socket.accept()[0].close()
            else:
                self.socket.recv(99)
        return heard


@dataclass
class Terminal:
    """A terminal of the user's; `shows` says whether anything was written to it since it was asked last."""

    master: int
    slave: int

    def shows(self) -> bool:
        shown = bool(select.select([self.master], [], [], 0)[0])
        if shown:
            os.read(self.master, 99)
        return shown

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)


@dataclass
class Kernel:
    """What the kernel keeps for the user: a key and a segment of memory, by number, and a file in memory."""

    key: int
    segment: int
    shared: Path

    def forget(self) -> None:
        LIBC.syscall(NUMBERS.get("keyctl", -1), KEYCTL_REVOKE, self.key)
        LIBC.shmctl(self.segment, IPC_RMID, None)
        self.shared.unlink()


def kernel() -> Kernel:
    """Secrets in the kernel, as far as it takes them."""
    shared = Path("/dev/shm", f"hostile-{uuid.uuid4().hex}")
    shared.write_text(SECRET)
    secret = SECRET.encode()
    call = NUMBERS.get("add_key", -1)
    key = LIBC.syscall(call, b"user", b"hostile", secret, len(secret), SESSION)
    segment = LIBC.shmget(IPC_PRIVATE, 4096, 0o600)
    LIBC.shmat.restype = ctypes.c_void_p
    ctypes.memmove(LIBC.shmat(segment, None, 0), secret, len(secret))
    return Kernel(key, segment, shared)


@dataclass
class World:
    """A project, a home and a folder outside, all in one folder; a canary process; listeners; a terminal."""

    folder: Path
    site: Path
    canary: subprocess.Popen[bytes]
    listeners: dict[str, Listener]
    abstract: str
    terminal: Terminal
    kernel: Kernel
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    files: dict[Path, bytes] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.folder / "project"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the one who runs testgen here."""
        mine = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {**mine, "HOME": str(self.home), "API_KEY": SECRET, MARK: self.mark}

    def project(self, interpreter: Interpreter) -> Project:
        test_file = self.root / "tests" / "test_things.py"
        return Project(self.root, self.root / "things.py", test_file, interpreter)

    def content(self, body: str) -> bytes:
        """A candidate's test file."""
        ports = {name: one.socket.getsockname() for name, one in self.listeners.items()}
        known = {
            "ROOT": self.root, "HOME": self.home, "OUTSIDE": self.outside, "SITE": self.site,
        }  # fmt: skip
        lines = [f"{name} = Path({str(path)!r})" for name, path in known.items()]
        lines += [f"TCP, UDP, ABSTRACT = {ports['tcp'][1]}, {ports['udp'][1]}, {self.abstract!r}"]
        # In two parts, so that a trace that shows this line is not taken for loot.
        lines += [f"SECRET, GOT = {SECRET[:4]!r} + {SECRET[4:]!r}, {GOT[:4]!r} + {GOT[4:]!r}"]
        kept = (self.kernel.key, self.kernel.segment, str(self.kernel.shared), NUMBERS.get("keyctl", -1))
        lines += [f"KEY, SEGMENT, SHARED, KEYCTL = {kept!r}"]
        lines += [f"TERMINAL = {os.ttyname(self.terminal.slave)!r}"]
        lines += [f"CANARY, PARENT = {self.canary.pid}, {os.getpid()}"]
        indented = body.replace("\n", "\n    ")
        test = f"def test_it():\n    {indented}\n    assert size(1) == 'small'\n"
        return "\n".join([HELPERS, *lines, "", "", test]).encode()

    def remember(self) -> None:
        """Take what is there now for what it should be."""
        self.files = self.found()

    def found(self) -> dict[Path, bytes]:
        """Every file and its content and mode; what is installed only by name."""
        files = {path: content(path) for path in self.folder.rglob("*")}
        return files | dict.fromkeys(self.site.iterdir(), b"")

    def harm(self) -> list[str]:
        """What was done to it since it was asked last, mended."""
        done = [f"{name} heard something" for name, one in self.listeners.items() if one.heard()]
        done += ["the terminal shows something"] if self.terminal.shows() else []
        now = self.found()
        done += [str(path) for path in self.files | now if self.files.get(path) != now.get(path)]
        if done:
            self.restore()
        state = Path(f"/proc/{self.canary.pid}/stat").read_text().rpartition(")")[2].split()
        if state[0] not in "SR" or state[16] != "0":
            done.append(f"the canary is in state {state[0]}, nice {state[16]}")
        return done

    def restore(self) -> None:
        for path in sorted(self.found().keys() - self.files.keys(), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        for path, old in self.files.items():
            mode, _, text = old.partition(b" ")
            if mode == b"file":
                path.parent.mkdir(parents=True, exist_ok=True)
                path.unlink(missing_ok=True)
                path.write_bytes(text[4:])
                path.chmod(int(text[:3], 8))

    def processes(self) -> int:
        """How many processes run in this world."""
        return sum(self.mark.encode() in environ_of(entry) for entry in Path("/proc").glob("[0-9]*"))


def content(path: Path) -> bytes:
    if path.is_symlink() or path.is_dir() or not path.is_file():
        return b"other"
    return b"file %03o " % (path.stat().st_mode & 0o777) + path.read_bytes()


def environ_of(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


@contextmanager
def world(folder: Path, interpreter: Interpreter) -> Iterator[World]:
    """Build one in an empty folder."""
    abstract = f"\0hostile-{uuid.uuid4().hex}"
    files = {
        "project/things.py": SOURCE,
        "project/tests/conftest.py": CONFTEST,
        "project/tests/test_things.py": "import things\n\n\ndef test_limit():\n    assert things.LIMIT\n",
        "project/.env": f"API_KEY={SECRET}\n",
        "project/.git/config": f"[remote]\nurl = https://{SECRET}@example.com\n",
        "project/.git/modules/m/config": f"[remote]\nurl = https://{SECRET}@example.com\n",
        "home/.ssh/id_ed25519": SECRET,
        "home/.aws/credentials": SECRET,
        "home/.netrc": f"password {SECRET}",
        "home/.bashrc": "# mine\n",
        "outside/precious": f"work of years, {SECRET}",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with ExitStack() as stack:
        listeners = {
            "tcp": listener(stack, socket.AF_INET, ("127.0.0.1", 0)),
            "udp": listener(stack, socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM),
            "file": listener(stack, socket.AF_UNIX, str(folder / "outside" / "s")),
            "abstract": listener(stack, socket.AF_UNIX, abstract),
        }
        waiting = [sys.executable, "-c", "import time; time.sleep(999)"]
        reading = stack.enter_context((folder / "home" / ".netrc").open())
        canary = subprocess.Popen(waiting, env={"API_KEY": SECRET}, stdin=reading)
        stack.callback(canary.wait)
        stack.callback(canary.send_signal, signal.SIGKILL)
        site = next(path for path in interpreter.folders if path.name == "site-packages")
        terminal = stack.enter_context(closing(Terminal(*os.openpty())))
        kept = kernel()
        stack.callback(kept.forget)
        built = World(folder, site, canary, listeners, abstract, terminal, kept)
        built.remember()
        yield built


def listener(stack: ExitStack, family: int, address: object, kind: int = socket.SOCK_STREAM) -> Listener:
    one = stack.enter_context(socket.socket(family, kind))
    one.bind(address)
    if kind == socket.SOCK_STREAM:
        one.listen()
    return Listener(one, kind == socket.SOCK_STREAM)
