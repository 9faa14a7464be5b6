"""One ordinary result, one whose every text is hostile, and a browser to look at them with."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

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
    """The project's folder, with the source in it."""
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


CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-extensions --remote-debugging-pipe"
)
MIDDLE = """
(async element => {
  element.scrollIntoView({block: 'center', behavior: 'instant'});
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  const box = element.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})
"""


class Browser:
    """A real headless Chromium, spoken to over its two pipes."""

    def __init__(self, profile: Path) -> None:
        inward, self._send = os.pipe()
        self._receive, outward = os.pipe()
        pipes = f'exec "$@" 3<&{inward} 4>&{outward}'  # the numbers that Chromium reads and writes
        self._process = subprocess.Popen(
            ["bash", "-c", pipes, "bash", CHROMIUM, *SWITCHES.split(), f"--user-data-dir={profile}"],
            pass_fds=(inward, outward),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(inward)
        os.close(outward)
        self._stream = os.fdopen(self._receive, "rb")
        self._session = self._tab = ""
        self._last = 0
        self.console: list[str] = []

    def open(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Load a page and wait until it is there."""
        self._session = ""
        if self._tab:
            self.call("Target.closeTarget", targetId=self._tab)
        self._tab = target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.console.clear()
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=page.as_uri())
        self._until("Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click with the mouse in the middle of what the selector finds."""
        x, y = self.ask(f"{MIDDLE}(document.querySelector({json.dumps(selector)}))")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        """Press and release a key by its name."""
        for kind in ("keyDown", "keyUp"):
            code = {"ArrowRight": 39, "Tab": 9}.get(key, 0)
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def screenshot(self, path: Path) -> None:
        """The whole page as PNG."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(answer["data"]))

    def call(self, method: str, **params: object) -> Any:
        """One command of the DevTools protocol and its result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._last:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def _until(self, event: str) -> None:
        while self._next().get("method") != event:
            pass

    def _next(self) -> Any:
        raw = bytearray()
        while (byte := self._stream.read(1)) != b"\0":
            assert byte, "Chromium has gone"
            raw += byte
        message = json.loads(raw)
        if message.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.console.append(json.dumps(message["params"]))
        return message

    def close(self) -> None:
        """End the browser and everything it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._send)
        self._stream.close()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for all tests."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed: apt-get install chromium")
    chromium = Browser(tmp_path_factory.mktemp("chromium"))
    yield chromium
    chromium.close()
