"""The comment by which a model says that the code contradicts a statement: `# suspects: "..."`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from testgen.domain import Line
from testgen.languages.lines import split_lines

_SIGNS = "#/"  # what comments begin with
_MARK = re.compile(rf"[{_SIGNS}]+\s*suspects?\s*:\s*(.*)", re.IGNORECASE)
_PAIRS = {'"': '"', "'": "'", "`": "`", "“": "”", "«": "»"}


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment up to the end of its line, which begins at a column, counted in characters from 0."""

    line: Line
    column: int
    text: str


def taken(code: str, comments: Sequence[Comment]) -> tuple[str, str]:
    """A test without the mark among its comments, and the statement quoted in it.

    The test as it is and "" if there is none. A quotation may go on in the comments of the following lines.
    Any other mark is taken out too.
    """
    marks = [place for place, comment in enumerate(comments) if _MARK.match(comment.text)]
    if not marks:
        return code, ""
    spans = [_span(comments, mark) for mark in marks]
    return _without(code, [comment for span in spans for comment in span]), _quotation(spans[0])


def _span(comments: Sequence[Comment], mark: int) -> Sequence[Comment]:
    """The comments of a mark: one, or those up to the end of its quotation."""
    opening = _said(comments[mark])[:1]
    for end in range(mark, len(comments)):
        if comments[end].line != comments[mark].line + end - mark:
            break
        rest = _said(comments[end]).rstrip()[end == mark :]
        if opening in _PAIRS and rest.endswith(_PAIRS[opening]):
            return comments[mark : end + 1]
    return [comments[mark]]


def _said(comment: Comment) -> str:
    match = _MARK.match(comment.text)
    return match[1] if match else comment.text.lstrip(_SIGNS)


def _quotation(span: Sequence[Comment]) -> str:
    text = " ".join(" ".join(map(_said, span)).split())
    closed = len(text) > 1 and _PAIRS.get(text[0]) == text[-1]
    return text[1:-1].strip() if closed else text


def _without(code: str, comments: Sequence[Comment]) -> str:
    """The code without these comments, and without the lines that hold nothing else."""
    lines = split_lines(code)
    for comment in comments:
        line = lines[comment.line - 1]
        before, end = line[: comment.column], line[len(line.rstrip("\r\n")) :]
        lines[comment.line - 1] = before.rstrip() + end if before.strip() else ""
    return "".join(lines)
