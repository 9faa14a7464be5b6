"""Code as escaped HTML with a handful of classes, so that a reader finds their way in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from testgen.reports.text import plain

if TYPE_CHECKING:
    from markupsafe import Markup
    from pygments.lexer import Lexer  # type: ignore[import-untyped]


class Highlighter:
    """Colours code in the language that a file of this name holds; unknown ones stay uncoloured."""

    def __init__(self, file_name: str) -> None:
        self._lexer = _lexer(file_name)

    def lines(self, text: str) -> tuple[Markup, ...]:
        """The text's lines, each with its spans closed; none for an empty text."""
        from markupsafe import Markup

        if not text:
            return ()
        return tuple(Markup(line) for line in "".join(self._pieces(text)).split("\n"))  # noqa: S704 - escaped below

    def block(self, text: str) -> Markup:
        """The text as a whole, without its outer blank lines."""
        from markupsafe import Markup

        return Markup("\n").join(self.lines(text.strip("\n")))

    def _pieces(self, text: str) -> Iterator[str]:
        for kind, value in self._lexer.get_tokens(plain(text)):
            name, shown = _name_of(kind), escape(value)
            if not name:
                yield shown
            elif "\n" not in shown:
                yield f'<span class="{name}">{shown}</span>'
            else:  # a span ends with its line
                parts = shown.split("\n")
                yield "\n".join(f'<span class="{name}">{part}</span>' if part else "" for part in parts)


@cache
def _name_of(kind: object) -> str:
    """The class in the style sheet of a kind of token, "" for the most."""
    from pygments.token import Token  # type: ignore[import-untyped]

    names = {
        Token.Keyword: "k",
        Token.Operator.Word: "k",
        Token.Literal.String: "s",
        Token.Comment: "c",
        Token.Literal.Number: "n",
        Token.Name.Function: "f",
        Token.Name.Class: "f",
        Token.Name.Decorator: "d",
    }
    return next((names[known] for known in names if kind in known), "")


def _lexer(file_name: str) -> Lexer:
    from pygments.lexers import TextLexer, get_lexer_for_filename  # type: ignore[import-untyped]
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]

    options = {"stripnl": False, "ensurenl": False}
    try:
        return get_lexer_for_filename(file_name, **options)
    except ClassNotFound:
        return TextLexer(**options)
