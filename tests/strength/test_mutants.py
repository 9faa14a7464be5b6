from __future__ import annotations

import ast
from pathlib import Path

import pytest

import testgen
from testgen.strength import ignored
from testgen.strength.equivalence import AGAIN, SAME, digest_of, told_apart
from testgen.strength.findings import Mutant
from testgen.strength.mutants import changes, replaced

OURS = sorted(Path(testgen.__file__).parent.glob("*.py"))


FUNCTIONS = ("removed body", "return value", "negated condition")  # what they change is around the rest


def mutants(source: str, operator: str = "") -> list[Mutant]:
    found = told_apart(changes(source))
    return [mutant for mutant in found if operator in ("", mutant.operator)]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_the_changed_text_is_the_changed_tree(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tops = ast.parse(source).body
    for change in list(changes(source))[::7]:
        place = [ast.dump(node) for node in tops].index(ast.dump(change.path[0]))
        changed = ast.parse(change.mutant.made_of(source)).body
        assert len(changed) == len(tops)
        assert digest_of(changed[place]) == digest_of(replaced(change.path, change.edit)), change.mutant


@pytest.mark.parametrize(
    ("source", "operator", "expected"),
    [
        ("x = 'ä' + str(a == b)", "comparison", "x = 'ä' + str((a != b))"),
        ("x = 1 if a else-b", "arithmetic", "x = 1 if a else b"),
        ("def f(): return-a", "arithmetic", "def f(): return a"),
        ("x = f'{a + b:>{w}}'", "arithmetic", "x = f'{a - b:>{w}}'"),
        ("@decorated\ndef f():\n  g(); return a", "removed body", "@decorated\ndef f():\n  pass"),
        ("if a:\r\n  b(1)\r\n", "removed statement", "if a:\r\n  pass\r\n"),
        ("match a:\n  case {'k': 1}: b", "constant", "match a:\n  case {'kXX': 1}: b"),
    ],
)
def test_the_rest_of_the_text_stays(source: str, operator: str, expected: str) -> None:
    first = mutants(source, operator)[0]
    made = first.made_of(source)
    assert ast.dump(ast.parse(made)) == ast.dump(ast.parse(expected))
    assert made.count("\r") == expected.count("\r")


@pytest.mark.parametrize(
    ("source", "line", "at", "unit"),
    [
        ("x = [\n  1,\n]", 1, 2, ""),
        ("class A:\n  def f(self):\n    return g(\n      a < b)", 3, 4, "A.f"),
        ("@d(1)\ndef f():\n  pass", 1, 1, "f"),
        ("def f(a=1):\n  'what it does'\n  return a", 3, 1, "f"),
        ("def f(a,\n      b=1):\n  pass", 3, 2, "f"),
        ("try: f()\nexcept A: pass", 2, 2, ""),
        ("match a:\n  case 1:\n    pass", 2, 2, ""),
    ],
)
def test_a_mutant_knows_where_it_is(source: str, line: int, at: int, unit: str) -> None:
    wanted = ("constant", "comparison", "exception type")
    found = [mutant for mutant in mutants(source) if mutant.operator in wanted]
    assert [(mutant.line, mutant.at, mutant.unit) for mutant in found[:1]] == [(line, at, unit)]


@pytest.mark.parametrize(
    ("source", "operator", "before", "after"),
    [
        ("x = f(a,\n  key=b)", "argument", "f(a, key=b)", "f(a)"),
        (
            f"x = function(first['{'a' * 50}'], second=b['c'],\n  third=d)",
            "argument",
            "…aaa'], second=b['c'], third=d)",
            "…aaa'], second=b['c'])",
        ),
        (f"x = a['{'b' * 80}'] + 1 < c", "boundary", "…bbbbbbbbbbbb'] + 1 < c", "…bbbbbbbbbbbb'] + 1 <= c"),
    ],
)
def test_what_was_changed_can_be_seen_in_a_long_piece_too(
    source: str, operator: str, before: str, after: str
) -> None:
    last = mutants(source, operator)[-1]
    assert (last.before, last.after) == (before, after)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(a: 'A') -> 'B': ...", ignored.ANNOTATION),
        ("x: Literal[1]", ignored.ANNOTATION),
        ("T = TypeVar('T')", ignored.ANNOTATION),
        ("'what it is'", ignored.DOCSTRING),
        ("logger.info('%s', a + 1)", ignored.LOGGING),
        ("log = logging.getLogger(name)", ignored.LOGGING),
        ("self._log.debug('a')", ignored.LOGGING),
        ("if TYPE_CHECKING:\n  X = 1", ignored.TYPE_CHECKING),
        ("if typing.TYPE_CHECKING:\n  X = 1", ignored.TYPE_CHECKING),
        ("__all__ = ['a']", ignored.EXPORTS),
        ("def f(a):\n  return a\n  a.b = c", ignored.UNREACHABLE),
        ("x = a if 1 else b", SAME),
    ],
)
def test_what_says_nothing_is_ignored_with_its_reason(source: str, reason: str) -> None:
    found = [mutant for mutant in mutants(source) if mutant.operator not in FUNCTIONS]
    assert found
    assert {mutant.ignored for mutant in found} == {reason}


@pytest.mark.parametrize(
    "source",
    [
        "def f(a=1): ...",
        "catalog.info('a')",
        "if CHECKING:\n  X = 1",
        "names = ['a']",
        "raise Error(1)",
        "def f():\n  if a:\n    return a\n  a.b = c",
    ],
)
def test_what_says_something_is_not(source: str) -> None:
    assert "" in {mutant.ignored for mutant in mutants(source)}


@pytest.mark.parametrize(
    "message", ["'no'", "'no %d' % (a + 1)", "'no ' + str(a)", "'no {}'.format(a < b)", "f'{a}'"]
)
def test_the_message_of_an_exception_is_ignored_and_its_type_is_not(message: str) -> None:
    found = [(mutant.operator, mutant.ignored) for mutant in mutants(f"raise ValueError({message})")]
    assert [one for one in found if not one[1]] == [("removed statement", ""), ("exception type", "")]
    assert {why for _, why in found} <= {"", ignored.MESSAGE}


def test_two_mutants_that_compile_to_the_same_are_one() -> None:
    ways = [(mutant.operator, mutant.ignored) for mutant in mutants("def f(a):\n  return a")]
    assert ways == [("removed body", ""), ("return value", AGAIN)]
