"""Candidates that mean harm, and where each of them gets something.

Every hostile is the body of a `test_it` in a file that worlds.py begins: the names in capitals say where
things are, `loot(text)` says what was got hold of. `gets` names the sandboxes in which it succeeds; that is
what docs/security.md does not promise. What would harm more than the test's own folder is never done without
a sandbox.
"""

from __future__ import annotations

from dataclasses import dataclass

ALL = ("bwrap", "landlock", "none")
CONTAINED = ("bwrap", "landlock")


@dataclass(frozen=True, slots=True)
class Hostile:
    """One candidate; `runs` are the sandboxes it is tried in, `gets` those in which it gets something."""

    name: str
    body: str
    gets: tuple[str, ...] = ("none",)
    runs: tuple[str, ...] = ALL


def contained(name: str, body: str, gets: tuple[str, ...] = ()) -> Hostile:
    """One that is never let loose without a sandbox."""
    return Hostile(name, body, gets, CONTAINED)


UMOUNT = "ctypes.CDLL(None).umount2(os.fsencode(ROOT), 2)"
UNSHARE = "ctypes.CDLL(None).unshare(0x10020000)"
BIND = "ctypes.CDLL(None).mount(os.fsencode(ROOT.parent), os.fsencode(TMP), None, 4096, None)"

READING = (
    Hostile("reads .env", "loot((ROOT / '.env').read_text())"),
    Hostile(
        "reads .env through a link",
        "os.symlink(ROOT / '.env', TMP / 'l'); loot((TMP / 'l').read_text())",
    ),
    Hostile("reads .env by a way around", "loot(Path(ROOT, 'tests', '..', '.env').read_text())"),
    Hostile(
        "reads .env from an open folder",
        "os.chdir('/'); h = os.open(ROOT, 0); loot(os.read(os.open('.env', 0, dir_fd=h), 99))",
    ),
    Hostile("reads .env by cat", "loot(subprocess.run(['cat', ROOT / '.env'], capture_output=True).stdout)"),
    Hostile(
        "reads .env under a hard link",
        "os.link(ROOT / '.env', ROOT / 'copy'); loot((ROOT / 'copy').read_text())",
    ),
    Hostile("reads .env of the process's root", "loot(Path(f'/proc/self/root{ROOT}/.env').read_text())"),
    Hostile("reads .env by the parent's folder", "loot(Path(f'/proc/{os.getppid()}/cwd/.env').read_text())"),
    Hostile("reads a token in .git/config", "loot((ROOT / '.git' / 'config').read_text())"),
    Hostile("reads a token of a submodule", "loot((ROOT / '.git' / 'modules' / 'm' / 'config').read_text())"),
    contained("reads a key that the kernel keeps", "loot(kernel_key())"),
    contained("reads memory that is shared", "loot(Path(SHARED).read_text())", ("landlock",)),
    contained("finds memory that is shared", "loot([GOT for n in os.listdir('/dev/shm') if n in SHARED])"),
    contained("reads a segment of memory", "loot(segment())"),
    contained("unmounts what covers .env", f"{UMOUNT}; loot((ROOT / '.env').read_text())"),
    contained(
        "unmounts it as root of a namespace",
        f"{UNSHARE}; {UMOUNT}; loot((ROOT / '.env').read_text())",
    ),
    contained(
        "mounts the project elsewhere",
        f"{UNSHARE}; {BIND}; loot((TMP / ROOT.name / '.env').read_text())",
    ),
    Hostile("reads an SSH key", "loot((HOME / '.ssh' / 'id_ed25519').read_text())"),
    Hostile("reads the credentials of AWS", "loot((HOME / '.aws' / 'credentials').read_text())"),
    Hostile(
        "reads .netrc through a link",
        "os.symlink(HOME, TMP / 'h'); loot((TMP / 'h' / '.netrc').read_text())",
    ),
    Hostile("walks the home", "loot([p.read_text() for p in HOME.rglob('*') if p.is_file()])"),
    Hostile(
        "reads its own environment",
        "loot([dict(os.environ), Path('/proc/self/environ').read_text()])",
        (),
    ),
    Hostile("reads every environment", "loot(every(lambda p: (p / 'environ').read_bytes()))"),
    Hostile("reads the environment of process 1", "loot(Path('/proc/1/environ').read_text())", ()),
    contained("reads the disk", "loot([GOT for n in os.listdir('/sys/block') if os.open(f'/dev/{n}', 0)])"),
    Hostile("reads every command line", "loot(every(lambda p: (p / 'cmdline').read_bytes()))", ()),
    contained("reads another's memory", "loot(memory(CANARY))"),
    contained("reads another's memory by a call", "loot(memory_by_call(CANARY))"),
    Hostile(
        "reads another's open files",
        "loot([p.read_text() for p in Path(f'/proc/{CANARY}/fd').iterdir()])",
    ),
    contained("traces another", "loot(GOT if ctypes.CDLL(None).ptrace(0x4206, CANARY, 0, 0) == 0 else '')"),
    contained(
        "traces its parent",
        "loot(GOT if ctypes.CDLL(None).ptrace(0x4206, os.getppid(), 0, 0) == 0 else '')",
    ),
    Hostile(
        "opens its parent's pipes",
        "loot([GOT for n in range(9) if opened(f'/proc/{os.getppid()}/fd/{n}')])",
    ),
)

