"""Shuts a process in before anything of the project runs.

The order comes with the setup, under `confine`:

- overlays: folders in which writing succeeds and is forgotten, with what is `masked` in them gone;
- reading, listing, writing: all that may be opened, by Landlock; with no `reading` Landlock is not used;
- sharing: where files may be made and opened by name, but not listed (together with Landlock);
- network: whether anything may be connected to (only looked at together with Landlock).

What `calls` refuses is refused in both.

`settle` is for a worker, once; `seclude` for the process of one job, which then sees nothing of the writes of
other jobs, and can neither signal nor trace the worker that watches over it.
"""

import contextlib
import ctypes
import json
import os
import shutil
import stat
import struct
import sys
from pathlib import Path
from typing import Any, Dict, Iterable, List

from .calls import FAMILIES, NEVER, SHARED, refuse

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_RDONLY, MS_NOSUID_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2 | 4, 8, 32, 4096
CAP_SETFCAP = 1 << 31  # whoever is root needs it to make a user namespace in which he still is
PR_SET_NO_NEW_PRIVS = 38
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # Landlock's calls, the same on every machine

DISK = "1g"  # what may be written below the overlays
FILE_SIZE = 1 << 30
PROCESSES = 512

# Landlock's rights over files, in the order of its versions: execute, read a file, list a folder; all of
# version 1; then refer, truncate, and commands to devices.
READ, LIST, ALL_OF_FIRST = 0b101, 0b1000, (1 << 13) - 1
SINCE = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
OF_FILES = 0b111 | SINCE[3] | SINCE[5]
MAKE_AND_REMOVE = 1 << 8 | 1 << 5  # files
TCP_SINCE, SCOPE_SINCE = 4, 6
TCP, SCOPES = 0b11, 0b11  # bind and connect; abstract sockets and signals

libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def settle(order: Dict[str, Any]) -> None:
    """Shut a worker in; raises OSError where the system does not let it."""
    first_to_go()
    if order["overlays"]:
        swallow(order["overlays"], order["masked"])
        drop_capabilities(CAP_SETFCAP if os.getuid() == 0 else 0)
        refuse(NEVER, FAMILIES)
    if order["reading"]:
        forbid(order)
        drop_capabilities(0)  # root could read the memory of any process
        refuse((*NEVER, *SHARED), FAMILIES if order["network"] else ())


def seclude(order: Dict[str, Any]) -> None:
    """Shut the process of one job in further; raises OSError where the system does not let it."""
    if order["overlays"]:
        swallow(order["overlays"], [])
        seal("/proc")  # where root's number alone opens the kernel's settings
        limit("RLIMIT_NPROC", PROCESSES)  # counted within its namespace, and never for root
        drop_capabilities(0)
    if order["overlays"] or order["reading"]:
        scope()
    limit("RLIMIT_FSIZE", FILE_SIZE)


def first_to_go() -> None:
    """Have the kernel end this process and its children before others when memory runs out."""
    with contextlib.suppress(OSError):  # where there is no such thing
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def swallow(folders: List[str], masked: List[str]) -> None:
    """Cover folders with overlays whose upper layers live in memory and in this mount namespace only."""
    own_namespace()
    below = [os.open(folder, os.O_PATH) for folder in folders]
    mount("tmpfs", folders[-1], "tmpfs", f"size={DISK},mode=700")  # itself covered in the end
    store = os.open(folders[-1], os.O_PATH)
    for lower, folder in zip(below, folders):  # noqa: B905  strict is newer
        upper, work = (Path(f"/proc/self/fd/{store}/{kind}{lower}") for kind in ("upper", "work"))
        make_like(Path(f"/proc/self/fd/{lower}"), upper)
        work.mkdir()
        mask(Path(folder), upper, masked)
        layers = f"lowerdir=/proc/self/fd/{lower},upperdir={upper},workdir={work}"
        cover(folder, layers)
    for handle in (*below, store):
        os.close(handle)
    os.chdir(Path.cwd())  # into what covers it now


def cover(folder: str, layers: str) -> None:
    """Mount an overlay from which folders below can be removed, which takes attributes that users may set."""
    try:
        mount("overlay", folder, "overlay", f"{layers},userxattr")
    except OSError:  # before Linux 5.11
        mount("overlay", folder, "overlay", layers)


