"""One run over several projects of a repository, each with settings and a suite of its own."""

from __future__ import annotations

import re

import pytest

from endpoint import Say
from repositories_of_modules import GOOD, MODULE, PYPROJECT, TEST, Modules

ONCE = ("--max-iterations", "1")
TOLD = '\n[tool.testgen]\nadditional-instructions = "orders come by post"\nmax-cost = 0\n'
ASKED = re.compile(r"# Code under test: src/(\S*)\.py")


def reply(prompt: str) -> str:
    module = ASKED.findall(prompt)[-1].replace("/", ".")
    return f"```python\nfrom {module} import size, twice\n{GOOD.format(name='it')}```\n"


ANSWERS = Say(reply)


@pytest.fixture
def repository(tmp_path, project_python) -> Modules:
    """Two services called alike in everything, a red one, and a tool at the top that none of them knows."""
    made = Modules.of(tmp_path / "project", project_python)
    for name in ("billing", "orders", "broken"):
        below = f"services/{name}"
        made.write({f"{below}/pyproject.toml": PYPROJECT, f"{below}/src/shop/__init__.py": ""})
        made.write({f"{below}/src/shop/{module}": MODULE for module in ("utils.py", "core/utils.py")})
        made.write({f"{below}/src/shop/core/__init__.py": ""})
        made.write({f"{below}/tests/test_utils.py": TEST.format(name="utils")})
    made.write({"services/orders/pyproject.toml": PYPROJECT + TOLD})
    made.write({"services/broken/tests/test_red.py": "def test_red():\n    assert False\n"})
    made.write({"src/shop/tool.py": MODULE})
    return made


def test_each_project_is_worked_on_by_itself(repository, endpoint):
    ended = repository.testgen(*ONCE, "--report", "json:-", endpoint=endpoint.always(ANSWERS))
    assert ended.code == 0, ended.stderr
    written = {file["source"]: file["test_file"] for file in ended.report["files"]}
    assert written == {
        "src/shop/tool.py": "tests/test_tool.py",
        "services/billing/src/shop/utils.py": "services/billing/tests/test_utils.py",
        "services/billing/src/shop/core/utils.py": "services/billing/tests/test_core_utils.py",
        "services/orders/src/shop/utils.py": "services/orders/tests/test_utils.py",
        "services/orders/src/shop/core/utils.py": "services/orders/tests/test_core_utils.py",
    }
    assert all((repository.root / file).read_text().count("def test_twice") == 1 for file in written.values())
    failed = {one["source"]: one["cause"] for one in ended.report["failed"]}
    assert len(failed) == 4
    assert all("services/broken" in name and "test_red" in cause for name, cause in failed.items())


def test_each_project_is_asked_about_by_its_own_settings(repository, endpoint):
    repository.testgen("services/orders", "src", *ONCE, "--diff-only", endpoint=endpoint.always(ANSWERS))
    told = {request.prompt.count("orders come by post") for request in endpoint.requests}
    assert (len(endpoint.requests), told) == (3, {0, 1})
    one = repository.testgen("services/orders/src/shop/utils.py", *ONCE, "--fresh", endpoint=endpoint)
    assert "--max-cost leaves" in one.stderr  # as in a run that is about that project alone
