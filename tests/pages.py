"""Pages in a real browser, and what to ask of them there."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

VISIBLE = "[...document.querySelectorAll('.candidate')].filter(e => e.checkVisibility())"
CONTRASTS = """
(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const light = color => {
    canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    const part = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255)
      .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * part[0] + .7152 * part[1] + .0722 * part[2];
  };
  const behind = e => { let c; do { c = getComputedStyle(e).backgroundColor; e = e.parentElement }
    while (e && c === 'rgba(0, 0, 0, 0)'); return c };
  return [...document.querySelectorAll('main *, header *, nav *, footer *')]
    .filter(e => !e.closest('svg, :disabled + label') && e.checkVisibility())
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => [light(getComputedStyle(e).color), light(behind(e)), e.outerHTML.slice(0, 90)])
    .map(([a, b, html]) => [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), html])
    .filter(([ratio]) => ratio < 4.5);
})()
"""


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


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
