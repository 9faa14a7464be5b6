from __future__ import annotations

import pytest

from testgen.languages.python.renaming import Renaming, renamed


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("cart = 1\nx = cart\n", "cart_2 = 1\nx = cart_2\n"),
        ("def f():\n    return f'{cart!r} {x.cart}'\n", "def f():\n    return f'{cart_2!r} {x.cart}'\n"),
        ("f(cart=cart).cart\n", "f(cart=cart_2).cart\n"),
        ("def f():\n    global cart\n    cart = 1\n", "def f():\n    global cart_2\n    cart_2 = 1\n"),
        ("class A:\n    cart = cart\n", "class A:\n    cart = cart\n"),
        ("try:\n    import cart\nexcept E: pass\n", "try:\n    import cart as cart_2\nexcept E: pass\n"),
        ("@cart\n# why\ndef cart( ): pass # end\n", "@cart_2\n# why\ndef cart_2( ): pass # end\n"),
    ],
)
def test_a_module_level_name_is_renamed_wherever_it_is_meant(code: str, expected: str) -> None:
    assert renamed(code, Renaming("cart", "cart_2")) == expected


@pytest.mark.parametrize(
    "code",
    [
        "def f(cart):\n    return cart\n",
        "def f():\n    cart = 1\n    return lambda: cart\n",
        "x = [cart for cart in y]\n",
        "x = lambda cart: cart\n",
        "def f():\n    import cart\n    return cart\n",
        "x.cart = 'cart'\n",
        "def test_x(cart):\n    assert cart\n",
    ],
)
def test_other_things_of_that_name_keep_it(code: str) -> None:
    assert renamed(code, Renaming("cart", "cart_2")) == code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def test_x(cart):\n    assert g(cart)\n", "def test_x(cart_2):\n    assert g(cart_2)\n"),
        (
            "@pytest.fixture\ndef a(cart):\n    return lambda: cart\n",
            "@pytest.fixture\ndef a(cart_2):\n    return lambda: cart_2\n",
        ),
        ("def helper(cart):\n    return cart\n", "def helper(cart):\n    return cart\n"),
        ("@usefixtures('cart')\ndef test_x(): pass\n", "@usefixtures('cart_2')\ndef test_x(): pass\n"),
        ('x = request.getfixturevalue("cart")\n', 'x = request.getfixturevalue("cart_2")\n'),
        ("@fixture(name='cart')\ndef make(): pass\n", "@fixture(name='cart_2')\ndef make(): pass\n"),
        ("x = f('cart')\n", "x = f('cart')\n"),
    ],
)
def test_a_fixture_is_also_renamed_where_tests_ask_for_it(code: str, expected: str) -> None:
    assert renamed(code, Renaming("cart", "cart_2", of_fixture=True)) == expected
