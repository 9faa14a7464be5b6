"""Text that may come from a test or a model, made safe and fit to show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

_ESCAPES = re.compile(
    r"""(?: \x1b\[ | \x9b ) [0-?]* [ -/]* [@-~]                    # colours and cursor moves
      | (?: \x1b[\]PX^_] | [\x9d\x90\x98\x9e\x9f] ) [^\x07\x1b\x9c\n]* (?: \x07|\x1b\\|\x9c )?  # titles
      | \x1b [ -/]* [0-~]                                          # the short ones
    """,
    re.VERBOSE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Half characters cannot be encoded; direction marks make text read as what it is not.
_UNFIT = re.compile("[\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_ASCII = str.maketrans({"→": "->", "█": "#", "▓": "+", "░": "-", "×": "x", "·": "-", "…": "..."})


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line with its style in rich's words ("bold green"); newlines are in the text."""

    text: str
    style: str = ""


def plain(text: str) -> str:
    """The text without escape sequences and control characters; newlines and tabs stay.

    Characters that cannot be encoded or that turn the reading direction become U+FFFD.
    """
    return _UNFIT.sub("\ufffd", _CONTROLS.sub("", _ESCAPES.sub("", text)))


def one_line(text: str, most: int = 0) -> str:
    """The text on one line, plain; cut to `most` characters unless that is 0."""
    line = " ".join(plain(text).split())
    return line if not most or len(line) <= most else line[: most - 1] + "…"


def join(spans: Iterable[Span]) -> str:
    """The spans without their styles."""
    return "".join(span.text for span in spans)


def encodable(text: str, stream: TextIO) -> str:
    """The text as the stream's encoding can show it: ASCII stands in for arrows and bars where it must."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    return text
