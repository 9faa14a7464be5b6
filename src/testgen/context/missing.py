"""What nothing reaches, in words: lines that never run, and branches by their condition and direction."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from testgen.domain import Arc, Gap, Line, way_number
from testgen.languages.lines import split_lines
from testgen.languages.python.names import FUNCTIONS, Function, is_docstring
from testgen.languages.python.reading import definition_line, tree_of
from testgen.prompting import AskedGap
from testgen.reports.phrases import ranges

LONGEST_CODE = 80  # characters of code in a sentence

Fork: TypeAlias = ast.If | ast.While | ast.For | ast.AsyncFor | ast.match_case

_LOOPS = (ast.For, ast.AsyncFor)
_FORKS = (ast.If, ast.While, *_LOOPS, ast.match_case)


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What a source has on its lines: statements, forks of the way, and functions by where they begin."""

    text: str
    lines: tuple[str, ...]
    statements: frozenset[Line]
    functions: Mapping[Line, Function]
    forks: Mapping[Line, Fork]

    @classmethod
    def of(cls, text: str, statements: frozenset[Line]) -> Landmarks:
        """Read a source that is known to parse; `statements` are the lines that can be reached."""
        nodes = list(ast.walk(tree_of(text)))
        functions = {definition_line(node): node for node in nodes if isinstance(node, FUNCTIONS)}
        forks = {_line_of(node): node for node in nodes if isinstance(node, _FORKS)}
        return cls(text, tuple(split_lines(text)), statements, functions, forks)

    @classmethod
    def plain(cls, text: str, statements: frozenset[Line]) -> Landmarks:
        """Those of a source in another language: its lines, and nothing of their meaning."""
        return cls(text, tuple(split_lines(text)), statements, {}, {})

    def in_words(self, gap: Gap) -> AskedGap:
        """A gap in sentences; branches from or to a line that is missing itself go without saying."""
        missing = gap.missing
        said = [f"{', '.join(self._unreached(gap))} never run"] if missing.lines else []
        said += [self._untaken(arc) for arc in sorted(missing.branches) if missing.lines.isdisjoint(arc)]
        if _entry(self.functions.get(gap.first_line)) in missing.lines:
            said = ["never called"]
        return AskedGap(gap.name, gap.first_line, gap.last_line, tuple(said))

    def _unreached(self, gap: Gap) -> Iterator[str]:
        """Stretches of lines; a line by itself, which is easily overlooked, with its code."""
        for span in ranges(gap.missing.lines, self.statements):
            code = f" `{_clipped(self.lines[int(span) - 1])}`" if span.isdigit() else ""
            yield f"line {span}{code}" if code else f"lines {span}"

    def _untaken(self, arc: Arc) -> str:
        start, end = arc
        fork = self.forks.get(start)
        if fork:
            return f"line {start} `{_clipped(self._head(fork))}` never {_direction(fork, end)}"
        if (number := way_number(end)) is not None:
            return f"line {start} `{_clipped(self.lines[start - 1])}` never takes its way {number + 1}"
        return f"line {start} never {f'goes on to line {end}' if end > 0 else 'leaves the function'}"

    def _head(self, fork: Fork) -> str:
        """A fork as it is written, up to the colon."""
        match fork:
            case ast.For() | ast.AsyncFor():
                return f"for {self._code(fork.target)} in {self._code(fork.iter)}"
            case ast.While():
                return f"while {self._code(fork.test)}"
            case ast.If():
                word = "elif" if self.lines[fork.lineno - 1].lstrip().startswith("elif") else "if"
                return f"{word} {self._code(fork.test)}"
            case ast.match_case():
                guard = f" if {self._code(fork.guard)}" if fork.guard else ""
                return f"case {self._code(fork.pattern)}{guard}"

    def _code(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ""


def _line_of(fork: Fork) -> Line:
    return fork.pattern.lineno if isinstance(fork, ast.match_case) else fork.lineno


def _entry(function: Function | None) -> Line | None:
    """The line that every call runs; None if there is only a docstring."""
    body = [node for node in function.body if not is_docstring(node)] if function else []
    return definition_line(body[0]) if body else None


def _direction(fork: Fork, end: Line) -> str:
    """What a fork never is when it never goes on to a line."""
    inside = definition_line(fork.body[0]) <= end <= (fork.body[-1].end_lineno or 0)
    if isinstance(fork, ast.match_case):
        return "matches" if inside else "passed over"
    if isinstance(fork, _LOOPS):
        return "entered" if inside else "finished normally"
    return "true" if inside else "false"


def _clipped(code: str) -> str:
    text = " ".join(code.split())
    return text if len(text) <= LONGEST_CODE else f"{text[:LONGEST_CODE]}…"
