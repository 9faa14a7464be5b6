from __future__ import annotations

import pytest

from testgen.languages import LANGUAGES

PYTHON = LANGUAGES["python"]


def with_imports(old: str, *imports: str) -> str:
    """The part of the merged file above a test that uses what the imports bind."""
    lines = "\n".join(imports)
    names = ", ".join(line.split()[-1].split(".")[0].strip("*") for line in imports)
    reply = f"```python\n{lines}\n\ndef test_new():\n    assert f([{names}])\n```"
    candidates = [parsed.candidate for parsed in PYTHON.parse(reply)]
    content = PYTHON.merger(f"{old}\n\ndef test_old():\n    assert a\n".encode()).merge(candidates).content
    return content.decode().partition("\n\ndef test_old")[0].rstrip("\n")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("import os", "import os", "import os"),
        ("import numpy as np", "import numpy as np", "import numpy as np"),
        ("from a import b as c", "from a import b as c", "from a import b as c"),
        ("import a.b as c", "from a import b as c", "import a.b as c"),
        ("from a import *", "from a import *", "from a import *"),
        ("from a import b", "from a import c", "from a import b, c"),
        ("from a import c", "from a import b", "from a import b, c"),
        ("from a import d, c", "from a import b", "from a import d, c, b"),
        (
            "from a import CONST, Klass, func",
            "from a import Other",
            "from a import CONST, Klass, Other, func",
        ),
        ("from a import (b, c)  # why", "from a import d", "from a import (b, c, d)  # why"),
        ("from . import b", "from . import c", "from . import b, c"),
        ("from .a import b", "from a import c", "from a import c\n\nfrom .a import b"),
        ("from a import b; x = 'é'", "from a import c", "from a import b, c; x = 'é'"),
        ("x = 'é'; from a import b", "from a import c", "x = 'é'; from a import b, c"),
        ("from a import b, \\\n    d", "from a import c", "from a import b, \\\n    c, d"),
        ("import os.path", "import os", "import os.path"),
        ("import a", "import a.b", "import a\nimport a.b"),
        ("try:\n    import x\nexcept E:\n    x = 1", "import x", "try:\n    import x\nexcept E:\n    x = 1"),
    ],
)
def test_an_import_joins_what_is_there(old: str, new: str, expected: str) -> None:
    assert with_imports(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("from a import (\n    b,\n    d,\n)", "c", "from a import (\n    b,\n    c,\n    d,\n)"),
        ("from a import (\n  b,  # why\n  c,\n)", "d", "from a import (\n  b,  # why\n  c,\n  d,\n)"),
        ("from a import (\n    b,\n    c  # why\n)", "d", "from a import (\n    b,\n    c,  # why\n    d\n)"),
        ("from a import (b,\n               c)", "d", "from a import (b,\n               c, d)"),
        ("from a import (\n\tb,\n)", "c", "from a import (\n\tb,\n\tc,\n)"),
    ],
)
def test_a_statement_over_several_lines_keeps_its_style(old: str, new: str, expected: str) -> None:
    assert with_imports(old, f"from a import {new}") == expected


def test_a_line_that_would_grow_too_long_is_put_in_brackets() -> None:
    names = [f"name_number_{n}" for n in range(5)]
    wrapped = "".join(f"    {name},\n" for name in sorted([*names, "new"]))
    old = f"from a import {', '.join(names)}"
    assert with_imports(old, "from a import new") == f"from a import (\n{wrapped})"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"""Doc."""', "import os", '"""Doc."""\n\nimport os'),
        ("#!/bin/x\n# why", "import os", "#!/bin/x\n# why\n\nimport os"),
        ("import os", "import json", "import json\nimport os"),
        ("import json\nimport sys", "import os", "import json\nimport os\nimport sys"),
        ("import os\nfrom re import sub", "import sys", "import os\nimport sys\nfrom re import sub"),
        ("import pytest", "import os", "import os\n\nimport pytest"),
        (
            "import os\n\nfrom shop import x",
            "import pytest",
            "import os\n\nimport pytest\n\nfrom shop import x",
        ),
        (
            "import os\nfrom shop import x",
            "import pytest",
            "import os\n\nimport pytest\n\nfrom shop import x",
        ),
        ("import pytest", "from shop import x", "import pytest\n\nfrom shop import x"),
        ("# license\nimport pytest", "import os", "# license\nimport os\n\nimport pytest"),
        (
            "x = 1\nimport pytest\ny = 2",
            "import hypothesis",
            "x = 1\nimport hypothesis\nimport pytest\ny = 2",
        ),
    ],
)
def test_a_new_import_goes_where_it_sorts(old: str, new: str, expected: str) -> None:
    assert with_imports(old, new) == expected


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        ("", "from __future__ import annotations"),
        ("import os", "from __future__ import annotations\n\nimport os"),
        ('"""Doc."""\n\nimport os', '"""Doc."""\n\nfrom __future__ import annotations\n\nimport os'),
        ("# why\nimport os", "# why\n\nfrom __future__ import annotations\n\nimport os"),
        ("from __future__ import generators", "from __future__ import annotations, generators"),
    ],
)
def test_future_imports_come_first(old: str, expected: str) -> None:
    assert with_imports(old, "from __future__ import annotations") == expected


def test_imports_of_a_new_file_stand_in_sections() -> None:
    imports = ["import shop", "from os import path", "import pytest", "import json", "from . import near"]
    reply = "\n".join([*imports, "def test_x():\n    assert shop, path == (pytest, json, near)"])
    content = PYTHON.merger(b"").merge([PYTHON.parse(f"```\n{reply}\n```")[0].candidate]).content
    assert content.decode().partition("\n\n\n")[0] == (
        "import json\nfrom os import path\n\nimport pytest\n\nimport shop\n\nfrom . import near"
    )


def test_a_name_that_means_something_else_in_the_file_gets_an_alias() -> None:
    merger = PYTHON.merger(b"from a import Cart\n\n\ndef test_old():\n    assert Cart\n")
    reply = "```\nfrom b import Cart\n\ndef test_new():\n    assert Cart() == x.Cart\n```"
    merged = merger.merge([PYTHON.parse(reply)[0].candidate])
    assert merged.content.decode() == (
        "from a import Cart\nfrom b import Cart as Cart2\n\n\ndef test_old():\n    assert Cart\n\n\n"
        "def test_new():\n    assert Cart2() == x.Cart\n"
    )
