"""Rules against tests in which mocks answer and no code under test is run."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from testgen.languages.python.assertions import Subject
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.meaning import Meaning
from testgen.languages.python.names import Function, dotted, free, last_name, parameters

_MOCKS = frozenset({"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "PropertyMock"})
_OF_TESTS = frozenset(
    {"mock", "unittest", "pytest", "self", "call", "ANY", "sentinel", "patch", "mocker", "monkeypatch"}
)
_PATCHING = re.compile(r"((unittest\.)?mock\.|mocker\.)?(patch(\.object|\.multiple)?|create_autospec)$")
_CALLING_THROUGH = frozenset({"wraps"})
_BUILTINS = frozenset(dir(builtins))


def _asserts_only_its_own_mocks(subject: Subject) -> bool:
    """It makes mocks, and uses nothing else from outside: no fixture, no import, no helper."""
    test = subject.test
    imports = any(isinstance(part, ast.Import | ast.ImportFrom) for part in ast.walk(test))
    own = _MOCKS | _OF_TESTS | _BUILTINS | {test.name} | _injected(test)
    outside = free(ast.unparse(test)) | parameters(test)
    used = outside & _used_beside_mocks(test)
    return _makes_mocks(test) and not imports and used <= own and not _uses_own_members(test)


def _makes_mocks(test: ast.AST) -> bool:
    return any(isinstance(part, ast.Call) and _is_mock(part) for part in ast.walk(test))


def _is_mock(call: ast.Call) -> bool:
    return last_name(call) in _MOCKS or bool(_PATCHING.match(dotted(call)))


def _injected(test: Function) -> frozenset[str]:
    """The parameters, where each of them is a mock that a decorator puts in."""
    patches = [d for d in test.decorator_list if isinstance(d, ast.Call) and _PATCHING.match(dotted(d))]
    names = parameters(test) - {"self"}
    return names if len(patches) == len(names) else frozenset()


def _used_beside_mocks(test: ast.AST) -> frozenset[str]:
    """The names in a test, except those that only say what to make a mock of."""
    names: set[str] = set()
    pending = [test]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Name):
            names.add(part.id)
        of_mock = isinstance(part, ast.Call) and _is_mock(part)
        pending.extend([] if of_mock else ast.iter_child_nodes(part))
    return frozenset(names)


def _calls_only_what_it_replaced(subject: Subject) -> bool:
    """It puts something in the place of a function, and then calls that and no other code."""
    meaning = subject.meaning
    calls = [part for node in subject.test.body for part in ast.walk(node) if isinstance(part, ast.Call)]
    if any(word.arg in _CALLING_THROUGH for call in meaning.calls for word in call.keywords):
        return False
    tools = _OF_TESTS | _BUILTINS | _injected(subject.test)
    holders = frozenset(start for path in meaning.replaced for start in _starts(path))
    return any(_is_replaced(meaning, call) for call in calls) and all(
        _is_replaced(meaning, call) or _is_of(meaning, call, tools) or meaning.path(call.func) in holders
        for call in calls
    )


def _is_replaced(meaning: Meaning, call: ast.Call) -> bool:
    """Whether a call calls what was put there, or something of it; imported names keep what they were."""
    path = meaning.path(call.func)
    imported = isinstance(call.func, ast.Name) and path in meaning.replaced
    return not imported and not meaning.replaced.isdisjoint({path, *_starts(path)})


def _is_of(meaning: Meaning, call: ast.Call, tools: frozenset[str]) -> bool:
    paths = (meaning.path(call.func), dotted(call))
    return any(path.partition(".")[0] in tools for path in paths)


def _starts(path: str) -> Iterator[str]:
    """`a` and `a.b` of `a.b.c`."""
    parts = path.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts)))


def _uses_own_members(test: ast.AST) -> bool:
    return any(
        dotted(part).startswith("self.") and not part.attr.startswith(("assert", "fail", "subTest"))
        for part in ast.walk(test)
        if isinstance(part, ast.Attribute)
    )


RULES = (
    Rule(
        "asserts only on mocks it made itself",
        _asserts_only_its_own_mocks,
        refused=(
            "from unittest.mock import Mock\n\ndef test_x():\n"
            "    m = Mock(return_value=3)\n    assert m() == 3",
            "from unittest import mock\n\ndef test_x():\n    m = mock.MagicMock()\n"
            "    m.pay(1)\n    m.pay.assert_called_once_with(1)",
            "from unittest.mock import Mock\nfrom shop import Cart\n\ndef test_x():\n"
            "    cart = Mock(spec=Cart)\n    cart.total.return_value = 3\n    assert cart.total() == 3",
            "from unittest.mock import patch\n\n@patch('shop.pay')\ndef test_x(pay):\n"
            "    pay.return_value = 3\n    assert pay() == 3",
            "def test_x(mocker):\n    pay = mocker.patch('shop.pay', return_value=3)\n    assert pay() == 3",
        ),
        accepted=(
            "from unittest.mock import Mock\n\ndef test_x():\n"
            "    m = Mock(return_value=3)\n    assert total(m) == 3",
            "import shop\n\ndef test_x():\n    assert shop.patch('a').total == 3",
            "from unittest.mock import Mock\n\ndef test_x(cart):\n    cart.bank = Mock()\n"
            "    cart.pay()\n    cart.bank.charge.assert_called_once_with(1)",
            "from unittest.mock import Mock\n\ndef test_x():\n    from shop import pay\n"
            "    m = Mock()\n    pay(m)\n    m.assert_called_once()",
        ),
    ),
    Rule(
        "calls only what it has replaced by a mock itself",
        _calls_only_what_it_replaced,
        refused=(
            "from unittest.mock import patch\nfrom shop import cart\n\ndef test_x():\n"
            "    with patch.object(cart, 'total', return_value=3):\n        assert cart.total([1]) == 3",
            "import shop.cart\n\ndef test_x(monkeypatch):\n"
            "    monkeypatch.setattr('shop.cart.total', lambda _: 3)\n    assert shop.cart.total([1]) == 3",
            "from unittest.mock import patch\nfrom shop import Cart\n\n"
            "@patch.object(Cart, 'total', return_value=3)\ndef test_x(total):\n    cart = Cart()\n"
            "    assert cart.total() == 3\n    total.assert_called_once()",
        ),
        accepted=(
            "from unittest.mock import patch\nfrom shop import cart\n\ndef test_x():\n"
            "    with patch.object(cart, 'price', return_value=3):\n        assert cart.total([1]) == 3",
            "from unittest.mock import patch\nfrom shop.cart import total\n\ndef test_x():\n"
            "    with patch('shop.cart.total') as again:\n        assert total([1]) == again.return_value",
            "from unittest.mock import patch\nfrom shop import cart\n\ndef test_x():\n"
            "    with patch.object(cart, 'total', wraps=cart.total):\n        assert cart.total([1]) == 1",
            "from unittest.mock import patch\nfrom shop import Cart\n\ndef test_x():\n    cart = Cart()\n"
            "    with patch.object(Cart, 'price', return_value=3):\n"
            "        assert cart.total() == cart.price()",
        ),
    ),
)
