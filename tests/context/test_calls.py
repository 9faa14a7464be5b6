from __future__ import annotations

from testgen.context.calls import MOST_CALLS, MOST_OF_ONE

SOURCE = """
class Cart:
    def __init__(self, owner): ...

class CartError(Exception):
    pass

class Lost(CartError):
    pass

class Kind(Enum):
    NEW = 1

def cart(): ...
"""


def test_calls_of_the_classes_in_other_files(files):
    files.write(
        {
            "src/shop/__init__.py": "from .cart import Cart",
            "src/shop/cart.py": SOURCE,
            "src/app.py": """
                from shop import Cart, CartError, cart
                import shop

                class Other: ...

                def run():
                    cart()
                    mine = shop.Cart("me")  # mine
                    other = Other()
                    long = Cart(
                        "two lines"
                    )
                    raise CartError("no")
            """,
            "src/stranger.py": "from elsewhere import Cart, Lost\n\nCart(1)",
            "src/lost.py": "from shop.cart import Kind, Lost\n\nLost(1)\nKind(1)",
            "src/broken.py": "Cart(",
            "tests/test_cart.py": "from shop import Cart\n\nCart('test')",
            "more_tests.py": "from shop import Cart\n\nCart('test')",
            "src/cart_test.py": "from shop import Cart\n\nCart('test')",
        }
    )
    assert files.calls("src/shop/cart.py") == ['src/app.py:8 shop.Cart("me")']


def test_a_few_of_each(files):
    names = [f"C{number}" for number in range(10)]
    files.write(
        {
            "shop.py": "\n".join(f"class {name}: ..." for name in names),
            "app.py": "from shop import *\n" + "\n".join(f"x = {name}()" for name in names for _ in range(5)),
        }
    )
    found = files.calls("shop.py")
    assert len(found) == MOST_CALLS
    assert found[MOST_OF_ONE] == "app.py:7 C1()"


def test_nothing_to_make(files):
    files.write({"shop.py": "def f(): ...", "app.py": "from shop import f\nf()"})
    assert files.calls("shop.py") == []
