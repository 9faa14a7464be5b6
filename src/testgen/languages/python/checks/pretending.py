"""Rules against what only pretends to be a test: it asserts nothing, or what holds whatever the code does."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from testgen.languages.python.assertions import Assertion, State, Subject
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.names import dotted, last_name
from testgen.languages.python.truth import always_true, is_same

_TWO_SIDED = frozenset({"assertEqual", "assertEquals", "assertIs", "assertListEqual", "assertDictEqual"})
_ONE_SIDED = frozenset({"assertTrue", "assert_"})
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex"})
_BUILTINS = frozenset(dir(builtins))
_FIXED = (
    *(ast.Constant, ast.Name, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Tuple),
    *(ast.expr_context, ast.cmpop, ast.boolop, ast.unaryop, ast.operator),
)
_SKIPS = frozenset({"pytest.skip", "pytest.xfail", "skip", "self.skipTest", "unittest.SkipTest", "SkipTest"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _asserts_nothing(subject: Subject) -> bool:
    return not subject.assertions


def _asserts_after_the_end(subject: Subject) -> bool:
    return all(assertion.state is State.DEAD for assertion in subject.assertions)


def _cannot_fail(subject: Subject) -> bool:
    return not any(assertion.state is State.LIVE for assertion in subject.assertions)


def _asserts_what_is_always_true(subject: Subject) -> bool:
    live = (assertion for assertion in subject.assertions if assertion.state is State.LIVE)
    return all(_is_trivial(subject, assertion) for assertion in live)


def _is_trivial(subject: Subject, assertion: Assertion) -> bool:
    node = assertion.node
    if isinstance(node, ast.Raise):
        return False
    if isinstance(node, ast.Assert):
        return _holds(subject, node.test)
    if last_name(node) in _TWO_SIDED and len(node.args) >= 2:
        return is_same(node.args[0], node.args[1]) or _is_constant(subject, *node.args[:2])
    if last_name(node) in _EXPECTING:
        return node in _self_fulfilling(subject.test)
    return last_name(node) in _ONE_SIDED and bool(node.args) and _holds(subject, node.args[0])


def _holds(subject: Subject, condition: ast.expr) -> bool:
    compares = isinstance(condition, ast.Compare) and _is_constant(subject, condition)
    return always_true(condition) or compares


def _is_constant(subject: Subject, *nodes: ast.AST) -> bool:
    """Whether values are made only from constants that the test brought itself."""
    parts = [part for node in nodes for part in ast.walk(node)]
    named = (part.id for part in parts if isinstance(part, ast.Name))
    return all(isinstance(part, _FIXED) for part in parts) and subject.meaning.constants.issuperset(named)


def _self_fulfilling(test: ast.AST) -> Iterator[ast.expr]:
    """Expectations of exceptions that the test raises itself: `with raises(ValueError): int("x")`."""
    for node in ast.walk(test):
        match node:
            case ast.With(items=[item], body=body) if _needs_no_code(*body):
                yield item.context_expr
            case ast.Expr(value=ast.Call(args=[_, function, *given]) as call) if _needs_no_code(
                function, *given
            ):
                yield call


def _needs_no_code(*nodes: ast.AST) -> bool:
    names = (part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name))
    return _BUILTINS.issuperset(names)


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


def _yields(subject: Subject) -> bool:
    """Whether pytest finds a generator; a decorator of another library may drive it."""
    driven = any(dotted(decorator).partition(".")[0] != "pytest" for decorator in subject.test.decorator_list)
    return not driven and any(
        isinstance(part, ast.Yield | ast.YieldFrom) for part in _own_parts(subject.test)
    )


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
        "asserts only where it never gets to",
        _asserts_after_the_end,
        refused=(
            "def test_x():\n    total([1])\n    return\n    assert total([1]) == 2",
            "def test_x():\n    if False:\n        assert total([1]) == 2",
            "def test_x():\n    if 1 == 2:\n        assert total([1]) == 2",
            "def test_x():\n    while not True:\n        assert total([1]) == 2",
            "def test_x():\n    for n in []:\n        assert total([n]) == 2",
            "def test_x():\n    for n in range(0):\n        assert total([n]) == 2",
            "def test_x():\n    def check():\n        assert total([1]) == 2\n    total([1])",
        ),
        accepted=(
            "def test_x():\n    if not total([]):\n        return\n    assert total([1]) == 1",
            "def test_x():\n    with pytest.raises(ValueError):\n"
            "        raise make_error()\n    assert seen == 1",
            "def test_x():\n    for n in [1]:\n        assert total([n]) == 1",
            "def test_x():\n    def check():\n        assert total([1]) == 1\n    run(check)",
            "def test_x():\n    class Seen:\n        def add(self, n):\n            assert n == 1\n"
            "    total([1], Seen())",
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
            "def test_x():\n    x = total([1])\n    assert x or not x",
            "def test_x():\n    x = total([1])\n    assert not x != x",
            "def test_x():\n    total([1])\n    expected = 3\n    assert expected == 3",
            "LIMIT = 3\n\ndef test_x():\n    total([1])\n    assert LIMIT > 2",
            "def test_x():\n    total([1])\n    with pytest.raises(ValueError):\n"
            "        raise ValueError('x')",
            "def test_x():\n    total([1])\n    with pytest.raises(Exception):\n        1 / 0",
            "def test_x():\n    total([1])\n    pytest.raises(ValueError, int, 'x')",
            "class TestX(TestCase):\n    def test_x(self):\n"
            "        self.assertTrue(True)\n        self.assertEqual(1, 1)",
        ),
        accepted=(
            "def test_x():\n    assert total([1])",
            "def test_x():\n    assert total([1]) == total([1])",
            "def test_x():\n    x = total([1])\n    assert x == x\n    assert x == 1",
            "def test_x():\n    if total([1]) != 1:\n        assert False, 'wrong'",
            "def test_x():\n    assert len(total([1])) >= 1",
            "def test_x():\n    calls = 0\n    def count(_):\n        nonlocal calls\n        calls += 1\n"
            "    total([1], count)\n    assert calls == 1",
            "def test_x():\n    seen = []\n    total([1], seen.append)\n    assert seen == [1]",
            "def test_x():\n    count = 0\n    for n in total([1]):\n        count += n\n"
            "    assert count == 1",
            "def test_x():\n    with pytest.raises(ValueError), total():\n        raise ValueError('x')",
            "def test_x():\n    with pytest.raises(ShopError, match='3'):\n        raise ShopError(3)",
            "class TestX(TestCase):\n    def test_x(self):\n"
            "        with self.assertRaisesRegex(ValueError, 'x'):\n            total(None)",
            "def test_x():\n    pytest.raises(ValueError, total, 'x')",
            "def test_x():\n    with pytest.raises(ZeroDivisionError):\n        total(1) / 0",
            "class TestX(TestCase):\n    def test_x(self):\n        self.assertEqual(total([1]), 1)",
        ),
    ),
)
