"""`--diff BASE`: only what a change touches is asked for, kept and reported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from endpoint import Say
from repositories import NOBODY, Work
from shop import CART, Finished, Shop, fenced

HEAVY = '    if weight > 100:\n        raise ValueError(\n            "too heavy"\n        )\n'
CHANGED = CART.lstrip("\n").replace("    return 5 if", HEAVY + "    return 5 if")
IMPORTS = "import pytest\nfrom shop.cart import first, shipping, total"
TOO_HEAVY = """
def test_too_heavy():
    with pytest.raises(ValueError, match="too heavy"):
        shipping(101)
"""
LIGHT = "def test_light():\n    assert shipping(1) == 5"
ELSEWHERE = "def test_none_is_first():\n    assert first([]) is None"
SCHEMA = json.loads((Path(__file__).parents[1] / "src/testgen/reports/schema.json").read_text("utf-8"))


@pytest.fixture
def shop(tmp_path, project_python) -> Shop:
    """On branch feature, which has made shipping refuse what is too heavy."""
    shop = Shop.at(tmp_path / "project", project_python)
    work = Work.at(shop.root, {})
    work.branch()
    work.commit({"src/shop/cart.py": CHANGED})
    return shop


def diff(shop: Shop, *arguments: str, **more) -> object:
    return shop.testgen("--diff", "main", "--max-iterations", "1", *arguments, **NOBODY, **more)


def covered_by_its_own_tests(shop: Shop) -> int:
    """How many lines of the source coverage.py says that the project's tests reach."""
    for command in (["run", "--include=*/cart.py", "-m", "pytest", "-q"], ["json", "-q", "-o", "c.json"]):
        subprocess.run([shop.python, "-m", "coverage", *command], cwd=shop.root, check=True)
    return json.loads((shop.root / "c.json").read_text())["totals"]["covered_lines"]


def test_only_what_was_changed_is_asked_for_and_kept(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, TOO_HEAVY, LIGHT, ELSEWHERE)))
    ended = diff(
        shop, "--report", "json:-", "--report", "markdown:r.md", "--report", "html:r.html", endpoint=endpoint
    )
    assert ended.code == 0, ended.stderr
    assert "asking for shipping\n" in ended.stderr
    assert "discount" not in endpoint.requests[0].prompt.partition("# What nothing reaches")[2]
    jsonschema.validate(ended.report, SCHEMA)
    verdicts = {one["name"]: one["gate"] for one in ended.report["candidates"]}
    assert verdicts == {"test_too_heavy": None, "test_light": None, "test_none_is_first": "gain"}
    patch = ended.report["coverage"]["patch"]
    assert patch["base"] == "main"
    assert (patch["before"]["lines"]["covered"], patch["before"]["lines"]["total"]) == (0, 2)
    assert patch["after"]["lines"] == {"total": 2, "covered": 2, "percent": 100, "missing": []}
    assert patch["after"]["branches"]["percent"] == 100
    assert covered_by_its_own_tests(shop) == ended.report["coverage"]["after"]["lines"]["covered"]
    assert "| changed lines | 0.0 % | 100.0 % | +2 of 2 |" in (shop.root / "r.md").read_text("utf-8")
    assert "Still missing" not in (shop.root / "r.md").read_text("utf-8")
    assert '<p class="noun">changed lines</p>' in (shop.root / "r.html").read_text("utf-8")
    assert shop.pytest() == 0


def test_the_terminal_says_how_much_of_the_change_is_covered(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, TOO_HEAVY)))
    ended = diff(shop, endpoint=endpoint)
    assert "changed lines " in ended.stdout
    assert "0.0 % → 100.0 %  2 of 2  +2" in ended.stdout
    assert "changed branches " in ended.stdout
    assert "Still missing  branch" in ended.stdout


@pytest.mark.parametrize(("reply", "code"), [((TOO_HEAVY, LIGHT), 0), ((TOO_HEAVY,), 1)])
def test_a_goal_for_the_change(shop, endpoint, reply, code):
    endpoint.will(Say(fenced(IMPORTS, *reply)))
    ended = diff(shop, "--fail-under-diff", "100", endpoint=endpoint)
    assert ended.code == code
    told = "less is covered than --fail-under-diff asks for: lines 100.0 % of 100 %, branches 50.0 % of 100 %"
    assert (told in ended.stderr) == (code == 1), ended.stderr
    assert shop.testgen("plan", "--fail-under-diff", "100").code == 0  # without --diff there is no such goal


def test_the_desired_coverage_is_that_of_the_change(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, TOO_HEAVY)))
    ended = diff(shop, "--max-iterations", "3", "--desired-coverage", "100,50", endpoint=endpoint)
    assert "the desired coverage was reached" in ended.stdout
    assert len(endpoint.requests) == 1


def test_a_file_that_was_not_changed_asks_nothing(shop, endpoint):
    ended = shop.testgen("--diff", "HEAD", "--fail-under-diff", "100", endpoint=endpoint, **NOBODY)
    assert ended.code == 0
    assert "note: nothing that a test could reach was changed since HEAD" in ended.stdout
    assert not endpoint.requests


def test_a_plan_is_about_the_change(shop):
    ended = shop.testgen("plan", "--diff", "main", **NOBODY)
    assert "1 gap" in ended.stdout
    assert "shipping" in ended.stdout


