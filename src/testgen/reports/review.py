"""The review of kept tests in a terminal: each is shown with its reason, and a key decides."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from testgen.errors import UsageError
from testgen.reports.figures import title
from testgen.reports.phrases import shown, why
from testgen.reports.strength import catches
from testgen.reports.terminal import show
from testgen.reports.text import Span, one_line, plain
from testgen.reviewing import Choice, Decision, Item

KEYS: Mapping[str, Choice] = {
    "k": Choice.KEEP,
    "d": Choice.DROP,
    "e": Choice.EDIT,
    "a": Choice.KEEP_ALL,
    "q": Choice.DROP_ALL,
}
QUESTION = ", ".join(f"{choice.value} ({key})" for key, choice in KEYS.items())
USUAL_EDITOR = "vi"


@dataclass(frozen=True, slots=True)
class TerminalReview:
    """A reviewer that asks on a terminal. The end of the input drops whatever was not decided on."""

    stdin: TextIO
    terminal: TextIO
    environ: Mapping[str, str]
    base: Path

    def __post_init__(self) -> None:
        if not (self.stdin.isatty() and self.terminal.isatty()):
            raise UsageError(
                "--review asks on a terminal, and there is none", "Run it in a terminal, or without --review."
            )

    def __call__(self, item: Item) -> Decision:
        """Show a test and ask what is to become of it."""
        show(_page(item, self.base), self.terminal, self.environ, prose=False)  # it holds code
        while True:
            show([Span(f"{QUESTION}? ", "bold")], self.terminal, self.environ, prose=False)
            self.terminal.flush()
            line = self.stdin.readline()
            choice = KEYS.get(line.strip().lower()[:1]) if line else Choice.DROP_ALL
            if choice is Choice.EDIT:
                edited = self._edited(item.text)
                if edited.strip() and edited != item.text:
                    return Decision(choice, edited)
                show([Span("nothing was changed\n", "dim")], self.terminal, self.environ)
            elif choice:
                return Decision(choice)

    def _edited(self, text: str) -> str:
        """The text as the user's editor leaves it; as it was if there is no such editor or it fails."""
        editor = self.environ.get("VISUAL") or self.environ.get("EDITOR") or USUAL_EDITOR
        with tempfile.TemporaryDirectory(prefix="testgen-") as folder:
            path = Path(folder, "test_edited.py")
            path.write_text(text, encoding="utf-8")
            try:
                subprocess.run(
                    [*shlex.split(editor), path], stdin=self.stdin, stdout=self.terminal, check=True
                )
                return path.read_text(encoding="utf-8")
            except (OSError, ValueError, subprocess.CalledProcessError) as error:
                show([Span(f"{one_line(str(error))}\n", "yellow")], self.terminal, self.environ)
                return text


def _page(item: Item, base: Path) -> Iterator[Span]:
    """A test as it is shown: its place, its name, its reason and its text."""
    verdict = item.verdict
    yield Span(f"\n{item.number} of {item.total}  ", "dim")
    yield Span(title(verdict), "bold")
    yield Span(f"  for {shown(item.coverage.source, base)}\n", "dim")
    if verdict.kept:
        yield Span(f"{one_line(why(verdict, item.coverage.possible.lines))}\n", "green")
        if caught := catches(item.strength, verdict.name):
            yield Span(f"{caught}\n", "green")
    elif verdict.suspect:
        stated = verdict.suspect.statement
        yield Span(
            f"expected to fail, against {one_line(f'{stated.path}:{stated.line}: {stated.text}')}\n", "red"
        )
    yield Span(f"\n{plain(item.text).strip()}\n\n")
    if item.objection:
        yield Span(f"not as it was edited: {one_line(item.objection)}\n", "yellow")
