"""The first gate: is a candidate a test that asserts something of its own? A table of small rules.

Every rule carries examples of what it refuses and of what it must let pass; one parametrised test runs them
all. In doubt a rule says nothing: the gates behind run the test.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from testgen.domain import Candidate
from testgen.languages.python.assertions import Assertion, State, Subject, subject
from testgen.languages.python.names import dotted, free, is_test_function, last_name, parameters
from testgen.languages.python.reading import NotPythonError

_SAME = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_TWO_SIDED = frozenset({"assertEqual", "assertEquals", "assertIs", "assertListEqual", "assertDictEqual"})
_ONE_SIDED = frozenset({"assertTrue", "assert_"})
_MOCKS = frozenset({"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "PropertyMock"})
_OF_TESTS = frozenset({"mock", "unittest", "pytest", "self", "call", "ANY", "sentinel"})
_SKIPS = frozenset({"pytest.skip", "pytest.xfail", "skip", "self.skipTest", "unittest.SkipTest", "SkipTest"})
_UNREAL = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a test is refused, when, and examples of both: `refused` tests and `accepted` near misses."""

    objection: str
    applies: Callable[[Subject], bool]
    refused: tuple[str, ...]
    accepted: tuple[str, ...]


def objection(candidate: Candidate) -> str:
    """Why the candidate is no test worth running; "" when nothing speaks against it."""
    try:
        found = subject(candidate)
    except NotPythonError as error:
        return f"does not compile: {error.problem} (line {error.line})"
    if found is None or not is_test_function(found.test):
        return "is not a test that pytest collects"
    return next((rule.objection for rule in RULES if rule.applies(found)), "")


def _asserts_nothing(subject: Subject) -> bool:
    return not subject.assertions


def _asserts_after_the_end(subject: Subject) -> bool:
    return all(assertion.state is State.DEAD for assertion in subject.assertions)


def _cannot_fail(subject: Subject) -> bool:
    return not any(assertion.state is State.LIVE for assertion in subject.assertions)


def _asserts_what_is_always_true(subject: Subject) -> bool:
    live = (assertion for assertion in subject.assertions if assertion.state is State.LIVE)
    return all(_is_trivial(assertion) for assertion in live)


def _is_trivial(assertion: Assertion) -> bool:
    node = assertion.node
    if isinstance(node, ast.Assert):
        return _always_true(node.test)
    if isinstance(node, ast.Raise):
        return False
    if last_name(node) in _TWO_SIDED and len(node.args) >= 2:
        return _is_same(node.args[0], node.args[1])
    return last_name(node) in _ONE_SIDED and bool(node.args) and _always_true(node.args[0])


