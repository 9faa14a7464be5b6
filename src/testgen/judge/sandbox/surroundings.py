"""What of the machine a project's tests need to see, and what they must not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

from testgen.judge.sandbox.terms import Grants, Place
from testgen.languages.places import NOT_OURS
from testgen.project import Project
from testgen.toolchain import NO_TOOLS

WORKER = Path(__file__).parent.with_name("testgen_worker")
# Folders that hold what is the user's and not the system's.
PERSONAL = ("/home", "/root", "/run", "/tmp", "/var/tmp", "/mnt", "/media")  # noqa: S108
# What a home folder holds of keys; hidden with it, and still hidden where a part of it is shown.
KEYS = (
    *(".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", ".local/share/keyrings"),
    *(".config/gcloud", ".config/gh", ".config/git/credentials"),
    *(".netrc", ".pypirc", ".npmrc", ".git-credentials"),
    *(".cargo/credentials", ".cargo/credentials.toml", ".m2/settings.xml", ".gradle/gradle.properties"),
)
SECRET_FILES = (
    *(".env", ".env.*", ".envrc", ".dev.vars", "secrets.toml"),
    *(".netrc", ".pypirc", ".npmrc", ".git-credentials", ".pgpass", ".my.cnf", ".dockercfg"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"),
)
GIT_CONTENT = ("objects", "refs", "logs", "hooks", "info", "lfs", "branches")  # of a repository
EXAMPLES = ("*.example", "*.sample", "*.template", "*.dist")
# Variables that lead to the user's own files, or to programs that do what they are told from outside.
DOORS = (
    *("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"),
    *("SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO", "DBUS_SESSION_BUS_ADDRESS", "DOCKER_HOST"),
    *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "SWAYSOCK", "I3SOCK", "PULSE_SERVER"),
    *("TMUX", "STY", "VSCODE_IPC_HOOK_CLI", "VSCODE_GIT_IPC_HANDLE"),
    *("SSH_ASKPASS", "GIT_ASKPASS", "SUDO_ASKPASS", "GNUPGHOME", "NETRC", "PGPASSFILE", "KRB5CCNAME"),
    *("DOCKER_CONFIG", "CONTAINER_HOST", "KUBECONFIG", "AWS_CONFIG_FILE", "CLOUDSDK_CONFIG"),
    # By these a step of a GitHub job changes the environment of the next ones.
    *("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"),
)


def place_for(project: Project, own: Path, grants: Grants, environ: Mapping[str, str]) -> Place:
    """Where a worker of this project runs whose own folder is to be `own`."""
    homes = tuple(home_folders(environ))
    hidden = folders((*map(Path, PERSONAL), *homes))
    tools = project.command.toolchain if project.command else NO_TOOLS
    shown = folders(
        (*interpreter_folders(project), *tools.programs, *tools.caches, *name_resolution(grants), WORKER)
    )
    needed = (path for path in shown if lies_in(path, hidden) and not holds(path, hidden))
    visible = outermost((project.root, *needed))
    return Place(
        root=project.root,
        scratch=own.parent.resolve(),
        own=own.resolve(),
        hidden=hidden,
        shown=visible,
        masked=(
            *secret_files(project.root),
            *(path for path in secrets_above(project.root) if not lies_in(path, hidden)),
            *keys(homes, (*visible, *grants.read, *grants.write)),
        ),
        grants=grants,
        caches=folders(tools.caches),
    )


def outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths without those inside another: a mount below a mount is in the way of an overlay."""
    found = tuple(paths)
    return tuple(path for path in found if not any(other in path.parents for other in found))


