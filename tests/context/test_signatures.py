from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from testgen.context import looking_up
from testgen.context.looking_up import Answer, LookUp
from testgen.context.signatures import LONGEST, Called, called, places
from testgen.project import Interpreter, Project
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
BOX_OF = "post.box_of(name: str) -> Box"
PUT = "post.Box.put(letter: str, *, urgent: bool=False) -> int"


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch):
    monkeypatch.setattr(looking_up, "SECONDS", 60.0)


@dataclass(frozen=True)
class App:
    """A project with a library outside of it."""

    root: Path
    site: Path

    def project(self, source: str = "shop.py") -> Project:
        python = Interpreter(Path("python"), "", "", "", folders=(self.site,))
        return Project(self.root, self.root / source, self.root / "test_it.py", python)

    def called(self, look_up: LookUp, near: range = range(0), shown: tuple[File, ...] = ()) -> Called:
        answer = look_up.answer(self.project())
        assert not answer.trouble
        return called(answer.found, self.root / "shop.py", near, shown, self.root)


@pytest.fixture
def look_up():
    with LookUp() as one:
        yield one


@pytest.fixture
def app(files, tmp_path: Path):
    def laid_out(text: str, **more: str) -> App:
        files.write({"app/shop.py": text, "site/post.py": POST, **more})
        return App(tmp_path / "app", tmp_path / "site")

    return laid_out


def test_a_library_function_and_a_method_of_what_it_returns_are_shown_as_they_are(app, look_up):
    told = app(CALLER).called(look_up)
    assert {one.code: one.says for one in told.signatures} == {
        BOX_OF: "The box of somebody.",
        PUT: "Put a letter in.",
    }


def test_a_method_is_shown_although_the_source_has_a_function_of_that_name(app, look_up):
    told = app(f"{CALLER}\n\n    def put(letter):\n        return letter\n").called(look_up)
    assert [one.code for one in told.signatures] == [BOX_OF, PUT]


def test_a_function_in_a_module_of_its_own_name_is_found_through_a_star_import(app, look_up):
    there = app(
        "from slug import slug\n\n\ndef name(text):\n    return slug(text)\n",
        **{
            "site/slug/__init__.py": "from .slug import *\n",
            "site/slug/slug.py": "def slug(text: str): ...\n",
        },
    )
    assert [one.code for one in there.called(look_up).signatures] == ["slug.slug.slug(text: str)"]


def test_a_library_that_the_source_can_do_without_is_looked_up_too(app, look_up):
    text = (
        "try:\n    import post\nexcept ImportError:\n    post = None\n\n\ndef f():\n    post.box_of('me')\n"
    )
    assert [one.code for one in app(text).called(look_up).signatures] == [BOX_OF]


def test_the_versions_of_what_is_imported_are_told(app, look_up):
    there = app(
        "import json, os.path, nothing, two, own\nfrom post_office.box import put\n",
        **{
            "app/own.py": "",
            "site/Post.Office-3.1.dist-info/METADATA": "Name: Post.Office\nVersion: 3.1\n",
            "site/several-2.dist-info/METADATA": "Name: several\nVersion: 2\n",
            "site/several-2.dist-info/top_level.txt": "one\ntwo\n",
            "site/other-9.dist-info/METADATA": "Name: other\nVersion: 9\n",
        },
    )
    assert look_up.answer(there.project()).versions == ("Post.Office 3.1", "several 2")


def test_what_is_near_comes_first(app, look_up):
    told = app(CALLER).called(look_up, near=range(8, 10))
    assert [one.code for one in told.signatures] == [PUT, BOX_OF]


@pytest.mark.parametrize(
    "text",
    [
        "import json\n\ndef read(text):\n    return json.loads(text.strip())\n",
        "class Car:\n    def a(self):\n        self.one()\n\n    def one(self):\n        return len('')\n",
        "from own import price\n\ndef total():\n    return price(1)\n",
    ],
    ids=["the standard library", "methods of its own", "the project"],
)
def test_nothing_is_looked_up_where_the_syntax_trees_are_enough(app, files, text):
    app(text, **{"app/own.py": "def price(n): ..."})
    assert places(*files.library("app/shop.py")) == ()


def test_something_is_looked_up_where_they_are_not(app, files):
    app(CALLER)
    assert places(*files.library("app/shop.py")) == ((6, 24), (9, 26))


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("", "it ended without an answer"),
        ("raise SystemExit(3)", "it ended without an answer"),
        ("import time; time.sleep(60)", "it takes longer than 0.5 s"),
        ("print('hello', flush=True); input()", "Expecting value"),
    ],
)
def test_a_look_up_that_fails_or_hangs_says_why_and_the_next_gets_a_new_program(
    app, tmp_path, look_up, program, why
):
    (tmp_path / "broken.py").write_text(program)
    there = app(CALLER, **{"app/other.py": CALLER})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking_up, "_PROGRAM", tmp_path / "broken.py")
        patch.setattr(looking_up, "SECONDS", 0.5 if "sleep" in program else 60.0)
        answer = look_up.answer(there.project())
    assert answer.found == ()
    assert why in answer.trouble
    assert look_up.answer(there.project("other.py")).found


def test_a_temporary_folder_that_cannot_be_made_costs_the_signatures_only(
    app, monkeypatch, tmp_path, look_up
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not there"))
    assert "No such file" in look_up.answer(app(CALLER).project()).trouble


def test_what_hangs_does_not_keep_the_run_from_ending(app, monkeypatch, tmp_path):
    (tmp_path / "hangs.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(looking_up, "_PROGRAM", tmp_path / "hangs.py")
    began = time.monotonic()
    with LookUp() as one:
        one.begin(app(CALLER).project())
    assert time.monotonic() - began < 30


def test_a_source_that_is_not_python_is_not_looked_up(app, look_up):
    assert look_up.answer(app("func main() {}").project()) == Answer()


def test_what_there_is_no_room_for_is_named(app, look_up):
    names = [f"send_{number}" for number in range(12)]
    functions = "".join(f"def {name}({'x' * 280}): ...\n" for name in names)
    calls = "".join(f"    bulk.{name}(1)\n" for name in names)
    told = app(f"import bulk\n\ndef run():\n{calls}", **{"site/bulk.py": functions}).called(look_up)
    assert sum(len(one.code) + len(one.says) for one in told.signatures) <= LONGEST
    assert [*(one.code.partition("(")[0] for one in told.signatures), *told.left_out] == [
        f"bulk.{name}" for name in names
    ]
    assert told.left_out


def test_a_definition_that_is_shown_already_is_not_told_again(app, look_up):
    there = app(
        "from own import box\n\ndef send(letter):\n    return box().put(letter)\n",
        **{"app/own.py": "def box():\n    return Box()\n\nclass Box:\n    def put(self, letter): ...\n"},
    )
    assert [one.code for one in there.called(look_up).signatures] == ["own.Box.put(letter)"]
    assert (
        there.called(look_up, shown=(File("own.py", "class Box:\n    def put(self, letter): ..."),))
        == Called()
    )
    elsewhere = (File("conftest.py", "def put(): ..."),)
    assert [one.code for one in there.called(look_up, shown=elsewhere).signatures] == ["own.Box.put(letter)"]
