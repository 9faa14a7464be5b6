from __future__ import annotations

from pathlib import Path

import pytest

from testgen.context import signatures
from testgen.context.signatures import LONGEST, Called, called
from testgen.prompting import File

POST = '''
class Box:
    """A place for letters."""

    def put(self, letter: str, *, urgent: bool = False) -> int:
        """Put a letter in.

        More about it.
        """
        raise SystemExit("this was run")


def box_of(name: str) -> Box:
    """The box of somebody."""
    return Box()


raise SystemExit("this was imported")
'''
CALLER = """
    from post import box_of


    class Clerk:
        def __init__(self):
            self.box = box_of("me")

        def send(self, letter):
            return self.box.put(letter)
    """


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch):
    monkeypatch.setattr(signatures, "SECONDS", 60.0)


@pytest.fixture
def project(files, tmp_path: Path):
    """Asks about a source, with a library outside the project."""

    def ask(text: str, **more: str) -> Called:
        files.write({"app/shop.py": text, "site/post.py": POST, **more})
        root = tmp_path / "app"
        library, module = files.library("app/shop.py")
        return called(library, module, range(0), (), (root, tmp_path / "site"))

    return ask


def test_a_library_function_and_a_method_of_what_it_returns_are_shown_as_they_are(project):
    assert {one.code: one.says for one in project(CALLER).signatures} == {
        "post.box_of(name: str) -> Box": "The box of somebody.",
        "post.Box.put(letter: str, *, urgent: bool=False) -> int": "Put a letter in.",
    }


@pytest.mark.parametrize(
    "text",
    [
        "import json\n\ndef read(text):\n    return json.loads(text.strip())\n",
        "class Car:\n    def a(self):\n        self.one()\n\n    def one(self):\n        return len('')\n",
        "from own import price\n\ndef total():\n    return price(1)\n",
    ],
    ids=["the standard library", "methods of its own", "the project"],
)
def test_nothing_is_looked_up_where_the_syntax_trees_are_enough(project, monkeypatch, text):
    monkeypatch.setattr(signatures, "_inferred", lambda *_: pytest.fail("looked up"))
    assert project(text, **{"app/own.py": "def price(n): ..."}) == Called()


@pytest.mark.parametrize("program", ["", "raise SystemExit(3)", "import time; time.sleep(60)"])
def test_a_look_up_that_fails_or_hangs_costs_its_signatures_only(project, monkeypatch, tmp_path, program):
    (tmp_path / "broken.py").write_text(program)
    monkeypatch.setattr(signatures, "_PROGRAM", tmp_path / "broken.py")
    monkeypatch.setattr(signatures, "SECONDS", 0.5)
    assert project(CALLER) == Called()


def test_what_there_is_no_room_for_is_named(project, tmp_path: Path):
    names = [f"send_{number}" for number in range(12)]
    functions = "".join(f"def {name}({'x' * 280}): ...\n" for name in names)
    calls = "".join(f"    bulk.{name}(1)\n" for name in names)
    told = project(f"import bulk\n\ndef run():\n{calls}", **{"site/bulk.py": functions})
    assert sum(len(one.code) + len(one.says) for one in told.signatures) <= LONGEST
    assert [*(one.code.partition("(")[0] for one in told.signatures), *told.left_out] == [
        f"bulk.{name}" for name in names
    ]
    assert told.left_out


def test_a_definition_that_is_shown_already_is_not_told_again(files, tmp_path: Path):
    files.write({"app/shop.py": CALLER, "site/post.py": POST})
    library, module = files.library("app/shop.py")
    folders = (tmp_path / "app", tmp_path / "site")
    told = called(library, module, (), (File("conftest.py", "def put(): ..."),), folders)
    assert [one.code for one in told.signatures] == ["post.box_of(name: str) -> Box"]
