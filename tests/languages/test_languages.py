from __future__ import annotations

from pathlib import Path

import pytest

from testgen.languages import LANGUAGES, language_of, merger_for
from testgen.prompting import shipped


def project(root: Path, files: list[str]) -> Path:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


@pytest.mark.parametrize(
    ("files", "source", "expected"),
    [
        (["src/shop/cart.py"], "src/shop/cart.py", "tests/test_cart.py"),
        (["shop/cart.py", "test/.keep"], "shop/cart.py", "test/test_cart.py"),
        (["cart.py", "checks/cart_test.py"], "cart.py", "checks/cart_test.py"),
        (["a/cart.py", "tests/b/test_cart.py", "tests/a/test_cart.py"], "a/cart.py", "tests/a/test_cart.py"),
        (["cart.py", "node_modules/x/test_cart.py", ".tox/test_cart.py"], "cart.py", "tests/test_cart.py"),
    ],
)
def test_the_test_file_is_where_a_person_would_look(tmp_path, files, source, expected):
    root = project(tmp_path, files)
    language = language_of(root / source)
    assert language
    assert language.test_file(root, root / source) == root / expected


def test_what_is_installed_is_not_the_projects(tmp_path):
    root = project(tmp_path, ["cart.py", "env/pyvenv.cfg", "env/test_cart.py"])
    assert LANGUAGES["python"].test_file(root, root / "cart.py") == root / "tests/test_cart.py"


@pytest.mark.parametrize(("path", "name"), [("a/b.py", "python"), ("a/b.pyc", None), ("Makefile", None)])
def test_a_file_is_in_the_language_of_its_suffix(path, name):
    found = language_of(Path(path))
    assert (found.name if found else None) == name


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_language_tells_the_model_its_conventions(language):
    assert (shipped() / f"language-{language.name}.md.j2").is_file()


@pytest.mark.parametrize("old", [None, b"", b" \n"])
def test_a_file_without_content_begins_as_a_new_one(old):
    assert merger_for(LANGUAGES["python"], "", Path("test_a.py"), old).merge([]).content == b""


@pytest.mark.parametrize(("reported", "same"), [("test_a", True), ("test_a[1-[]", True), ("test_ab", False)])
def test_a_case_of_a_test_is_known_by_its_name(reported, same):
    assert LANGUAGES["python"].is_case(reported, "test_a") is same
