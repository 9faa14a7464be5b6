"""A document that grew knows of itself what one knows that was read anew."""

from __future__ import annotations

import ast

import pytest

from testgen.languages.python.document import Document, Kind, Part

TEST = "@mark\ndef test_1(tmp_path):\n    text = '''a\nb'''\n    assert text\n    # so it is"
PARTS = (
    Part("LIMIT = 9", Kind.OTHER),
    Part(TEST, Kind.DEFINITION),
    Part("LIMIT = 10", Kind.OTHER),
    Part("import sys", Kind.IMPORT),
    Part("class TestOne:\n    def test_it(self, capsys):\n        assert capsys", Kind.DEFINITION),
    Part(TEST, Kind.DEFINITION),
    Part("# about the next\ndef test_last():\n    assert True", Kind.DEFINITION),
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("# only a comment\n", id="comment"),
        pytest.param("import os\n", id="import"),
        pytest.param("LIMIT = 8\n# about the next\n", id="comment that will belong to another"),
        pytest.param("import os\r\n\r\n\r\ndef test_1():\r\n    assert os\r\n", id="CRLF"),
        pytest.param("def test_1():\n    assert True\n    # inside\n\n\n# below\n", id="comments"),
        pytest.param("def test_1():\n    assert True\n# right below\n", id="comment right below"),
        pytest.param("def test_1():\n    assert True", id="no end of line"),
        pytest.param("def test_1():\n    assert True\n\n\n\n\n", id="blank lines"),
        pytest.param("def test_1():\n\tassert '\\f'\n\x0c\ndef f():\n\tpass\n", id="tabs and a form feed"),
        pytest.param("import os\n\nif __name__ == '__main__':\n    os.abort()\n", id="script"),
    ],
)
def test_a_document_that_grew_is_one_that_was_read(text):
    document = Document.read(text.encode())
    for part in PARTS:
        document = document.with_insertions([document.insert(document.end, [part])])
        assert known(document) == known(Document.read(document.content()))


def known(document: Document) -> tuple[object, ...]:
    """What a document knows, in values that can be compared."""
    return (
        ast.dump(document.tree, include_attributes=True),
        document.lines,
        [(piece.first, piece.last, ast.dump(piece.node)) for piece in document.pieces],
        {name: [*map(ast.dump, nodes)] for name, nodes in document.bindings.items()},
        document.imports,
        document.requested,
        document.newline,
        document.unit,
        (document.top, document.before_tests, document.end),
    )
