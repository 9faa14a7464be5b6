"""A user's project for end-to-end tests: files in, `testgen` run as a user runs it, files out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from endpoint import ScriptedEndpoint

CART = '''
"""What a cart costs."""

SEEN = []


def total(prices, discount=0):
    """The prices added up less the discount; raises ValueError if nothing would be left to pay."""
    amount = sum(prices) - discount
    if amount < 0:
        raise ValueError("nothing to pay")
    if discount > 10:
        amount -= 1
    return amount


def first(names):
    """Any of the names, None if there are none."""
    for name in set(names):
        return name
    return None


def shipping(weight):
    """What it costs to send."""
    if weight <= 0:
        raise ValueError("no weight")
    return 5 if weight < 10 else 9
'''

TESTS = """
import pytest

from shop.cart import SEEN, total


def test_total_adds_up():
    assert total([1, 2]) == 3


def test_nothing_seen():
    assert SEEN == []
"""

PYPROJECT = """
[project]
name = "shop"
version = "1"

[tool.pytest.ini_options]
pythonpath = ["src"]
"""


@dataclass(frozen=True)
class Finished:
    """How a run of testgen ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> Any:
        return json.loads(self.stdout)


@dataclass
class Shop:
    """A project in a folder of its own, with an interpreter that has pytest and coverage, nothing of ours."""

    root: Path
    python: Path
    flags: tuple[str, ...] = ()  # given last, so that they win

    @classmethod
    def at(cls, root: Path, python: Path) -> Shop:
        shop = cls(root, python)
        shop.write({"pyproject.toml": PYPROJECT, "src/shop/__init__.py": "", "src/shop/cart.py": CART})
        shop.write({"tests/test_cart.py": TESTS})
        return shop

    @property
    def source(self) -> Path:
        return self.root / "src" / "shop" / "cart.py"

    @property
    def test_file(self) -> Path:
        return self.root / "tests" / "test_cart.py"

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file of the project and its content; what is ours, `.testgen/`, is none of the project's."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".testgen" not in path.parts
        }

    @property
    def own_files(self) -> set[str]:
        """The names of what testgen has left for itself."""
        return {path.name for path in (self.root / ".testgen").rglob("*")}

    def command(self, *arguments: str) -> list[str]:
        named = ("--source-file", "src/shop/cart.py", "--test-file", "tests/test_cart.py")
        return [
            sys.executable,
            "-m",
            "testgen",
            *arguments,
            *named,
            "--python",
            str(self.python),
            *self.flags,
        ]

    def environ(self, **more: str) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.root.parent), "API_KEY": "sk-secret-1"} | more

    def testgen(self, *arguments: str, endpoint: ScriptedEndpoint | None = None, **environ: str) -> Finished:
        """Run it; with an endpoint that is the one it asks."""
        asked = ("--api-base", endpoint.url) if endpoint else ()
        process = self.start(*arguments, *asked, **environ)
        stdout, stderr = process.communicate(timeout=300)
        return Finished(process.returncode, stdout, stderr)

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Begin to run it, for those who want to disturb it."""
        pipe = subprocess.PIPE
        command, env = self.command(*arguments), self.environ(**environ)
        return subprocess.Popen(command, cwd=self.root, env=env, stdout=pipe, stderr=pipe, text=True)

    def pytest(self, *arguments: str) -> int:
        """The project's own tests, as its developer runs them."""
        return subprocess.run(
            [self.python, "-m", "pytest", "-q", *arguments], cwd=self.root, check=False
        ).returncode


def fenced(*tests: str) -> str:
    """A reply that holds these tests."""
    return "```python\n" + "\n\n".join(dedent(test).strip() for test in tests) + "\n```\n"
