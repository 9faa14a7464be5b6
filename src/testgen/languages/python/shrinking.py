"""Making a test smaller: one case of many, one statement less."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from testgen.domain import Candidate
from testgen.languages.lines import split_lines
from testgen.languages.python.checks import objection
from testgen.languages.python.claims import parametrize
from testgen.languages.python.names import FUNCTIONS
from testgen.languages.python.reading import is_python, tree_of
from testgen.languages.python.source import pieces_of


def one_case(candidate: Candidate, number: int) -> Candidate:
    """A test with only one of the cases of its `parametrize`; as it is where there is not one such list."""
    test = tree_of(candidate.code).body[0]
    found = [call for one in getattr(test, "decorator_list", []) if (call := parametrize(one))]
    cases = found[0].args[1] if len(found) == 1 else None
    if not isinstance(cases, ast.List | ast.Tuple) or number >= len(cases.elts) or len(cases.elts) < 2:
        return candidate
    all_of_them = ast.get_source_segment(candidate.code, cases)
    this_one = ast.get_source_segment(candidate.code, cases.elts[number])
    if not all_of_them or not this_one:
        return candidate
    return replace(candidate, code=candidate.code.replace(all_of_them, f"[{this_one}]", 1))


def smaller(candidate: Candidate) -> Iterator[Candidate]:
    """The test without one of the statements of its body, the last one first; each is still a test."""
    test = tree_of(candidate.code).body[0]
    if not isinstance(test, FUNCTIONS) or len(test.body) < 2:
        return
    lines = split_lines(candidate.code)
    for piece in reversed(pieces_of(test.body, lines)):
        code = "".join([*lines[: piece.first - 1], *lines[piece.last :]]).rstrip() + "\n"
        less = replace(candidate, code=code)
        if is_python(code) and not objection(less):
            yield less
