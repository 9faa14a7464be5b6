"""The project that the candidates are for: light or heavy to import, with a suite of some seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

from candidates import Written, source_text

from projects import environment, running

TOOLS = ("coverage", "pytest", "pytest-cov")
# What CoverUp runs tests with; pytest 9 breaks pytest-isolate.
ISOLATING = ("pytest<9", "pytest-isolate", "pytest-repeat", "slipcover")
STEP = 0.1  # seconds that one existing test takes


class Weight(Enum):
    """How much the project imports: the names of packages, which are also what its source imports."""

    LIGHT = ()
    HEAVY = ("pandas", "scipy", "sqlalchemy")

    @property
    def imports(self) -> tuple[str, ...]:
        return ("pandas", "scipy.stats", "sqlalchemy.orm") if self is Weight.HEAVY else ()

    @property
    def python(self) -> Path:
        """An interpreter with the project's packages, pytest, coverage and pytest-cov."""
        return environment(running(), (*TOOLS, *self.value))

    @property
    def isolating_python(self) -> Path:
        """An interpreter with the project's packages and what CoverUp runs tests with."""
        return environment(running(), (*ISOLATING, *self.value))


@dataclass(frozen=True, slots=True)
class Setting:
    """Which project: its weight, the seconds of its suite (0: no test at all), and how many sets of
    candidates its source is long enough for."""

    weight: Weight
    suite: int
    sets: int = 1

    def __str__(self) -> str:
        suite = f"a suite of {self.suite} s" if self.suite else "no suite"
        return f"{self.weight.name.lower()} project, {suite}"


@dataclass(frozen=True, slots=True)
class Shop:
    """A project on disk."""

    root: Path
    setting: Setting

    @property
    def source(self) -> Path:
        return self.root / "prices.py"

    @property
    def test_file(self) -> Path:
        return self.root / "tests" / "test_prices.py"

    @property
    def existing(self) -> str:
        """What the test file holds before anything is added to it."""
        return EXISTING if self.setting.suite else ""

    @property
    def python(self) -> str:
        """The interpreter that runs its tests."""
        return str(self.setting.weight.python)


EXISTING = """import prices


def test_free():
    assert prices.described_0(0) == "free"


def test_described():
    assert prices.described_0(3) == "3 EUR"
"""

# Half of the suite waits, as tests do that use a network or a disk; half of it computes.
OTHERS = """import time

import pytest


@pytest.mark.parametrize("number", range({count}))
def test_waits(number):
    time.sleep({step})


@pytest.mark.parametrize("number", range({count}))
def test_computes(number):
    end = time.perf_counter() + {step}
    while time.perf_counter() < end:
        sum(range(1000))
"""


@contextmanager
def opened(setting: Setting) -> Iterator[Shop]:
    """A project of its own in a temporary folder."""
    with TemporaryDirectory(prefix="testgen-bench-") as folder:
        shop = Shop(Path(folder), setting)
        shop.test_file.parent.mkdir()
        (shop.root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
        shop.source.write_text(source_text(setting.weight.imports, setting.sets))
        if setting.suite:
            shop.test_file.write_text(shop.existing)
            count = round(setting.suite / STEP / 2)
            (shop.test_file.parent / "test_others.py").write_text(OTHERS.format(count=count, step=STEP))
        yield shop


def file_text(existing: str, written: Sequence[Written]) -> str:
    """A test file that holds some candidates after the existing tests."""
    imports = "\n".join(dict.fromkeys(one.imports for one in written if one.imports))
    return "\n\n".join([f"import prices\n{imports}\n{existing}", *(one.code for one in written)])