CALLING_OUT = (
    Hostile("connects", "socket.create_connection(('127.0.0.1', TCP), 1).send(b'x')"),
    contained("connects by IPv6", "s = socket.socket(socket.AF_INET6); s.connect(('::ffff:127.0.0.1', TCP))"),
    Hostile("sends a datagram", "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP))"),
    Hostile(
        "asks a name server",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(DNS_QUERY, ('127.0.0.1', UDP))",
    ),
    Hostile(
        "connects to a socket file",
        "s = socket.socket(socket.AF_UNIX); s.connect(str(OUTSIDE / 's')); s.send(b'x')",
    ),
    Hostile("connects to an abstract socket", "socket.socket(socket.AF_UNIX).connect(ABSTRACT)"),
    Hostile(
        "has Python connect",
        "code = f'import socket; socket.create_connection((\"127.0.0.1\", {TCP}))'; "
        "subprocess.run([sys.executable, '-c', code])",
    ),
    contained("has curl connect", "subprocess.run(['curl', '-sm1', f'http://127.0.0.1:{TCP}'])"),
    contained("has bash connect", "subprocess.run(['bash', '-c', f'echo x > /dev/tcp/127.0.0.1/{TCP}'])"),
    contained("calls the host of its machine", "socket.socket(40, socket.SOCK_STREAM); loot(GOT)"),
    contained("calls unseen", "loot(GOT if ctypes.CDLL(None).syscall(425, 8, bytes(120)) >= 0 else '')"),
    contained(
        "joins another network",
        "ctypes.CDLL(None).setns(os.open('/proc/1/ns/net', 0), 0); "
        "s = socket.create_connection(('127.0.0.1', TCP), 1)",
    ),
    contained(
        "makes a namespace and connects",
        "ctypes.CDLL(None).unshare(0x50000000); s = socket.create_connection(('127.0.0.1', TCP), 1)",
    ),
)

