"""A source in two pieces: an outline, the same for every question, and in full what a question is about."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from testgen.context.outline import LONGEST_PART, SMALL
from testgen.domain import Gap, Line
from testgen.languages import Unit
from testgen.languages.lines import split_lines
from testgen.languages.python.names import FUNCTIONS, is_docstring
from testgen.languages.python.reading import definition_line, tree_of

LONGEST_WHOLE = 40  # lines of a definition; of a longer one only what surrounds its missing lines is shown
AROUND = 8
NEIGHBOUR = 25  # lines of a definition that is shown because a gap names it, or it names the gap
MOST_NEIGHBOURS = 6


@dataclass(frozen=True, slots=True)
class Parts:
    """A source that can be shown piece by piece."""

    lines: tuple[str, ...]
    units: tuple[Unit, ...]
    bodies: frozenset[Line]
    docstrings: frozenset[Line]

    @classmethod
    def of(cls, text: str, units: tuple[Unit, ...]) -> Parts:
        """Read a source that is known to parse."""
        tree = tree_of(text)
        docstrings = frozenset(line for node in ast.walk(tree) for line in _docstring_rest(node))
        return cls(tuple(split_lines(text)), units, frozenset(_bodies(tree)) | docstrings, docstrings)

    @property
    def outline(self) -> str:
        """All but the bodies of functions that are not small, and the rest of long values and docstrings."""
        everything = range(1, len(self.lines) + 1)
        return self._shown(frozenset(everything) - self.bodies)

    def in_full(self, gaps: Sequence[Gap]) -> str:
        """The definitions with gaps, `!` at lines that never run, and short ones beside them."""
        asked = frozenset(line for gap in gaps for line in self._lines_of(gap))
        near = [line for unit in self._neighbours(gaps, asked) for line in _span(unit)]
        return self._shown(asked.union(near), frozenset().union(*(gap.missing.lines for gap in gaps)))

    def _lines_of(self, gap: Gap) -> Iterator[Line]:
        """A short definition; of a long one, and of the module itself, what surrounds the missing lines."""
        defined = any(gap.name == unit.name for unit in self.units)
        if defined and gap.last_line - gap.first_line < LONGEST_WHOLE:
            yield from range(gap.first_line, gap.last_line + 1)
            return
        for line in gap.missing.lines | {start for start, _ in gap.missing.branches}:
            first, last = max(gap.first_line, line - AROUND), min(line + AROUND, len(self.lines))
            yield from set(range(first, last + 1)) - self.docstrings
            yield from self._headers(line, gap.first_line)

    def _headers(self, line: Line, first: Line) -> Iterator[Line]:
        """The lines further up that a line is indented below."""
        depth = _indent(self.lines[line - 1])
        for above in range(line - 1, first - 1, -1):
            if self.lines[above - 1].strip() and _indent(self.lines[above - 1]) < depth:
                depth = _indent(self.lines[above - 1])
                yield above

    def _neighbours(self, gaps: Sequence[Gap], asked: frozenset[Line]) -> list[Unit]:
        """Short definitions that the code in question names, then those that name it."""
        names = {gap.name.rpartition(".")[2] for gap in gaps}
        said = self._words(asked)
        short = [
            unit for unit in self.units if len(_span(unit)) <= NEIGHBOUR and asked.isdisjoint(_span(unit))
        ]
        named = [unit for unit in short if unit.name.rpartition(".")[2] in said]
        naming = [unit for unit in short if unit not in named and names & self._words(_span(unit))]
        return [*named, *naming][:MOST_NEIGHBOURS]

    def _words(self, lines: Collection[Line]) -> set[str]:
        return {word for line in lines for word in re.findall(r"\w+", self.lines[line - 1])}

    def _shown(self, lines: frozenset[Line], marked: frozenset[Line] = frozenset()) -> str:
        """Numbered lines; dots stand for what is left out between them."""
        width, shown, left_out = len(str(len(self.lines))), [], False
        for number, line in enumerate(self.lines, 1):
            if number in lines:
                mark = "!" if number in marked else " "
                shown.append(f"{number:>{width}}{mark} {line}".rstrip())
                left_out = False
            elif line.strip() and not left_out:
                shown.append(f"{'':{width}}  {line[: _indent(line)]}...")
                left_out = True
        return "\n".join(shown)


def _span(unit: Unit) -> range:
    return range(unit.first_line, unit.last_line + 1)


def _bodies(node: ast.AST) -> Iterator[Line]:
    """The lines that an outline is without."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            body = [part for part in child.body if not is_docstring(part)]
            end = child.end_lineno or child.lineno
            if body and end - definition_line(body[0]) >= SMALL:
                yield from range(max(definition_line(body[0]), child.lineno + 1), end + 1)
        elif isinstance(child, ast.ClassDef):
            yield from _bodies(child)
        elif isinstance(child, ast.Assign | ast.AnnAssign):
            yield from range(child.lineno + LONGEST_PART, child.end_lineno or 0)
        else:
            yield from _bodies(child)


def _docstring_rest(node: ast.AST) -> Iterator[Line]:
    """All but the first line of the docstring of a definition, if it has more."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and is_docstring(first := node.body[0]):
        yield from range(first.lineno + 1, (first.end_lineno or first.lineno) + 1)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def portions(gaps: Sequence[Gap], most: int) -> tuple[tuple[Gap, ...], ...]:
    """The gaps in their order, as many together as have at most so many lines of code."""
    together: list[list[Gap]] = []
    room = 0
    for gap in gaps:
        lines = gap.last_line - gap.first_line + 1
        if not together or lines > room:
            together.append([])
            room = most
        together[-1].append(gap)
        room -= lines
    return tuple(tuple(portion) for portion in together)