def mask(folder: Path, upper: Path, masked: Iterable[str]) -> None:
    """Make files and folders vanish from an overlay that is to be mounted."""
    for path in map(Path, masked):
        if folder not in path.parents:
            continue
        inside = path.relative_to(folder)
        for parent in reversed(inside.parents):
            if not (upper / parent).is_dir():
                make_like(folder / parent, upper / parent)
        os.mknod(upper / inside, stat.S_IFCHR)  # to an overlay: nothing is here


def make_like(model: Path, folder: Path) -> None:
    folder.mkdir()
    shutil.copystat(model, folder)


def own_namespace() -> None:
    """Go where mounting concerns nobody else, as the same user."""
    user, group = os.getuid(), os.getgid()
    call("unshare", CLONE_NEWUSER | CLONE_NEWNS)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path("/proc/self", name).write_text(text, encoding="ascii")


def seal(folder: str) -> None:
    """Make a mounted folder read-only for this mount namespace."""
    flags = MS_RDONLY | MS_NOSUID_NODEV | MS_NOEXEC | MS_REMOUNT | MS_BIND
    call("mount", None, folder.encode(), None, ctypes.c_ulong(flags), None)


def mount(source: str, target: str, kind: str, options: str) -> None:
    texts = (text.encode() for text in (source, target, kind))
    call("mount", *texts, ctypes.c_ulong(MS_NOSUID_NODEV), options.encode())


def drop_capabilities(kept: int) -> None:
    """Give up what being root in a namespace allows, but for a set of capabilities."""
    header = struct.pack("Ii", 0x20080522, 0)
    call("capset", header, struct.pack("6I", kept, kept, 0, 0, 0, 0))


def forbid(order: Dict[str, Any]) -> None:
    """Allow nothing to be opened, and nothing to be connected to, but what the order names."""
    version = landlock_version()
    rights = ALL_OF_FIRST | sum(bit for since, bit in SINCE.items() if since <= version)
    tcp = TCP if version >= TCP_SINCE and not order["network"] else 0
    ruleset = create_ruleset(rights, tcp, 0)
    for path in order["reading"]:
        allow(ruleset, path, (READ | LIST) & rights)
    for path in order["listing"]:
        allow(ruleset, path, LIST)
    for path in order["writing"]:
        allow(ruleset, path, rights)
    for path in order["sharing"]:
        allow(ruleset, path, (OF_FILES | MAKE_AND_REMOVE) & rights)
    enforce(ruleset)


def scope() -> None:
    """Keep signals and abstract sockets to this process and those it starts, where Landlock can."""
    with contextlib.suppress(OSError):
        if landlock_version() >= SCOPE_SINCE:
            enforce(create_ruleset(0, 0, SCOPES))


def landlock_version() -> int:
    try:
        return call("syscall", CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    except OSError as error:
        reason = f"this kernel has no Landlock, or it is switched off ({os.strerror(error.errno or 0)})"
        raise OSError(error.errno, reason) from None


def create_ruleset(files: int, tcp: int, scopes: int) -> int:
    attributes = struct.pack("QQQ", files, tcp, scopes)
    used = 24 if scopes else 16 if tcp else 8  # older versions do not know the longer ones
    return call("syscall", CREATE_RULESET, attributes, ctypes.c_size_t(used), 0)


def allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError, PermissionError):  # what cannot be opened needs no rule
        handle = os.open(path, os.O_PATH)
        rights &= -1 if stat.S_ISDIR(os.fstat(handle).st_mode) else OF_FILES
        call("syscall", ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, handle), 0)
        os.close(handle)


def enforce(ruleset: int) -> None:
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call("syscall", RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def limit(name: str, most: int) -> None:
    """Lower a limit of this process, where the system knows it."""
    with contextlib.suppress(ImportError):
        import resource

        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def call(name: str, *arguments: object) -> int:
    """Call the C library; raises OSError that names the function."""
    if libc is None:
        raise OSError(f"{name} is a matter of Linux")
    result: int = getattr(libc, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def main() -> None:
    """Try whether shutting in works here, as the order on standard input says."""
    order = json.load(sys.stdin)
    try:
        settle(order)
        seclude(order)
    except OSError as error:
        sys.exit(str(error.strerror or error))
    print("ok")