WRITING = (
    Hostile("overwrites the source", "(ROOT / 'things.py').write_text('def size(n): return 1')"),
    Hostile("empties the test file", "open(ROOT / 'tests' / 'test_things.py', 'w')"),
    contained("removes the project", "shutil.rmtree(ROOT, ignore_errors=True)"),
    Hostile("renames the source", "(ROOT / 'things.py').rename(ROOT / 'other.py')"),
    Hostile("writes a conftest.py", "(ROOT / 'conftest.py').write_text('raise SystemExit')"),
    Hostile("writes a sitecustomize.py", "(ROOT / 'sitecustomize.py').write_text('raise SystemExit')"),
    Hostile(
        "writes a hook of git",
        "(ROOT / '.git' / 'hooks').mkdir(); (ROOT / '.git' / 'hooks' / 'pre-commit').write_text('x')",
    ),
    Hostile("poisons __pycache__", "poison(ROOT / 'things.py')"),
    Hostile("makes a file for everybody", "(ROOT / 'things.py').chmod(0o777)", ("landlock", "none")),
    Hostile("overwrites a file outside", "(OUTSIDE / 'precious').write_text('gone')"),
    Hostile("overwrites it by ..", "Path(ROOT, '..', 'outside', 'precious').write_text('gone')"),
    Hostile(
        "overwrites it through a link",
        "os.symlink(OUTSIDE, TMP / 'o'); (TMP / 'o' / 'precious').write_text('gone')",
    ),
    Hostile(
        "overwrites it through a link in the project",
        "os.symlink(OUTSIDE, ROOT / 'o'); (ROOT / 'o' / 'precious').write_text('gone')",
    ),
    Hostile(
        "cuts it short by a hard link",
        "os.link(OUTSIDE / 'precious', ROOT / 'l'); os.truncate(ROOT / 'l', 0)",
    ),
    contained("removes a folder outside", "shutil.rmtree(OUTSIDE)"),
    contained("removes it with rm", "subprocess.run(['rm', '-rf', OUTSIDE])"),
    Hostile("adds to .bashrc", "(HOME / '.bashrc').open('a').write('evil')"),
    Hostile("adds a key to SSH", "(HOME / '.ssh' / 'authorized_keys').write_text('evil')"),
    Hostile("types into a terminal", "open(TERMINAL, 'w').write('rm -rf ~')"),
    contained("installs a .pth file", "(SITE / 'hostile.pth').write_text('import evil')"),
    contained("installs a module", "(SITE / 'hostile.py').write_text('evil')"),
    contained(
        "rewrites the judge",
        "judge = Path(sys.modules['testgen_worker'].__file__).parent; "
        "[p.write_text('') for p in judge.glob('*.py')]",
    ),
    contained("rewrites what is tried next", "[p.write_text('x') for p in SCRATCH.glob('*.py')]"),
    contained("writes to a device", "os.open('/dev/vda', os.O_WRONLY); loot(GOT)"),
    contained(
        "changes the kernel's settings",
        "p = Path('/proc/sys/kernel/printk_ratelimit_burst'); p.write_text(p.read_text()); loot(GOT)",
    ),
    contained(
        "leaves a file of its own in /tmp",
        "(TMP.parent / 'hostile').write_text('x'); Path('/tmp/hostile').write_text('x')",
    ),
)

