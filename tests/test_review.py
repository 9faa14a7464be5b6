"""--review, as somebody at a terminal uses it: what is typed decides what is written."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from dataclasses import dataclass

import pytest

from endpoint import Say
from repositories_of_modules import ANSWERS, Modules
from shop import Shop, fenced

IMPORTS = "import pytest\nfrom shop.cart import first, shipping, total"
NOTHING_TO_PAY = """
def test_nothing_to_pay():
    with pytest.raises(ValueError, match="nothing to pay"):
        total([1], 5)
"""
LIGHT = "def test_light():\n    assert shipping(1) == 5"
NOBODY = "def test_nobody():\n    assert first([]) is None"
QUESTION = "drop this and all others (q)? "


@dataclass
class Terminal:
    """A terminal that answers the review's questions in turn, and what was seen on it."""

    answers: list[str]
    seen: str = ""
    code: int = -1

    def run(self, command: list[str], **how: object) -> None:
        master, slave = pty.openpty()
        process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_lead,  # noqa: PLW1509
            **how,
        )
        os.close(slave)
        answered = 0
        while True:
            try:
                self.seen += os.read(master, 65536).decode("utf-8", "replace")
            except OSError:  # the last one who could write is gone
                break
            if self.seen.count(QUESTION) > answered:
                os.write(master, self.answers[answered].encode())
                answered += 1
        os.close(master)
        self.code = process.wait(60)
        assert answered == len(self.answers), self.seen


