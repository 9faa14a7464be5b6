from __future__ import annotations

import pytest

from testgen.context.uses import LONGEST, Uses

PARCEL = '''
"""Parcels."""

from dataclasses import dataclass

from .units import Grams

MAX = 30
UNUSED = 1


class ParcelError(ValueError):
    """Refused."""


@dataclass
class Parcel:
    grams: Grams

    def check(self):
        if self.grams > MAX:
            raise ParcelError("too heavy")


def nobody_calls():
    pass
'''
SHOP = {"shop/__init__.py": "", "shop/parcel.py": PARCEL, "shop/units.py": "Grams = int\n\nMiles = int\n"}


def texts(uses):
    return {file.path: file.text for file in uses.files}


def test_what_the_source_uses_and_what_that_names(files):
    files.write(SHOP | {"shop/quote.py": "from shop.parcel import Parcel\n\ndef price(p: Parcel): ...\n"})
    found = texts(files.used("shop/quote.py"))
    assert list(found) == ["shop/parcel.py", "shop/units.py"]
    assert found["shop/units.py"] == "Grams = int"
    assert [line for line in found["shop/parcel.py"].splitlines() if not line.startswith(" ") and line] == [
        "MAX = 30",
        "class ParcelError(ValueError):",
        "@dataclass",
        "class Parcel:",
    ]


def test_bases_are_followed_to_the_last(files):
    files.write(
        {
            "a.py": "from b import B\n\nclass A(B[int]):\n    pass\n",
            "b.py": "from c import C\n\nclass B(C):\n    b: int\n",
            "c.py": "class D:\n    d: int\n\nclass C(D):\n    c: int\n",
        }
    )
    assert texts(files.used("a.py")) == {
        "b.py": "class B(C):\n    b: int",
        "c.py": "class D:\n    d: int\n\nclass C(D):\n    c: int",
    }


@pytest.mark.parametrize(
    ("near", "shown", "left_out"),
    [(range(1, 3), ["one.py", "two.py"], "Three"), (range(7, 9), ["three.py", "one.py"], "Two")],
)
def test_what_is_near_comes_first(files, near, shown, left_out):
    long = "\n".join(f"    value_{number}: int = {number}" for number in range(115))
    files.write(
        {
            "one.py": f"class One:\n{long}",
            "two.py": f"class Two:\n{long}",
            "three.py": f"class Three:\n{long}",
            "main.py": "def f():\n    return One\n\ndef g():\n    return Two\n\ndef h():\n    return Three\n"
            "from one import One\nfrom two import Two\nfrom three import Three",
        }
    )
    found = files.used("main.py", near)
    assert [file.path for file in found.files] == shown
    assert found.left_out == (left_out,)
    assert sum(len(file.text) for file in found.files) <= LONGEST


def test_what_there_is_no_room_for_is_named(files):
    long = "\n".join(f"    a_rather_long_name_{number}: int = {number}" for number in range(60))
    classes = [f"class C{number}:\n{long}" for number in range(5)]
    names = ", ".join(f"C{number}" for number in range(5))
    files.write(
        {"big.py": "\n\n".join([*classes, "small = 1"]), "main.py": f"from big import {names}, small"}
    )
    found = files.used("main.py")
    assert found.files[0].text.endswith("small = 1")
    assert found.left_out == ("C2", "C3", "C4")


def test_files_that_are_shown_anyway_are_left_out(files):
    files.write(SHOP | {"shop/quote.py": "from shop.parcel import Parcel\nfrom shop.quote import *"})
    assert files.used("shop/quote.py", shown=("shop/parcel.py",)) == Uses()


def test_cycles_and_what_is_not_there_do_no_harm(files):
    files.write(
        {
            "a.py": "from b import B\nimport gone.away\ngone.away.x\n\nclass A: b: B\n",
            "b.py": "from a import A\n\nclass B:\n    a: A\n",
        }
    )
    assert texts(files.used("a.py")) == {"b.py": "class B:\n    a: A"}


def test_nothing_used_nothing_shown(files):
    files.write(SHOP | {"shop/quote.py": "import os\n\ndef price(): return os.sep\n"})
    assert files.used("shop/quote.py") == Uses()
