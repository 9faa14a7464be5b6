"""Repositories of small modules for tests of runs over many files, and an endpoint's answers for each."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from endpoint import Say
from shop import PYPROJECT, Shop

MODULE = '''
"""Sizes of {name}."""


def size(number):
    if number > 10:
        return "large"
    return "small"


def twice(number):
    return number * 2
'''
TEST = """
from shop.{name} import size


def test_small():
    assert size(1) == "small"
"""
GOOD = """
def test_large_{name}():
    assert size(11) == "large"


def test_twice_{name}():
    assert twice(2) == 4


def test_wrong_{name}():
    assert twice(2) == 5
"""
ASKED = re.compile(r"# Code under test: \S*?(\w+)\.py")


def reply(prompt: str) -> str:
    """Two good tests and a bad one for the module that a prompt asks about."""
    [name] = ASKED.findall(prompt)[-1:]
    return f"```python\nfrom shop.{name} import size, twice\n{GOOD.format(name=name)}```\n"


ANSWERS = Say(reply)


@dataclass
class Modules(Shop):
    """A project with several modules; the first has a test file."""

    @classmethod
    def of(cls, root: Path, python: Path, *names: str) -> Modules:
        made = cls(root, python)
        made.write({"pyproject.toml": PYPROJECT, "src/shop/__init__.py": ""})
        made.write({f"src/shop/{name}.py": MODULE.format(name=name) for name in names})
        made.write({f"tests/test_{names[0]}.py": TEST.format(name=names[0])} if names else {})
        return made

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "testgen", *arguments, "--python", str(self.python), *self.flags]

    def text_of(self, name: str) -> str:
        """The text of a module's test file, "" if there is none."""
        path = self.root / "tests" / f"test_{name}.py"
        return path.read_text() if path.exists() else ""