def _lead() -> None:
    """Make the terminal that of the process, or Ctrl-C would interrupt nobody; nor where it is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "shop", project_python)


def review(shop, endpoint, *answers, flags=(), tests=(NOTHING_TO_PAY, LIGHT, NOBODY), **variables):
    endpoint.will(Say(fenced(IMPORTS, *tests)))
    terminal = Terminal(list(answers))
    asked = ("--review", "--max-iterations", "1", "--api-base", endpoint.url, *flags)
    environ = shop.environ(TERM="xterm", NO_COLOR="1", **variables)
    terminal.run(shop.command(*asked), cwd=shop.root, env=environ)
    return terminal


def test_many_files_are_gone_through_one_after_the_other(tmp_path, project_python, endpoint):
    modules = Modules.of(tmp_path / "project", project_python, "cart", "price")
    endpoint.always(ANSWERS)
    terminal = Terminal(["k\n", "q\n", "d\n", "k\n"])
    asked = modules.command("--review", "--max-iterations", "1", "--api-base", endpoint.url)
    terminal.run(asked, cwd=modules.root, env=modules.environ(TERM="xterm"))
    assert terminal.code == 0, terminal.seen
    seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.seen)
    shown = re.findall(r"(\d of \d)  (test_\w+)  for (src/shop/\w+\.py)", seen)
    assert [place for place, _, _ in shown] == ["1 of 2", "2 of 2"] * 2
    kept = {name for at, (_, name, _) in enumerate(shown) if at in (0, 3)}
    assert {name for _, name, _ in shown if f"def {name}(" in modules.text_of(name.split("_")[-1])} == kept
    assert modules.pytest() == 0


def written(shop):
    text = shop.test_file.read_text()
    return {name for name in ("nothing_to_pay", "light", "nobody", "heavy") if f"def test_{name}(" in text}


def test_each_kept_test_is_shown_with_its_reason_and_only_what_is_wanted_is_written(shop, endpoint):
    terminal = review(shop, endpoint, "k\n", "what?\n", "d\n", "k\n")
    assert terminal.code == 0, terminal.seen
    assert "1 of 3  test_nothing_to_pay" in terminal.seen
    assert "reaches line" in terminal.seen
    assert 'match="nothing to pay"' in terminal.seen
    assert written(shop) == {"nothing_to_pay", "nobody"}
    assert "dropped in the review" in terminal.seen
    assert shop.pytest() == 0


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        (("a\n",), {"nothing_to_pay", "light", "nobody"}),
        (("k\n", "q\n"), {"nothing_to_pay"}),
        (("k\n", "\x04"), {"nothing_to_pay"}),
        (("k\n", "\x03"), {"nothing_to_pay"}),
        (("q\n",), set()),
    ],
    ids=["keep all", "drop the rest", "end of input", "Ctrl-C", "drop all"],
)
def test_the_rest_at_once(shop, endpoint, answers, left):
    before = shop.test_file.read_bytes()
    terminal = review(shop, endpoint, *answers)
    assert written(shop) == left, terminal.seen
    if not left:
        assert shop.test_file.read_bytes() == before


def test_a_test_is_shown_with_what_it_would_catch(shop, endpoint):
    terminal = review(shop, endpoint, "a\n", flags=("--strength",), tests=(NOTHING_TO_PAY, LIGHT))
    assert "catches: sum(prices) - discount  →  sum(prices) + discount in line 8, and" in terminal.seen, (
        terminal.seen
    )
    assert terminal.seen.count("catches: ") == 3  # once in the review, twice in the summary


def test_what_a_dropped_test_would_catch_does_not_count(shop, endpoint):
    terminal = review(shop, endpoint, "d\n", "k\n", flags=("--strength",), tests=(NOTHING_TO_PAY, LIGHT))
    summary = terminal.seen.rpartition("Strength")[2]
    assert "shipping" in summary and "total" not in summary.partition("note:")[0], terminal.seen


def editor(shop, old, new):
    """A command that edits as a person would."""
    script = shop.root.parent / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        f"path.write_text(path.read_text().replace({old!r}, {new!r}))\n"
    )
    return f"{sys.executable} {script}"


def test_an_edited_test_goes_through_the_judge_and_is_written_as_it_was_edited(shop, endpoint):
    edits = editor(
        shop, "test_light():\n    assert shipping(1) == 5", "test_heavy():\n    assert shipping(10) == 9"
    )
    terminal = review(shop, endpoint, "k\n", "e\n", "k\n", EDITOR=edits)
    assert terminal.code == 0, terminal.seen
    assert written(shop) == {"nothing_to_pay", "heavy", "nobody"}


def test_an_edit_that_the_judge_refuses_is_not_written_and_asked_about_again(shop, endpoint):
    edits = editor(shop, "shipping(1) == 5", "shipping(1) == 6")
    terminal = review(shop, endpoint, "k\n", "e\n", "d\n", "k\n", EDITOR=edits)
    assert "not as it was edited: fails: assert 5 == 6" in terminal.seen
    assert written(shop) == {"nothing_to_pay", "nobody"}


def test_an_editor_that_is_not_there_changes_nothing(shop, endpoint):
    terminal = review(shop, endpoint, "e\n", "a\n", EDITOR="/nowhere/vim", tests=(LIGHT,))
    assert "nothing was changed" in terminal.seen
    assert written(shop) == {"light"}


def test_a_test_that_takes_the_place_of_a_dropped_one_is_asked_about_too(shop, endpoint):
    both = "def test_nobody():\n    assert (first([]), shipping(1)) == (None, 5)"
    terminal = review(shop, endpoint, "d\n", "k\n", tests=(both, LIGHT))
    assert written(shop) == {"light"}, terminal.seen


def test_a_kept_suspect_is_asked_about(shop, endpoint):
    bug = (
        '# suspects: "Any of the names, None if there are none."\ndef test_bug():\n    assert first([]) == 0'
    )
    terminal = review(shop, endpoint, "e\n", "d\n", flags=("--keep-suspects",), tests=(bug,), EDITOR="false")
    assert "expected to fail, against src/shop/cart.py:" in terminal.seen
    assert "xfail" not in shop.test_file.read_text()


def test_without_a_terminal_there_is_no_review(shop, endpoint):
    ended = shop.testgen("--review", endpoint=endpoint)
    assert (ended.code, endpoint.requests) == (2, [])
    assert "--review asks on a terminal, and there is none" in ended.stderr
