"""A changed text in the place of the source file, for whoever imports it."""

from __future__ import annotations

import contextlib
import os
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

_get_code = SourceFileLoader.get_code


class Mutation:
    """A text (a path to it) that is to stand in the source's place.

    `seen` says whether somebody imported it: only then do the tests' outcomes say something about it.
    """

    def __init__(self, source: str, path: str) -> None:
        self.source, self.path = source, path
        self.seen = False

    def install(self) -> None:
        """From now on an import of the source gives the changed one, unless this Python cannot compile it."""
        with contextlib.suppress(SyntaxError):
            text = Path(self.path).read_text("utf-8")
            self.take_over(compile(text, self.source, "exec", dont_inherit=True))

    def take_over(self, code: CodeType) -> None:
        def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
            if os.path.realpath(loader.path) != self.source:
                return _get_code(loader, fullname)
            self.seen = True
            return code

        SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
