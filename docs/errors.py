"""The page on messages: `python docs/errors.py > docs/errors.md` brings it up to date.

Reads every place of the source where an error is made that a user can put right.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testgen import errors

SOURCE = Path(__file__).resolve().parent.parent / "src" / "testgen"
MEANINGS = {
    errors.ExitCode.USAGE: "Options, configuration, paths",
    errors.ExitCode.PROJECT: "The project cannot be measured",
    errors.ExitCode.PROVIDER: "The model, or the forge, cannot be asked",
}
PAGE = """\
# Every message and its remedy

A message has two lines, what happened and what to do:

    testgen: src/shop/crat.py does not exist
      → Check the path; it starts from the current folder.

Nothing is lost in any of these cases: files are as they were, and what was paid for is kept. What is in
italics differs from case to case. This page is made by `python docs/errors.py`.

| exit code | |
|---|---|
| 0 | done, also when there was nothing to do |
| 1 | the goal of `--fail-under` or `--fail-under-diff` was missed; with `testgen judge`, a test was refused |
| 2, 3, 4 | see below |
| 70 | a bug in testgen: please report it |
| 130 | interrupted; what was kept by then is written |

{sections}
"""


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """What an error says, with names in italics for what is put in."""

    cause: str
    remedy: str


def page() -> str:
    """The text of docs/errors.md."""
    sections = []
    for code, meaning in MEANINGS.items():
        rows = sorted({found for kind, found in messages() if kind.code == code})
        table = "\n".join(f"| {row.cause} | {row.remedy} |" for row in rows)
        sections.append(
            f"## {meaning} (exit code {code.value})\n\n| message | what to do |\n|---|---|\n{table}"
        )
    return PAGE.format(sections="\n\n".join(sections))


def messages() -> Iterator[tuple[type[errors.TestgenError], Message]]:
    """Every error that the source makes, with its kind."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                kind = getattr(errors, node.func.id, None)
                words = [_words(argument) for argument in node.args]
                if kind is not None and words and words[0]:
                    yield kind, Message(words[0], (words[1] or "*as it says*") if len(words) > 1 else "")


def _words(node: ast.expr) -> str:
    """An expression as it reads in a table, "" if it has no words of its own."""
    text = _text(node)
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip() if re.search(r"[a-z]", _own(text)) else ""


def _own(text: str) -> str:
    return re.sub(r"\*[^*]*\*", "", text)


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return _escaped(text)
        case ast.JoinedStr(values=values):
            return "".join(map(_text, values))
        case ast.FormattedValue(value=value):
            return f"*{_name(value)}*"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left) + _text(right)
        case ast.IfExp(body=body, orelse=orelse):
            return " / ".join(filter(None, (_text(body), _text(orelse))))
        case _:
            return f"*{_name(node)}*"


def _escaped(text: str) -> str:
    return re.sub(r"([*_<>&\[\]`])", r"\\\1", text)


def _name(node: ast.expr) -> str:
    """The last name in an expression, which says what it stands for."""
    names = [
        part.attr if isinstance(part, ast.Attribute) else part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute | ast.Name)
    ]
    return names[0].strip("_").replace("_", " ") if names else "..."


if __name__ == "__main__":
    sys.stdout.write(page())