def folders(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Those of the paths that are there, without links and repetitions."""
    there = (path.resolve() for path in paths if path.is_absolute() and is_there(path))
    return tuple(dict.fromkeys(there))


def home_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """The user's home as the environment and as the system have it; never the root of the file system."""
    candidates = {environ.get("HOME", "")}
    if os.name == "posix":
        import pwd

        candidates.update(entry.pw_dir for entry in pwd.getpwall() if entry.pw_uid == os.getuid())
    found = (Path(text).resolve() for text in sorted(candidates) if text)
    yield from (path for path in found if is_there(path) and path != Path(path.anchor))


def interpreter_folders(project: Project) -> Iterator[Path]:
    """Where the project's interpreter and what it imports are, each link on the way to it included."""
    yield from project.interpreter.folders
    program = project.interpreter.path
    while program.is_symlink():
        program = program.parent / program.readlink()
        yield program.parent.parent if program.parent.name == "bin" else program


def name_resolution(grants: Grants) -> Iterator[Path]:
    """The file that says which server knows names, which may lie among what is hidden."""
    if grants.network:
        yield Path("/etc/resolv.conf").resolve()


def secret_files(root: Path) -> Iterator[Path]:
    """The project's files that by their names hold secrets, and git's settings, which may hold a token."""
    yield from git_settings(root)
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if name not in NOT_OURS and not foreign(Path(folder, name))]
        yield from (Path(folder, name) for name in files if is_secret_file(name))


def secrets_above(root: Path) -> Iterator[Path]:
    """The same of the folders between a project and the top of its repository, as far as they lie there."""
    above = tuple(root.parents) if not (root / ".git").exists() else ()
    top = next((number for number, folder in enumerate(above, 1) if (folder / ".git").exists()), 0)
    for folder in above[:top]:
        yield from git_settings(folder)
        with suppress(OSError):  # a folder that cannot be listed
            yield from (path for path in folder.iterdir() if is_secret_file(path.name) and path.is_file())


def git_settings(folder: Path) -> Iterator[Path]:
    """The settings of a repository, of its work trees and of its submodules."""
    for place, below, files in os.walk(folder / ".git"):
        below[:] = [name for name in below if name not in GIT_CONTENT]
        yield from (Path(place, name) for name in files if name in ("config", "config.worktree"))


def foreign(folder: Path) -> bool:
    """Whether a folder was installed or is kept by a tool."""
    return folder.name in (".git", ".tox", ".nox") or (folder / "pyvenv.cfg").exists()


def is_secret_file(name: str) -> bool:
    """Whether files of this name hold secrets; an example for one does not."""
    if any(fnmatch(name, pattern) for pattern in EXAMPLES):
        return False
    return any(fnmatch(name, pattern) for pattern in SECRET_FILES)


def keys(homes: Iterable[Path], visible: Iterable[Path]) -> Iterator[Path]:
    """The places for keys in the homes that are visible, unless they were named themselves."""
    shown = tuple(visible)
    for path in (home / name for home in homes for name in KEYS):
        if is_there(path) and lies_in(path, shown) and path not in shown:
            yield path


def socket_files() -> Iterator[Path]:
    """The files by which programs of this machine listen, where the system tells.

    They work across network namespaces, and to connect to one is not to write to the file system.
    """
    with suppress(OSError):
        for line in Path("/proc/net/unix").read_bytes().splitlines()[1:]:
            path = Path(os.fsdecode(line.split(None, 7)[7])) if line.count(b"/") else Path()
            if path.is_absolute() and is_socket(path):
                yield path.resolve()


def is_socket(path: Path) -> bool:
    """Whether there is a socket file at a path."""
    with suppress(OSError, ValueError):
        return stat.S_ISSOCK(path.stat().st_mode)
    return False


def is_there(path: Path) -> bool:
    """Whether there is such a path; not so if it cannot be told."""
    return os.access(path, os.F_OK)


def lies_in(path: Path, tops: Iterable[Path]) -> bool:
    """Whether a path is one of the folders or below one."""
    return any(path.is_relative_to(top) for top in tops)


def holds(path: Path, others: Iterable[Path]) -> bool:
    """Whether a folder is one of the paths or above one."""
    return any(other.is_relative_to(path) for other in others)
