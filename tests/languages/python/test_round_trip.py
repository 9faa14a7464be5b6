"""The edit over many real test files: those of the interpreter and of installed packages."""

from __future__ import annotations

import ast
import re
import sysconfig
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from testgen.errors import UsageError
from testgen.languages import LANGUAGES
from testgen.languages.python.document import Document
from testgen.languages.python.fitting import fit
from testgen.languages.python.merging import insertions_for

PYTHON = LANGUAGES["python"]

MOST_FILES = 100
LARGEST = 60_000  # bytes

REPLY = """```python
from __future__ import annotations

import json
import unittest
from os import path, surely_new
from unittest import TestCase, mock

import pytest
import surely_new_too

LIMIT = 5


@pytest.fixture
def setUp():
    return LIMIT


def test_main(setUp):
    text = '''
not indented'''
    assert json.loads(setUp) == mock.Mock(path, surely_new, surely_new_too, text)


class TestX(TestCase):
    def test_main(self):
        self.assertEqual(LIMIT, f(1))
```"""

CANDIDATES = [parsed.candidate for parsed in PYTHON.parse(REPLY)]


def real_files() -> list[Path]:
    folders = {Path(sysconfig.get_path("stdlib")) / "test", Path(sysconfig.get_path("purelib"))}
    found = sorted(p for folder in folders for p in folder.rglob("test_*.py") if p.stat().st_size < LARGEST)
    return found[:: max(1, len(found) // MOST_FILES)]


def documents() -> Iterator[tuple[Path, bytes]]:
    for path in real_files():
        content = path.read_bytes()
        try:
            PYTHON.merger(content)
        except UsageError:
            continue  # some test files are broken on purpose
        if content.strip():
            yield path, content


@pytest.fixture(scope="module")
def contents() -> dict[Path, bytes]:
    found = dict(documents())
    if not found:
        pytest.skip("no package with tests is installed here")
    return found


def names_in(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name
        if isinstance(node, ast.ClassDef):
            yield from names_in(node.body, f"{prefix}{node.name}::")


def test_reading_and_writing_is_the_identity(contents: dict[Path, bytes]) -> None:
    for path, old in contents.items():
        assert PYTHON.merger(old).merge([]).content == old, path


def test_taking_out_what_was_put_in_gives_the_file_back(contents: dict[Path, bytes]) -> None:
    for path, old in contents.items():
        document = Document.read(old)
        put_in = sorted(insertions_for(document, fit(document, CANDIDATES[0])), key=lambda one: one.offset)
        new = document.with_insertions(put_in).text
        taken_out, position, shift = "", 0, 0
        for one in put_in:
            taken_out += new[position : one.offset + shift]
            shift += len(re.sub("\n", document.newline, one.text))
            position = one.offset + shift
        assert taken_out + new[position:] == document.text, path


def test_what_was_there_means_the_same_and_the_new_tests_stand_where_they_are_said_to(
    contents: dict[Path, bytes],
) -> None:
    for path, old in contents.items():
        merged = PYTHON.merger(old).merge(CANDIDATES)
        tree = ast.parse(merged.content)
        compile(tree, str(path), "exec", dont_inherit=True)
        assert set(merged.names) <= set(names_in(tree.body)), path
        there = (ast.dump(node) for node in tree.body)
        before = [node for node in ast.parse(old).body if not isinstance(node, ast.ImportFrom)]
        assert all(ast.dump(node) in there for node in before), path


def test_the_sample_is_large_enough_to_mean_something(contents: dict[Path, bytes]) -> None:
    assert len(list(islice(contents, 20))) == 20
