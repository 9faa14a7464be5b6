"""One ordinary result, one whose every text is hostile, and a browser to look at them with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pages import CHROMIUM, Browser
from testgen.domain import (
    Candidate,
    CoverageMap,
    Ending,
    Failure,
    Gate,
    Outcome,
    Reach,
    Result,
    Round,
    Run,
    Stop,
    Usage,
    Verdict,
)

SOURCE = '''\
"""A cart that knows what its items cost."""

from decimal import Decimal


class Cart:
    """Items with prices, and a discount for many."""

    def __init__(self, discount=0):
        if not 0 <= discount < 100:
            raise ValueError(f"discount {discount} is not a percentage")
        self.discount = discount
        self.items = []

    def add(self, name, price, number=1):
        if number < 1:
            raise ValueError("nothing to add")
        self.items.append((name, Decimal(price), number))

    def total(self):
        # Rounded half up, as the tax office does.
        total = sum(price * number for _, price, number in self.items)
        if self.discount:
            total *= 1 - Decimal(self.discount) / 100
        return total.quantize(Decimal("0.01"))

    def cheapest(self):
        if not self.items:
            return None
        return min(self.items, key=lambda item: item[1])[0]

    def receipt(self):
        for name, price, number in self.items:
            yield f"{number} x {name} {price}"
'''
STATEMENTS = (1, 3, 6, 7, 9, 10, 11, 12, 13, 15, 16, 17, 18, 20, 22, 23, 24, 25, 27, 28, 29, 30, 32, 33, 34)
ARCS = ((10, 11), (10, 12), (16, 17), (16, 18), (23, 24), (23, 25), (28, 29), (28, 30), (33, 34), (33, -32))
OLD = b"""\
from shop.cart import Cart


def test_add():
    cart = Cart()
    cart.add('tea', '2.50')
    assert len(cart.items) == 1
"""
KEPT_TOTAL = """\
def test_total_takes_the_discount_off():
    cart = Cart(discount=10)
    cart.add("tea", "2.50", 2)
    assert cart.total() == Decimal("4.50")
"""
KEPT_ADD = """\
@pytest.mark.parametrize("number", [0, -1])
def test_add_refuses_fewer_than_one(number):
    with pytest.raises(ValueError, match="nothing to add"):
        Cart().add("tea", "2.50", number)
"""
ADDED = f"\n\n{KEPT_TOTAL}\n\n{KEPT_ADD}".encode()


def passed(seconds: float = 0.02) -> Run:
    return Run(Outcome.PASSED, seconds=seconds)


def failed(message: str, trace: str = "", output: str = "") -> Run:
    return Run(Outcome.FAILED, seconds=0.03, failure=Failure(message, trace, output))


def refused(name: str, gate: Gate, reason: str, *runs: Run, round_: int = 1) -> Verdict:
    code = f"def {name}():\n    cart = Cart()\n    assert cart.total() == 1\n"
    return Verdict(Candidate(name, code), gate, reason, runs=runs, round=round_)


def coverage(source: Path, missing: Reach) -> CoverageMap:
    possible = Reach.of(STATEMENTS, ARCS)
    return CoverageMap(source, possible, possible - missing)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The project's folder, which is a repository, with the source in it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "src/shop").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "src/shop/cart.py").write_text(SOURCE)
    (tmp_path / "tests/test_cart.py").write_bytes(OLD)
    return tmp_path


@pytest.fixture
def result(base: Path) -> Result:
    """Two rounds: two tests kept, one refused at each gate but one at which two were."""
    source = base / "src/shop/cart.py"
    before = Reach.of(
        (11, 17, 22, 23, 24, 25, 28, 29, 30, 33, 34),
        ((10, 11), (16, 17), (23, 24), (23, 25), (28, 29), (28, 30), (33, 34), (33, -32)),
    )
    total = Reach.of((22, 23, 24, 25), ((23, 24),))
    add = Reach.of((17,), ((16, 17),))
    wrong = "AssertionError: assert Decimal('0.00') == 1"
    trace = f">       assert cart.total() == 1\nE       {wrong}\n\ntests/test_cart.py:12: AssertionError"
    first = Round(
        1,
        Usage(1, 2100, 0, 640, 0, 0.0117),
        (
            Verdict(
                Candidate("test_total_takes_the_discount_off", KEPT_TOTAL, ("from decimal import Decimal",)),
                None,
                "",
                total | Reach.of((9, 10, 12, 13, 15, 16, 18, 20)),
                total,
                (passed(0.021), passed(), passed()),
                name="test_total_takes_the_discount_off",
            ),
            refused("test_total_of_nothing", Gate.ALONE, wrong, failed(wrong, trace, "cart is empty\n")),
            refused("test_total_is_one", Gate.ALONE, wrong, failed(wrong, trace)),
            refused("test_cart", Gate.PARSE, "it asserts nothing"),
            refused(
                "test_receipt_order", Gate.REPEAT, "fails with PYTHONHASHSEED=7", passed(), failed("boom")
            ),
            refused("test_add_again", Gate.GAIN, "reaches nothing that other tests do not", passed()),
        ),
    )
    second = Round(
        2,
        Usage(1, 2480, 2048, 410, 0, 0.0082),
        (
            Verdict(
                Candidate("test_add_refuses_fewer_than_one", KEPT_ADD, ("import pytest",)),
                None,
                "",
                add | Reach.of((9, 10, 12, 13, 15, 16)),
                add,
                (passed(), passed(), passed()),
                round=2,
                name="test_add_refuses_fewer_than_one",
            ),
            refused("test_patches_decimal", Gate.COMPANY, "test_add fails after it", passed(), round_=2),
            refused("test_add_zero", Gate.NEEDED, "others reach all that it does", passed(), round_=2),
        ),
    )
    return Result(
        source=source,
        test_file=base / "tests/test_cart.py",
        before=coverage(source, before),
        after=coverage(source, before - total - add),
        rounds=(first, second),
        stop=Stop.ROUNDS,
        old=OLD,
        new=OLD + ADDED,
        ending=Ending(written=True),
        model="gpt-4o",
        seconds=41.26,
        notes=("branches were measured without dynamic contexts",),
    )


HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>"
    "|`a`|``b``\\|@someone [x](javascript:alert(1)) **b** <!-- \x1b[31mred\x1b[0m\x1b]0;title\x07 \x9b2J "
    "\u202egnp.exe \ud800 </summary></details></pre></code></style> {{ 7 * 7 }}"
    "\r\n\r\n# heading\n\n| a | b |\x00"
)


@pytest.fixture
def hostile(result: Result) -> Result:
    """Every text that a test or a model can choose tries to break out of the report."""
    run = Run(Outcome.FAILED, failure=Failure(HOSTILE, HOSTILE, HOSTILE))
    candidate = Candidate(HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,), HOSTILE, HOSTILE)
    gained = result.kept[0].gained
    verdicts = (
        Verdict(candidate, None, HOSTILE, gained, gained, runs=(run,), name=HOSTILE),
        Verdict(candidate, Gate.ALONE, HOSTILE, runs=(run,)),
    )
    result.source.write_text(f"{SOURCE}X = 1  # {HOSTILE}\n", encoding="utf-8", errors="replace")
    return replace(
        result,
        rounds=(Round(1, Usage(1, 10, 0, 10, 0, None), verdicts),),
        model=HOSTILE,
        notes=(HOSTILE,),
        new=OLD + HOSTILE.encode("utf-8", "surrogatepass"),
    )


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for all tests."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed: apt-get install chromium")
    chromium = Browser(tmp_path_factory.mktemp("chromium"))
    yield chromium
    chromium.close()
