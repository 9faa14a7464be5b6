"""Any language that has no module: every code block of a reply is a candidate, put at the end of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from testgen.domain import Candidate, Failure, Reach
from testgen.languages.places import files_in, nearest

if TYPE_CHECKING:
    from testgen.languages import Merged, Merger, Parsed, Proof, Reduction, Unit

_FENCED = re.compile(r"^(`{3,}|~{3,})[^\n]*\n(.*?)(?:^\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
# What names a test: the first argument of `test` and `it`, or a function's own name.
_TITLE = re.compile(
    r"""\b(?:test|it|specify)(?:\.\w+)*\s*\(\s*(['"`])(?P<title>.+?)\1"""
    r"""|\b(?:func|fn|fun|def|void|function|sub)\s+(?P<name>\w+)"""
)
# Every way to say that a file holds tests, with the source's name in it.
_NAMES = (
    "{stem}.test",
    "{stem}.spec",
    "{stem}_test",
    "{stem}_spec",
    "test_{stem}",
    "{stem}Test",
    "{stem}Tests",
)


class PlainText:
    """The `Language` of files about whose syntax nothing is known."""

    name = "text"
    suffixes: tuple[str, ...] = ()
    understood = False
    proof: Proof | None = None
    reduction: Reduction | None = None

    def test_file(self, root: Path, source: Path) -> Path:
        """A file named after the source as tests are in some language, else a new one beside the source."""
        names = {form.format(stem=source.stem) + source.suffix for form in _NAMES}
        found = (path for path in files_in(root, {source.suffix}) if path.name in names)
        return nearest(found, root, source) or source.with_name(f"{source.stem}_test{source.suffix}")

    def blank(self, source: str, test_file: Path) -> bytes:  # noqa: ARG002
        """Nothing: a file's first block brings what it needs."""
        return b""

    def units(self, source: str) -> tuple[Unit, ...]:  # noqa: ARG002
        """None that would be known."""
        return ()

    def spans(self, source: str) -> tuple[range, ...]:  # noqa: ARG002
        """None that would be known."""
        return ()

    def idle(self, source: str, version: str, missing: Reach) -> Reach:  # noqa: ARG002
        """Nothing that would be known."""
        return Reach()

    def parse(self, reply: str) -> tuple[Parsed, ...]:
        """Every fenced block, or all of the reply if nothing is fenced."""
        from testgen.languages import Parsed

        return tuple(Parsed(Candidate(_called(code), code)) for code in _blocks(reply))

    def merger(self, old: bytes) -> Merger:
        """A merger that adds at the end."""
        return _Appending(old)

    def asserts(self, failure: Failure) -> bool:  # noqa: ARG002
        """Not that it would be known."""
        return False

    def is_case(self, reported: str, name: str) -> bool:
        """Whether what is reported ends with a title in the block; subtests and parameters are left aside."""
        plain = re.split(r"[/\[(]", reported)[0]
        return any(re.search(rf"(^|\W){re.escape(title)}$", plain) for title in name.splitlines())


class _Appending:
    def __init__(self, old: bytes) -> None:
        self.old = old

    def merge(self, candidates: Sequence[Candidate]) -> Merged:
        from testgen.languages import Merged

        content = self.old
        for candidate in candidates:
            content = content.rstrip(b"\n") + b"\n\n" if content.strip() else b""
            content += candidate.code.strip("\n").encode() + b"\n"
        return Merged(content, tuple("\n".join(titles(candidate.code)) for candidate in candidates))


def _blocks(reply: str) -> Iterator[str]:
    found = [match[2] for match in _FENCED.finditer(reply)]
    yield from (code.strip("\n") for code in (found or [reply]) if code.strip())


def titles(code: str) -> tuple[str, ...]:
    """What the tests of a block are called, as far as that can be told in any language."""
    return tuple(match["title"] or match["name"] for match in _TITLE.finditer(code))


def _called(code: str) -> str:
    """What to call a block: its first test, or its first line that says something."""
    lines = (line.strip() for line in code.splitlines() if re.search(r"\w", line))
    return next(iter(titles(code)), next(lines, "block")[:60])


TEXT = PlainText()