@pytest.mark.parametrize(
    ("base", "cause", "remedy"),
    [
        ("origin/main", "git knows no commit origin/main", "Did you mean main?"),
        ("mian", "git knows no commit mian", "Did you mean main?"),
    ],
)
def test_an_unknown_base_asks_and_writes_nothing(shop, endpoint, base, cause, remedy):
    before = shop.files()
    ended = shop.testgen("--diff", base, endpoint=endpoint, **NOBODY)
    assert (ended.code, endpoint.requests) == (2, [])
    assert cause in ended.stderr
    assert remedy in ended.stderr
    assert shop.files() == before


def test_without_a_repository(tmp_path, project_python, endpoint):
    ended = Shop.at(tmp_path / "plain", project_python).testgen("--diff", "main", endpoint=endpoint)
    assert (ended.code, endpoint.requests) == (2, [])
    assert "is in no git repository" in ended.stderr


def test_an_edit_that_is_not_committed_counts(shop, endpoint):
    work = Work(shop.root)
    work.git("switch", "-q", "--detach", "main")
    shop.write({"src/shop/cart.py": CHANGED})
    endpoint.will(Say(fenced(IMPORTS, TOO_HEAVY)))
    ended = shop.testgen(
        "--diff", "main", "--report", "json:-", "--max-iterations", "1", endpoint=endpoint, **NOBODY
    )
    assert ended.report["coverage"]["patch"]["after"]["lines"]["percent"] == 100
    assert "src/shop/cart.py" in work.git("status", "--short")


# Without a source file: all that were changed


@pytest.fixture
def many(tmp_path, project_python) -> Shop:
    """Two sources changed on the branch, one that is not and has much missing, a test file changed too."""
    shop = Shop.at(tmp_path / "project", project_python)
    other = "def half(number):\n    return number / 2\n"
    shop.write({"src/shop/other.py": other, "src/shop/still.py": other})
    work = Work.at(shop.root, {})
    work.branch()
    work.commit(
        {
            "src/shop/cart.py": CHANGED,
            "src/shop/other.py": other + "\n\ndef third(number):\n    return number / 3\n",
        }
    )
    return shop


def all_changed(shop: Shop, *arguments: str, endpoint) -> object:
    """A run without a source file, which `Shop` would name."""
    command = [
        sys.executable,
        "-m",
        "testgen",
        *arguments,
        "--python",
        str(shop.python),
        "--api-base",
        endpoint.url,
    ]
    done = subprocess.run(
        command, cwd=shop.root, env=shop.environ(**NOBODY), capture_output=True, text=True, check=False
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def answer(prompt: str) -> str:
    third = "from shop.other import third\n\ndef test_third():\n    assert third(3) == 1"
    return fenced(third) if "def third" in prompt else fenced(IMPORTS, TOO_HEAVY, LIGHT)


def test_every_changed_source_is_worked_on_and_no_other(many, endpoint):
    endpoint.always(Say(answer))
    reports = [f"--report={name}:r.{name}" for name in ("markdown", "html", "github", "gitlab", "problems")]
    ended = all_changed(
        many,
        "--diff",
        "main",
        "--max-iterations",
        "1",
        "--report",
        "json:-",
        *reports,
        "--fail-under-diff",
        "100",
        endpoint=endpoint,
    )
    assert ended.code == 0, ended.stderr
    assert {one["source"] for one in ended.report["files"]} == {"src/shop/cart.py", "src/shop/other.py"}
    assert len(endpoint.requests) == 2
    assert ended.report["left"] == []
    changed = ended.report["coverage"]["changed lines"]
    assert (changed["total"], changed["before"]["covered"], changed["after"]["covered"]) == (4, 0, 4)
    assert "| changed lines | 0.0 % | 100.0 % | +4 of 4 |" in (many.root / "r.markdown").read_text("utf-8")
    assert json.loads((many.root / "r.gitlab").read_text("utf-8")) == []
    assert (many.root / "r.github").read_text("utf-8") == ""
    assert many.pytest() == 0


def test_only_mutants_of_what_was_changed_count(many, endpoint):
    endpoint.always(Say(answer))
    flags = ("--diff", "main", "--max-iterations", "1", "--strength", "--report", "json:-")
    ended = all_changed(many, *flags, endpoint=endpoint)
    tried = {one["source"]: one["strength"]["mutants"] for one in ended.report["files"]}
    assert {mutant["unit"] for mutant in tried["src/shop/other.py"]} == {"third"}
    first = CHANGED[: CHANGED.index(HEAVY)].count("\n") + 1
    lines = {mutant["line"] for mutant in tried["src/shop/cart.py"]}
    assert lines and lines <= {first, first + 1}


def test_a_goal_for_all_that_was_changed(many, endpoint):
    endpoint.always(Say("nothing comes to mind"))
    ended = all_changed(
        many,
        "--diff",
        "main",
        "--max-iterations",
        "1",
        "--fail-under-diff",
        "50",
        "--report",
        "github:-",
        endpoint=endpoint,
    )
    assert ended.code == 1
    assert {line.split(",")[0] for line in ended.stdout.splitlines()} == {
        "::warning file=src/shop/cart.py",
        "::warning file=src/shop/other.py",
    }


def test_nothing_changed_at_all(many, endpoint):
    ended = all_changed(
        many, "--diff", "HEAD", "--fail-under-diff", "100", "--report", "markdown:r.md", endpoint=endpoint
    )
    assert (ended.code, endpoint.requests) == (0, [])
    assert "No source file was changed since HEAD." in ended.stdout
    assert (many.root / "r.md").exists()