DISTURBING = (
    contained("kills another", "os.kill(CANARY, signal.SIGKILL)"),
    contained("kills the one who judges", "os.kill(PARENT, signal.SIGKILL)"),
    contained("stops the one who judges", "os.kill(PARENT, signal.SIGSTOP)"),
    Hostile("kills its parent", "os.kill(os.getppid(), signal.SIGKILL)", ()),
    contained("stops its parent", "os.kill(os.getppid(), signal.SIGSTOP)"),
    contained("stops the group of its parent", "os.killpg(os.getpgid(os.getppid()), signal.SIGSTOP)"),
    contained("limits another", "resource.prlimit(CANARY, resource.RLIMIT_CORE, (1, 1)); loot(GOT)"),
    contained("limits its parent", "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (1, 1)); loot(GOT)"),
    Hostile("locks where others write", "TMP.chmod(0); TMP.parent.chmod(0)", ()),
    Hostile("removes where others write", "shutil.rmtree(TMP); TMP.write_text('x'); shutil.rmtree(HERE)", ()),
    Hostile("digs deep", "os.chdir(TMP)\nfor _ in range(2000): os.mkdir('d'); os.chdir('d')", ()),
    Hostile("leaves without a word", "os._exit(0)", ()),
    Hostile("forks many", "for _ in range(7): os.fork()\ntime.sleep(99)", ()),
    Hostile("forks many that hide", "for _ in range(6): os.fork(); os.setsid()\ntime.sleep(99)", ()),
    Hostile("leaves a daemon", "subprocess.Popen(['sh', '-c', 'setsid sleep 99 & setsid sleep 99'])", ()),
    Hostile(
        "leaves a daemon that ignores signals",
        "subprocess.Popen(['sh', '-c', 'trap \"\" TERM HUP INT; setsid sleep 99'])",
        (),
    ),
    Hostile("eats memory", "x = []\nwhile True: x.append(bytearray(10 ** 7))", ()),
    Hostile("eats memory in C", "ctypes.create_string_buffer(10 ** 9)", ()),
    Hostile("writes a huge file", "(TMP / 'huge').open('wb').truncate(1 << 40); loot(GOT)", ()),
    Hostile(
        "fills the disk",
        "for n in range(3): (TMP / str(n)).write_bytes(bytes(1 << 29))\nloot(GOT)",
        ("landlock", "none"),
        ("bwrap",),
    ),
    contained("lowers the priority of another", "os.setpriority(os.PRIO_PROCESS, CANARY, 19)"),
    contained("lowers the priority of all", "os.setpriority(os.PRIO_USER, 0, 19); loot(GOT)"),
)

# They run in the process that measures, so nothing can be sure of what they say about themselves.
LYING = (
    Hostile("speaks for itself", "for n in range(3, 30): say(n, LIE)\nos._exit(0)", ALL),
    Hostile(
        "rewrites the recorder",
        "sys.modules['testgen_worker.record'].outcome_of = lambda report: 'passed'\nassert 0",
        ALL,
    ),
    Hostile(
        "rewrites pytest",
        "import _pytest.runner; _pytest.runner.check_interactive_exception = None\n"
        "sys.modules['testgen_worker.session'].Recorder.pytest_runtest_logreport = None\n"
        "assert 0",
        (),
    ),
    Hostile(
        "rewrites coverage",
        "m = sys.modules['testgen_worker.measure']; m.SourceCoverage.report = lambda *_: CLAIM",
        ALL,
    ),
    Hostile(
        "runs a copy of the source",
        "exec(compile('\\n' * 6 + 'if 1:\\n  1', ROOT / 'things.py', 'exec'))",
        ALL,
    ),
)

# What was said must not be taken for what the next one says.
MEDDLING = (
    Hostile("speaks to testgen", "for n in range(30): say(n, LIE)\nassert 0", ()),
    contained(
        "speaks to testgen through its parent",
        "for n in range(30): say_to(f'/proc/{os.getppid()}/fd/{n}', LIE)\nassert 0",
    ),
    Hostile("speaks nonsense", "for n in range(3, 30): say(n, NONSENSE)\nos._exit(0)", ()),
    Hostile(
        "speaks of endless time",
        "for n in range(3, 30): say(n, {**LIE, 'seconds': 10 ** 400})\nos._exit(0)",
        (),
    ),
    Hostile("speaks in circles", "for n in range(3, 30): write(n, b'[' * 9999 + b'\\n')\nos._exit(0)", ()),
    Hostile("hears what comes next", "for n in range(30): hear(n)\nassert 0", ()),
    Hostile("spoils the import path", "sys.path[:] = ['/nowhere']; sys.modules.clear()", ()),
    Hostile(
        "spoils pytest",
        "import _pytest; shutil.rmtree(Path(_pytest.__file__).parent)",
        (),
        ("bwrap", "landlock"),
    ),
)

HOSTILES = (*READING, *CALLING_OUT, *WRITING, *DISTURBING, *LYING, *MEDDLING)
