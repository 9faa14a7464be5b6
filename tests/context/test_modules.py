from __future__ import annotations

import os

import pytest

from testgen.context.modules import LONGEST_MODULE

PARCEL = "class Parcel:\n    grams = 1\n"


@pytest.mark.parametrize("top", ["", "src/", "services/api/"])
@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("from shop.parcel import Parcel", "Parcel"),
        ("from shop.parcel import Parcel as P", "P"),
        ("from shop import parcel", "parcel.Parcel"),
        ("from shop import parcel as p", "p.Parcel"),
        ("import shop.parcel", "shop.parcel.Parcel"),
        ("import shop.parcel as sp", "sp.Parcel.grams"),
        ("from .parcel import Parcel", "Parcel"),
        ("from . import parcel", "parcel.Parcel"),
        ("from .parcel import *", "Parcel"),
        ("from ..shop.parcel import Parcel", "Parcel"),
        ("try:\n    from shop.parcel import Parcel\nexcept ImportError:\n    pass", "Parcel"),
        ("def f():\n    from shop.parcel import Parcel", "Parcel"),
    ],
)
def test_an_import_leads_to_the_definition(files, top, statement, name):
    files.write({f"{top}shop/{file}": text for file, text in _shop(statement).items()})
    found = files.find(name, f"{top}shop/quote.py")
    assert (found.name, found.module.path) == ("Parcel", files.root / top / "shop/parcel.py")


def _shop(statement):
    return {"__init__.py": "", "parcel.py": PARCEL, "quote.py": statement}


def test_re_exports_are_followed_twice_and_not_for_ever(files):
    files.write(
        {
            "a/__init__.py": "from a.b import thing, other",
            "a/b/__init__.py": "from .c import *\nfrom .d import other",
            "a/b/c.py": "thing = 1",
            "a/b/d.py": "from .e import other",
            "a/b/e.py": "other = 1",
            "use.py": "from a import thing, other",
        }
    )
    assert files.find("thing", "use.py").module.path == files.root / "a/b/c.py"
    assert files.find("other", "use.py") is None


def test_folders_without_init_are_packages_but_real_ones_win(files):
    files.write(
        {
            "app/models.py": "user = 1",
            "shop/notes.txt": "",
            "src/shop/__init__.py": "cart = 1",
            "src/main.py": "import app.models\nimport shop",
        }
    )
    assert files.find("app.models.user", "src/main.py").module.path == files.root / "app/models.py"
    assert files.find("shop.cart", "src/main.py").module.path == files.root / "src/shop/__init__.py"


@pytest.mark.parametrize("name", ["nowhere.x", "a.y", "loop.x", "os.path", "json", "missing", "shop", ""])
def test_what_the_project_does_not_define_is_not_found(files, name):
    files.write(
        {
            "a.py": "from b import y",
            "b.py": "from a import y",
            "loop.py": "from loop import *\nfrom ..... import x",
            "main.py": "import a, loop, nowhere, os, json, shop\nfrom gone import missing",
            "shop/readme.txt": "",
        }
    )
    assert files.find(name, "main.py") is None


def test_modules_that_cannot_be_read_are_not_there(files):
    files.write(
        {
            "broken.py": "def x(:",
            "deep.py": "x = " + "-" * 5_000 + "1",
            "odd.py": "# coding: hex\nx = 1",
            "huge.py": "x = 1" + " " * LONGEST_MODULE,
            "main.py": "from broken import x\nfrom deep import x as d\nfrom odd import x as o\n"
            "from null import x as n\nfrom latin import x as l\n"
            "from huge import x as h\nfrom link import x as k",
        }
    )
    (files.root / "null.py").write_bytes(b"x = 1\0")
    (files.root / "latin.py").write_bytes(b"x = '\xe4'")
    (files.root / "link.py").symlink_to(files.root / "link.py")
    assert [files.find(name, "main.py") for name in "xdonlhk"] == [None] * 7


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_entered_is_not_there(files):
    files.write({"shut/a.py": "x = 1", "main.py": "from shut.a import x"})
    (files.root / "shut").chmod(0)
    try:
        assert files.find("x", "main.py") is None
    finally:
        (files.root / "shut").chmod(0o700)


def test_definitions_in_blocks_and_several_of_one_name(files):
    files.write(
        {
            "shop.py": """
                import sys
                if sys.version_info > (3, 11):
                    def cart(): return 1
                else:
                    def cart(): return 2
                A, B = 1, 2
                LIMIT: int = 3
                with open("x") as file:
                    data = file.read()
            """,
            "main.py": "from shop import *",
        }
    )
    assert len(files.find("cart", "main.py").nodes) == 2
    assert all(files.find(name, "main.py") for name in ("A", "B", "LIMIT", "data"))