def _always_true(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Tuple(elts=[_, *_]):
            return True
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_always_true(value) for value in values)
        case ast.BoolOp(values=values):
            return all(_always_true(value) for value in values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _is_true_comparison(left, op, right)
        case _:
            return False


def _is_true_comparison(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return True
    is_length = isinstance(left, ast.Call) and last_name(left) == "len"
    at_least_zero = isinstance(op, ast.GtE) and isinstance(right, ast.Constant) and right.value == 0
    return (is_length and at_least_zero) or (isinstance(op, _SAME) and _is_same(left, right))


def _is_same(left: ast.expr, right: ast.expr) -> bool:
    """Whether two sides are the same expression; calls may give another value the second time."""
    return ast.dump(left) == ast.dump(right) and not any(isinstance(p, _UNREAL) for p in ast.walk(left))


def _is_skipped(subject: Subject) -> bool:
    decorators = [*subject.test.decorator_list, *(subject.owner.decorator_list if subject.owner else [])]
    return any(_skips_always(d) for d in decorators) or any(_skips_here(s) for s in subject.test.body)


def _skips_always(decorator: ast.expr) -> bool:
    name = last_name(decorator)
    if name in {"skipif", "skipIf"} and isinstance(decorator, ast.Call) and decorator.args:
        condition = decorator.args[0]
        return isinstance(condition, ast.Constant) and bool(condition.value)
    return name in {"skip", "xfail", "expectedFailure"}


def _skips_here(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call() as call) | ast.Raise(exc=ast.expr() as call):
            return dotted(call) in _SKIPS
        case _:
            return False


def _asserts_only_its_own_mocks(subject: Subject) -> bool:
    """It makes mocks, and takes nothing else from outside: no fixture, no import, no helper."""
    makes_mocks = any(
        isinstance(part, ast.Call) and last_name(part) in _MOCKS for part in ast.walk(subject.test)
    )
    imports = any(isinstance(part, ast.Import | ast.ImportFrom) for part in ast.walk(subject.test))
    outside = free(ast.unparse(subject.test)) | parameters(subject.test)
    own = _MOCKS | _OF_TESTS | frozenset(dir(builtins)) | {subject.test.name}
    return makes_mocks and not imports and outside <= own and not _uses_own_members(subject.test)


def _uses_own_members(test: ast.AST) -> bool:
    return any(
        dotted(part).startswith("self.") and not part.attr.startswith(("assert", "fail", "subTest"))
        for part in ast.walk(test)
        if isinstance(part, ast.Attribute)
    )


def _yields(subject: Subject) -> bool:
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in _own_parts(subject.test))


def _own_parts(test: ast.AST) -> Iterator[ast.AST]:
    pending = list(ast.iter_child_nodes(test))
    while pending:
        part = pending.pop()
        yield part
        if not isinstance(part, _SCOPES):
            pending.extend(ast.iter_child_nodes(part))


def _stands_in_a_class_with_init(subject: Subject) -> bool:
    owner = subject.owner
    return (
        owner is not None
        and any(getattr(member, "name", "") == "__init__" for member in owner.body)
        and not any(last_name(base).endswith("TestCase") for base in owner.bases)
    )


RULES = (
    Rule(
        "is skipped or expected to fail, so it proves nothing",
        _is_skipped,
        refused=(
            "@pytest.mark.skip(reason='later')\ndef test_x():\n    assert total([1]) == 1",
            "@pytest.mark.xfail\ndef test_x():\n    assert total([1]) == 2",
            "@pytest.mark.skipif(True, reason='no')\ndef test_x():\n    assert total([1]) == 1",
            "def test_x():\n    pytest.skip('not now')\n    assert total([1]) == 1",
            "class TestX(TestCase):\n    def test_x(self):\n"
            "        self.skipTest('no')\n        self.assertTrue(f())",
            "@unittest.skip('x')\nclass TestX:\n    def test_x(self):\n        assert total([1]) == 1",
        ),
        accepted=(
            "@pytest.mark.skipif(sys.platform == 'win32', reason='x')\ndef test_x():\n    assert f() == 1",
            "def test_x():\n    if no_network():\n        pytest.skip('x')\n    assert f() == 1",
            "def test_x():\n    parser.skip('a')\n    assert parser.rest == 'b'",
        ),
    ),
    Rule(
        "yields, which pytest does not run as a test",
        _yields,
        refused=("def test_x():\n    assert f() == 1\n    yield",),
        accepted=("def test_x():\n    def parts():\n        yield 1\n    assert f(parts()) == 1",),
    ),
    Rule(
        "stands in a class with an __init__, which pytest does not collect",
        _stands_in_a_class_with_init,
        refused=(
            "class TestX:\n    def __init__(self):\n        self.x = 1\n"
            "\n    def test_x(self):\n        assert f() == 1",
        ),
        accepted=(
            "class TestX:\n    def setup_method(self):\n        self.x = 1\n"
            "\n    def test_x(self):\n        assert f(self.x)",
        ),
    ),
    Rule(
        "asserts nothing",
        _asserts_nothing,
        refused=(
            "def test_x():\n    total([1])",
            "def test_x():\n    print(total([1]))\n    mock.called_once_with(1)",
            "def test_x():\n    try:\n        total(None)\n    except Exception:\n        pass",
            "def run():\n    total([1])\n\ndef test_x():\n    run()",
            "from shop import validate\n\ndef test_x():\n    validate(1)",
            "def test_x(m):\n    m.assert_called_once",
        ),
        accepted=(
            "def test_x():\n    assert total([1]) == 1",
            "def test_x():\n    with pytest.raises(ValueError):\n        total(None)",
            "def test_x():\n    pytest.raises(ValueError, total, None)",
            "def test_x():\n    numpy.testing.assert_allclose(total([1]), 1)",
            "def test_x(m):\n    pay(m)\n    m.charge.assert_called_once_with(1)",
            "def check(x):\n    assert total(x) == 1\n\ndef test_x():\n    check([1])",
            "class TestX:\n    def same(self, x):\n        assert f(x) == x\n"
            "\n    def test_x(self):\n        self.same(1)",
            "def test_x():\n    check_in_the_file_already(1)",
            "def test_x():\n    if total([1]) != 1:\n        raise AssertionError('wrong')",
            "def gives(x):\n    def outer(f):\n        assert f() == x\n    return outer\n\n"
            "@gives(1)\ndef test_x():\n    return total([1])",
            "class TestX(Base):\n    def test_x(self):\n        super().test_x()",
            "from shop import same\n\nclass TestX(TestCase):\n"
            "    def test_x(self):\n        same(self, f(1), 1)",
            "class TestX(TestCase):\n    def test_x(self):\n"
            "        eq = self.assertEqual\n        eq(f(1), 1)",
            "def test_x():\n    try:\n        total(None)\n    except ValueError:\n"
            "        pass\n    else:\n        pytest.fail('no')",
        ),
    ),
    Rule(
        "asserts only after it has returned",
        _asserts_after_the_end,
        refused=(
            "def test_x():\n    total([1])\n    return\n    assert total([1]) == 2",
            "def test_x():\n    if False:\n        assert total([1]) == 2",
        ),
        accepted=(
            "def test_x():\n    if not total([]):\n        return\n    assert total([1]) == 1",
            "def test_x():\n    with pytest.raises(ValueError):\n"
            "        raise make_error()\n    assert seen == 1",
        ),
    ),
    Rule(
        "catches every failure of its own assertions, so it cannot fail",
        _cannot_fail,
        refused=(
            "def test_x():\n    try:\n        assert total([1]) == 2\n    except Exception:\n        pass",
            "def test_x():\n    try:\n        assert total([1]) == 2\n    except:\n        print('no')",
            "def test_x():\n    try:\n        assert total([1]) == 2\n"
            "    except (ValueError, AssertionError):\n        return",
            "def test_x():\n    with contextlib.suppress(Exception):\n        assert total([1]) == 2",
        ),
        accepted=(
            "def test_x():\n    try:\n        assert total([1]) == 1\n    except ValueError:\n        pass",
            "def test_x():\n    try:\n        total(None)\n"
            "    except Exception as error:\n        assert 'None' in str(error)",
            "def test_x():\n    try:\n        assert total([1]) == 1\n"
            "    except Exception:\n        dump()\n        raise",
            "def test_x():\n    try:\n        close()\n"
            "    except Exception:\n        pass\n    assert total([1]) == 1",
        ),
    ),
    Rule(
        "asserts only what is always true",
        _asserts_what_is_always_true,
        refused=(
            "def test_x():\n    total([1])\n    assert True",
            "def test_x():\n    total([1])\n    assert 1 == 1",
            "def test_x():\n    x = total([1])\n    assert x == x",
            "def test_x():\n    assert (total([1]) == 2, 'wrong')",
            "def test_x():\n    assert total([1]) == 2 or True",
            "def test_x():\n    assert len(total([1])) >= 0",
            "class TestX(TestCase):\n    def test_x(self):\n"
            "        self.assertTrue(True)\n        self.assertEqual(1, 1)",
        ),
        accepted=(
            "def test_x():\n    assert total([1])",
            "def test_x():\n    assert total([1]) == total([1])",
            "def test_x():\n    x = total([1])\n    assert x == x\n    assert x == 1",
            "def test_x():\n    if total([1]) != 1:\n        assert False, 'wrong'",
            "def test_x():\n    assert len(total([1])) >= 1",
            "class TestX(TestCase):\n    def test_x(self):\n        self.assertEqual(total([1]), 1)",
        ),
    ),
    Rule(
        "asserts only on mocks it made itself",
        _asserts_only_its_own_mocks,
        refused=(
            "from unittest.mock import Mock\n\ndef test_x():\n"
            "    m = Mock(return_value=3)\n    assert m() == 3",
            "from unittest import mock\n\ndef test_x():\n    m = mock.MagicMock()\n"
            "    m.pay(1)\n    m.pay.assert_called_once_with(1)",
        ),
        accepted=(
            "from unittest.mock import Mock\n\ndef test_x():\n"
            "    m = Mock(return_value=3)\n    assert total(m) == 3",
            "from unittest.mock import Mock\n\ndef test_x(cart):\n    cart.bank = Mock()\n"
            "    cart.pay()\n    cart.bank.charge.assert_called_once_with(1)",
            "from unittest.mock import Mock\n\ndef test_x():\n    from shop import pay\n"
            "    m = Mock()\n    pay(m)\n    m.assert_called_once()",
        ),
    ),
)
