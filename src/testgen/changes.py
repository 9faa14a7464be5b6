"""What was changed since a base: the lines of each file that were added or altered since then.

As in a pull request the base is where both lines of history part (`BASE...`), and what is not yet committed
or not yet tracked counts as changed too, because that is what the tests run on.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from testgen.domain import Line, Patch
from testgen.errors import UsageError
from testgen.git import Repository

Changes: TypeAlias = Mapping[Path, frozenset[Line]]

# A diff that no setting of the user's shapes, by a command that does not write the index.
_DIFF = (
    *(
        "diff-index",
        "-p",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-relative",
        "--ignore-submodules",
    ),
    *("--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/"),
    *("--find-renames", "--diff-filter=d"),
)
_UNSHALLOW = (
    "git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'"
    "   (with actions/checkout: fetch-depth: 0)"
)


def patch_of(base: str, path: Path, spans: Iterable[range], environ: Mapping[str, str]) -> Patch | None:
    """What of one source file was changed since a base, None without a base; raises UsageError.

    A statement that stands on several lines (`spans`) is changed as a whole.
    """
    if not base:
        return None
    changes = changes_since(base, Repository.around(path.parent, environ), [path.suffix])
    return Patch(base, widened(changes.get(path, frozenset()), spans))


def widened(lines: frozenset[Line], spans: Iterable[range]) -> frozenset[Line]:
    """The lines, and all lines of the statements that they are in."""
    return lines.union(*(span for span in spans if not lines.isdisjoint(span)))


def changes_since(base: str, repository: Repository, suffixes: Iterable[str]) -> Changes:
    """The changed lines of every file with one of these suffixes that has any, by absolute path.

    What was deleted has none; a renamed file has those that differ from its old self. Raises UsageError for
    a base that is unknown or has no history in common with what is checked out.
    """
    start, files = merge_base(base, repository), [f"*{suffix}" for suffix in suffixes]
    patch = repository.read(*_DIFF, start, "--", *files)
    untracked = repository.read("ls-files", "--others", "--exclude-standard", "-z", "--", *files)
    changed = {repository.root / name: lines for name, lines in changed_lines(patch).items() if lines}
    new = (repository.root / name for name in untracked.split("\0") if name)
    return changed | {path: all_lines(path) for path in new if path.is_file()}


def changed_lines(patch: str) -> dict[str, frozenset[Line]]:
    """The numbers of the added lines of every file of a git patch, by path."""
    from unidiff.patch import PatchSet

    return {
        _unquoted(file.path): frozenset(
            line.target_line_no for hunk in file for line in hunk if line.is_added and line.target_line_no
        )
        for file in PatchSet.from_string(patch)
        if not file.is_removed_file
    }


def all_lines(path: Path) -> frozenset[Line]:
    """The numbers of all lines of a file."""
    return frozenset(range(1, path.read_bytes().count(b"\n") + 2))


def merge_base(base: str, repository: Repository) -> str:
    """The commit at which the history of a base and what is checked out part; raises UsageError."""
    if not repository.ask("rev-parse", "--verify", "--quiet", "HEAD"):
        raise UsageError(f"{repository.root} has no commit yet", "There is nothing to compare: commit first.")
    commit = _commit(base, repository)
    if not commit:
        raise UsageError(f"git knows no commit {base}", _remedy(base, repository))
    start = repository.ask("merge-base", commit, "HEAD")
    if start:
        return start
    if is_shallow(repository):
        raise UsageError(
            f"the history is cut (a shallow clone), so nobody knows where {base} was left",
            f"Fetch it: {_UNSHALLOW}",
        )
    raise UsageError(f"{base} has no history in common with what is checked out", "Check --diff.")


def is_shallow(repository: Repository) -> bool:
    """Whether the repository's history is cut somewhere."""
    return repository.ask("rev-parse", "--is-shallow-repository") == "true"


def _commit(base: str, repository: Repository) -> str:
    """The hash of a base; "" if git does not know it. What begins with a dash would be an option to git."""
    return "" if base.startswith("-") else repository.ask("rev-parse", "--verify", "-q", f"{base}^{{commit}}")


def _remedy(base: str, repository: Repository) -> str:
    remote, _, branch = base.partition("/")
    fetched = branch and remote in repository.ask("remote").split()
    if fetched and not is_shallow(repository):
        return f"Fetch it: git fetch {remote} {branch}:refs/remotes/{remote}/{branch}"
    known = repository.ask("for-each-ref", "--format=%(refname:short)").splitlines()
    near = "" if fetched else _near(base, known)
    if near:
        return f"Did you mean {near}?"
    return f"Fetch it: {_UNSHALLOW}" if is_shallow(repository) else "'git branch --all' lists what there is."


def _near(base: str, known: Sequence[str]) -> str:
    """The reference that was probably meant: the same branch of a remote or here, or one spelled alike."""
    same = (name for name in known if base == name.partition("/")[2] or name == base.partition("/")[2])
    return next(same, "") or next(iter(difflib.get_close_matches(base, known, 1)), "")


def _unquoted(path: str) -> str:
    """A path as git means it: one with quotes or control characters stands quoted, as C writes strings."""
    if not (path.startswith('"') and path.endswith('"')):
        return path
    raw = path[1:-1].encode("utf-8", "surrogateescape")
    return raw.decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape")
