"""Changes since a base, in real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from repositories import Work, environ
from testgen.changes import changes_since, patch_of
from testgen.errors import UsageError
from testgen.git import Repository
from testgen.languages import LANGUAGES

OLD = "a = 1\nb = 2\nc = 3\nd = 4\n"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Branch feature, just off main."""
    work = Work.at(tmp_path / "project", {"old.py": OLD, "gone.py": "x = 1\n", "notes.txt": "one\n"})
    work.branch()
    return work


def changed(work: Work, base: str = "main") -> dict[str, list[int]]:
    found = changes_since(base, Repository.around(work.root, environ()), [".py"])
    return {path.relative_to(work.root.resolve()).as_posix(): sorted(found[path]) for path in sorted(found)}


def test_nothing_changed(work):
    assert changed(work) == {}


def test_added_and_altered_lines(work):
    work.commit({"old.py": "a = 1\nb = 20\nc = 3\nd = 4\ne = 5\n", "notes.txt": "two\n"})
    assert changed(work) == {"old.py": [2, 5]}


def test_uncommitted_staged_and_untracked_count_too(work):
    work.write({"staged.py": "s = 1\n", ".gitignore": "build.py\n"})
    work.git("add", "staged.py")
    work.write({"old.py": OLD + "e = 5\n", "sub/new.py": "n = 1\nm = 2", "build.py": "b = 1\n"})
    assert changed(work) == {"old.py": [5], "staged.py": [1], "sub/new.py": [1, 2]}


def test_what_was_only_removed_has_no_lines(work):
    work.git("rm", "-q", "gone.py")
    work.commit({"old.py": "a = 1\nd = 4\n"})
    assert changed(work) == {}


def test_a_renamed_file_is_changed_where_it_differs(work):
    long = "".join(f"name_{number} = {number}\n" for number in range(30))
    work.git("switch", "-q", "main")
    work.commit({"before.py": long})
    work.git("switch", "-q", "feature")
    work.git("merge", "-q", "main")
    work.git("mv", "before.py", "after.py")
    work.commit({"after.py": long + "more = 1\n"})
    assert changed(work) == {"after.py": [31]}
    work.git("mv", "old.py", "untouched.py")
    assert changed(work) == {"after.py": [31]}


def test_what_others_did_on_the_base_meanwhile_is_not_ours(work):
    work.commit({"old.py": OLD + "e = 5\n"})
    work.git("switch", "-q", "main")
    work.commit({"old.py": "# theirs\n" + OLD, "theirs.py": "t = 1\n"})
    work.git("switch", "-q", "feature")
    assert changed(work) == {"old.py": [5]}


def test_a_file_in_conflict_does_not_hide_the_others(work):
    work.commit({"old.py": "ours = 1\n", "fine.py": "f = 1\n"})
    work.git("switch", "-q", "main")
    work.commit({"old.py": "theirs = 1\n"})
    work.git("switch", "-q", "feature")
    with pytest.raises(subprocess.CalledProcessError):
        work.git("merge", "main")
    assert changed(work)["fine.py"] == [1]


@pytest.mark.parametrize(
    "name", ["ä ö.py", "with space.py", 'quo"te.py', "tab\there.py", "b/a.py", "-dash.py", "back\\slash.py"]
)
def test_names_are_as_they_are(work, name):
    work.commit({name: "n = 1\n"})
    assert changed(work) == {name: [1]}
    work.commit({name: "n = 1\nm = 2\n"})
    assert changed(work, "HEAD~1") == {name: [2]}


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("a = 1\r\nb = 2\r\n", "a = 1\r\nb = 3\r\n\r\n", [2, 3]),
        ("a = 1\n", "a = 1\n-- b\n++ c\n", [2, 3]),
        ("a = '''\n", "a = '''\n--- x\n+++ y\n@@ -1 +1 @@\n", [2, 3, 4]),
        ("a = 1", "a = 1\nb = 2", [1, 2]),
        ("a = 1\n", "a = 1\n\x0cb = 'ä\u2028'\n", [2]),
    ],
    ids=["crlf", "like-a-diff", "like-a-header", "no-newline", "form-feed"],
)
def test_whatever_the_lines_hold(work, old, new, lines):
    work.commit({"odd.py": old})
    work.commit({"odd.py": new})
    assert changed(work, "HEAD~1") == {"odd.py": lines}


def test_bytes_that_are_no_utf8(work):
    (work.root / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\na = '\xe4'\n")
    work.commit()
    assert changed(work) == {"latin.py": [1, 2]}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("color.ui", "always"),
        ("core.quotePath", "true"),
        ("diff.external", "false"),
        ("diff.context", "9"),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
    ],
)
def test_the_users_settings_of_git_change_nothing(work, key, value):
    work.git("config", key, value)
    work.git("mv", "old.py", "ä.py")
    work.commit({"ä.py": OLD + "e = 5\n"})
    assert changed(work) == {"ä.py": [5]}


