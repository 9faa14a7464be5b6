"""The comment by which a model says that the code contradicts a statement: `# suspects: "..."`."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from testgen.languages.lines import split_lines

_MARK = re.compile(r"#+\s*suspects?\s*:\s*(.*)", re.IGNORECASE)
_PAIRS = {'"': '"', "'": "'", "`": "`", "“": "”", "«": "»"}


def taken(code: str) -> tuple[str, str]:
    """A test without the comment, and the statement quoted in it; the test as it is and "" without one.

    A quotation may go on in the comments of the following lines. Any other such comment is taken out too.
    """
    comments = list(_comments(code))
    marks = [place for place, comment in enumerate(comments) if _MARK.match(comment.string)]
    if not marks:
        return code, ""
    spans = [_span(comments, mark) for mark in marks]
    return _without(code, [comment for span in spans for comment in span]), _quotation(spans[0])


def _comments(code: str) -> Iterator[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return (token for token in tokens if token.type == tokenize.COMMENT)


def _span(comments: list[tokenize.TokenInfo], mark: int) -> list[tokenize.TokenInfo]:
    """The comments of a mark: one, or those up to the end of its quotation."""
    opening = _said(comments[mark])[:1]
    for end in range(mark, len(comments)):
        if comments[end].start[0] != comments[mark].start[0] + end - mark:
            break
        rest = comments[end].string.rstrip()[1 if end > mark else comments[mark].string.find(opening) + 1 :]
        if opening in _PAIRS and rest.endswith(_PAIRS[opening]):
            return comments[mark : end + 1]
    return [comments[mark]]


def _said(comment: tokenize.TokenInfo) -> str:
    match = _MARK.match(comment.string)
    return match[1] if match else comment.string.lstrip("#")


def _quotation(span: list[tokenize.TokenInfo]) -> str:
    text = " ".join(" ".join(map(_said, span)).split())
    closed = len(text) > 1 and _PAIRS.get(text[0]) == text[-1]
    return text[1:-1].strip() if closed else text


def _without(code: str, comments: list[tokenize.TokenInfo]) -> str:
    """The code without these comments, and without the lines that hold nothing else."""
    lines = split_lines(code)
    for comment in comments:
        row, column = comment.start
        before, end = lines[row - 1][:column], lines[row - 1][len(lines[row - 1].rstrip("\r\n")) :]
        lines[row - 1] = before.rstrip() + end if before.strip() else ""
    return "".join(lines)
