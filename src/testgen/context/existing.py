"""The existing tests as a style to follow: whole if short, else the nearest and what they stand on."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from testgen.languages.lines import split_lines
from testgen.languages.python.names import FUNCTIONS, is_test_class, is_test_function, last_name
from testgen.languages.python.reading import NotPythonError, tree_of
from testgen.languages.python.source import Piece, pieces_of
from testgen.prompting import listed

LONGEST = 8_000  # characters of a test file that is shown whole
EXAMPLES = 2

_NO_EXAMPLE = frozenset({"skip", "skipif", "xfail", "flaky"})


def excerpt(text: str, near: Collection[str], longest: int = LONGEST, unfit: Collection[str] = ()) -> str:
    """A test file's text; of one that has more characters the imports, fixtures, helpers and some tests.

    These are the ones that say most of `near`, and none whose name is in `unfit`. What is left out is named
    where it stood. Text that is not Python stays as it is.
    """
    if len(text) <= longest:
        return text
    try:
        tree = tree_of(text)
    except NotPythonError:
        return text
    lines = split_lines(text)
    tests = list(_tests(tree.body, lines))
    examples = _nearest([piece.node for piece in tests if _name(piece.node) not in unfit], near)
    return _without([piece for piece in tests if piece.node not in examples], lines)


def only(text: str, names: Collection[str]) -> str:
    """A test file's text with no other tests than those of these names; what is left out is named."""
    try:
        tree = tree_of(text)
    except NotPythonError:
        return text
    lines = split_lines(text)
    return _without([piece for piece in _tests(tree.body, lines) if _name(piece.node) not in names], lines)


def _tests(body: Sequence[ast.stmt], lines: Sequence[str]) -> Iterator[Piece]:
    """Every test function and method, in the order of the file."""
    for piece in pieces_of(body, lines):
        if is_test_function(piece.node):
            yield piece
        elif is_test_class(piece.node):
            yield from _tests(piece.node.body, lines)


def _nearest(tests: Sequence[ast.stmt], near: Collection[str]) -> list[ast.stmt]:
    """One by one the test that says most of what is near; what was not said before counts first."""
    left, chosen, unsaid = list(filter(_is_example, tests)), list[ast.stmt](), set(near)
    while left and len(chosen) < EXAMPLES:
        said = {test: _words(test) & set(near) for test in left}
        nearest = max(left, key=lambda test: (len(said[test] & unsaid), len(said[test])))
        unsaid -= said[nearest]
        chosen.append(nearest)
        left.remove(nearest)
    return chosen


def _is_example(test: ast.stmt) -> bool:
    marks = {last_name(mark) for mark in test.decorator_list} if isinstance(test, FUNCTIONS) else set()
    return not _NO_EXAMPLE & marks


def _words(test: ast.stmt) -> set[str]:
    """What it names, the fixtures it asks for included."""
    parts = list(ast.walk(test))
    named = {last_name(part) for part in parts if isinstance(part, ast.Name | ast.Attribute)}
    return named | {part.arg for part in parts if isinstance(part, ast.arg)}


def _without(pieces: Sequence[Piece], lines: Sequence[str]) -> str:
    """The lines without those of the pieces; one comment stands for pieces with nothing between them."""
    kept: list[str] = []
    end = 0
    for run in _runs(pieces, lines):
        kept += lines[end : run[0].first - 1]
        margin = " " * run[0].node.col_offset
        kept.append(f"{margin}# left out: {listed([_name(piece.node) for piece in run])}\n")
        end = run[-1].last
    return "".join([*kept, *lines[end:]])


def _runs(pieces: Sequence[Piece], lines: Sequence[str]) -> list[list[Piece]]:
    runs: list[list[Piece]] = []
    for piece in pieces:
        if runs and _follows(runs[-1][-1], piece, lines):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _follows(before: Piece, piece: Piece, lines: Sequence[str]) -> bool:
    between = "".join(lines[before.last : piece.first - 1])
    return before.node.col_offset == piece.node.col_offset and not between.strip()


def _name(node: ast.stmt) -> str:
    return node.name if isinstance(node, FUNCTIONS) else ""