def test_from_a_folder_below(work):
    work.commit({"sub/new.py": "n = 1\n"})
    repository = Repository.around(work.root / "sub", environ())
    assert set(changes_since("main", repository, [".py"])) == {work.root.resolve() / "sub/new.py"}


def test_the_index_is_left_as_it_was(work):
    index = work.root / ".git" / "index"
    os.utime(work.root / "old.py", (1, 1))  # git would like to note that
    before = index.read_bytes(), index.stat().st_mtime_ns
    changed(work)
    assert (index.read_bytes(), index.stat().st_mtime_ns) == before


def test_a_statement_on_several_lines_is_changed_as_a_whole(work):
    source = "def f(\n    a,\n    b,\n):\n    # said\n    return g(\n        a,\n        b,\n    )\n"
    work.commit({"f.py": source})
    work.commit({"f.py": source.replace("        b,", "        c,").replace("said", "told")})
    spans = LANGUAGES["python"].spans(source)
    patch = patch_of("HEAD~1", work.root.resolve() / "f.py", spans, environ())
    assert patch is not None
    assert sorted(patch.lines) == [5, 6, 7, 8, 9]


def test_without_a_base_there_is_no_patch(tmp_path):
    assert patch_of("", tmp_path / "f.py", (), environ()) is None


# Bad input: the cause, and the line that helps


def refusal(work: Work, base: str = "main", env: dict[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        changes_since(base, Repository.around(work.root, env or environ()), [".py"])
    return f"{caught.value.cause} | {caught.value.remedy}"


def test_no_git(work, tmp_path):
    assert refusal(work, env={"PATH": str(tmp_path)}) == (
        "there is no git | Install git, or leave out what needs it."
    )


def test_no_repository(tmp_path):
    (tmp_path / "plain").mkdir()
    assert "is in no git repository" in refusal(Work(tmp_path / "plain"))


def test_no_commit(tmp_path):
    assert "has no commit yet" in refusal(Work.at(tmp_path / "fresh"))


def test_unknown_bases(work):
    assert refusal(work, "nonsense") == (
        "git knows no commit nonsense | 'git branch --all' lists what there is."
    )
    assert refusal(work, "featur").endswith("| Did you mean feature?")
    assert refusal(work, "origin/main").endswith("| Did you mean main?")  # there is no such remote
    assert refusal(work, "--output=x").startswith("git knows no commit --output=x |")
    assert not (work.root / "x").exists()


def test_no_history_in_common(work):
    work.git("switch", "-q", "--orphan", "other")
    work.commit({"a.py": "a = 1\n"})
    assert refusal(work).startswith("main has no history in common with what is checked out")


def test_a_branch_of_the_remote_that_was_not_fetched(work, tmp_path):
    clone = Work.clone(work.root, tmp_path / "clone", "--single-branch", "--branch", "feature")
    cause, _, remedy = refusal(clone, "origin/main").partition(" | ")
    assert cause == "git knows no commit origin/main"
    do(clone, remedy)
    assert changed(clone, "origin/main") == {}
    clone.git("switch", "-q", "--detach")
    clone.git("branch", "-q", "-D", "feature")
    assert refusal(clone, "feature").endswith("| Did you mean origin/feature?")


def test_a_shallow_clone_is_told_how_to_deepen(work, tmp_path):
    work.commit({"old.py": OLD + "e = 5\n"})
    work.git("switch", "-q", "main")
    work.commit({"theirs.py": "t = 1\n"})
    work.git("switch", "-q", "feature")
    clone = Work.clone(work.root, tmp_path / "clone", "--depth", "1", "--no-single-branch")
    cause, _, remedy = refusal(clone, "origin/main").partition(" | ")
    assert cause.startswith("the history is cut (a shallow clone)")
    do(clone, remedy)
    assert changed(clone, "origin/main") == {"old.py": [5]}


def test_a_shallow_clone_of_one_branch_too(work, tmp_path):
    work.commit({"old.py": OLD + "e = 5\n"})
    clone = Work.clone(work.root, tmp_path / "clone", "--depth", "1", "--branch", "feature")
    before = [refusal(clone, base).partition(" | ")[2] for base in ("origin/main", "main", "HEAD~1")]
    assert len(set(before)) == 1
    do(clone, before[0])
    assert changed(clone, "origin/main") == {"old.py": [5]}
    assert changed(clone, "HEAD~1") == {"old.py": [5]}
    assert refusal(clone, "main").endswith("| Did you mean origin/main?")


def do(work: Work, remedy: str) -> None:
    """Run the command that a remedy names, as a reader would copy it."""
    command = remedy.partition("Fetch it: ")[2].partition("   (")[0]
    assert command
    subprocess.run(command, shell=True, cwd=work.root, env=environ(), check=True, capture_output=True)
