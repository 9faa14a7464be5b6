from __future__ import annotations

import json
import subprocess

import pytest

from endpoint import Fail, Say
from shop import Shop, fenced

IMPORTS = "import os\n\nimport pytest\nfrom shop.cart import SEEN, first, shipping, total"
GOOD = """
def test_nothing_left_to_pay():
    with pytest.raises(ValueError, match="nothing to pay"):
        total([1], 5)
"""
# For every gate a candidate that must be refused there; GOOD stands beside each and must be kept.
REFUSED = {
    "parse": "def test_asserts_nothing():\n    shipping(1)",
    "alone": "def test_is_wrong():\n    assert shipping(1) == 6",
    "repeat": "def test_holds_once():\n    assert os.environ['PYTHONHASHSEED'] == '0'\n    shipping(1)",
    "gain": "def test_reaches_nothing_new():\n    assert total([5]) == 5",
    "company": "def test_changes_what_others_rely_on():\n    SEEN.append(1)\n    assert shipping(1) == 5",
    "needed": "def test_needed_for_a_while():\n    with pytest.raises(ValueError):\n        shipping(0)",
}
MAKES_IT_SUPERFLUOUS = """
@pytest.mark.parametrize("weight", [-1, 9, 10])
def test_weights(weight):
    if weight < 0:
        with pytest.raises(ValueError):
            shipping(weight)
    else:
        assert shipping(weight) == (5 if weight == 9 else 9)
"""


@pytest.fixture
def shop(tmp_path, project_python):
    return Shop.at(tmp_path / "my shöp", project_python)


def verdicts(report):
    return {one["name"].rpartition("::")[2]: one["gate"] for one in report["candidates"]}


def test_a_run_adds_what_passes_and_reaches_something_new(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    before = shop.files()
    ended = shop.testgen("--max-iterations", "1", endpoint=endpoint)
    assert ended.code == 0, ended.stderr
    assert "Kept 1 of 1" in ended.stdout
    after = shop.files()
    assert {name for name in after if after[name] != before.get(name)} == {"tests/test_cart.py"}
    assert set(after) == set(before)
    text = shop.test_file.read_text()
    assert text.startswith(before["tests/test_cart.py"].decode().rstrip())
    assert "def test_nothing_left_to_pay" in text
    assert text.count("import pytest") == 1
    assert shop.pytest() == 0


@pytest.mark.parametrize("gate", REFUSED)
def test_every_gate_says_no_and_spares_the_neighbour(shop, endpoint, gate):
    more = [MAKES_IT_SUPERFLUOUS] if gate == "needed" else []
    endpoint.will(Say(fenced(IMPORTS, REFUSED[gate], GOOD, *more)))
    ended = shop.testgen("--max-iterations", "1", "--report", "json:-", "--repeat", "6", endpoint=endpoint)
    name = REFUSED[gate].partition("(")[0].removeprefix("def ")
    found = verdicts(ended.report)
    assert found[name] == gate
    assert found["test_nothing_left_to_pay"] is None
    assert name not in shop.test_file.read_text()
    assert shop.pytest() == 0


def test_the_case_that_fails_is_named(shop, endpoint):
    cases = '@pytest.mark.parametrize("weight, price", [(1, 5), (9, 6), (10, 9), (11, 5)])'
    endpoint.will(
        Say(fenced(IMPORTS, f"{cases}\ndef test_it(weight, price):\n    assert shipping(weight) == price"))
    )
    ended = shop.testgen("--max-iterations", "1", "--report", "json:-", endpoint=endpoint)
    assert ended.report["candidates"][0]["reason"] == "fails with [9-6] and 1 more: assert 5 == 6"


def test_order_of_a_set_is_not_relied_upon(shop, endpoint):
    flaky = "def test_flaky():\n    assert first('abcdefghij') == first(['b', 'a'])"
    endpoint.will(Say(fenced(IMPORTS, flaky, GOOD)))
    ended = shop.testgen("--max-iterations", "1", "--report", "json:-", "--repeat", "6", endpoint=endpoint)
    assert verdicts(ended.report)["test_flaky"] in ("alone", "repeat")


def test_failures_go_back_to_the_model_and_what_was_gained_is_not_asked_again(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD, REFUSED["alone"])), Say(fenced(IMPORTS, MAKES_IT_SUPERFLUOUS)))
    ended = shop.testgen("--max-iterations", "2", endpoint=endpoint)
    first, second = (request.prompt for request in endpoint.requests)
    assert ended.code == 0
    assert "test_is_wrong" in second
    assert "assert 5 == 6" in second
    missing = "# What no test reaches yet"
    assert "nothing to pay" in first.partition(missing)[2]
    assert "nothing to pay" not in second.partition(missing)[2].partition("# Tests you wrote")[0]


def test_a_missing_test_file_is_created(shop, endpoint):
    shop.test_file.unlink()
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    assert shop.testgen("--max-iterations", "1", endpoint=endpoint).code == 0
    assert shop.test_file.read_text().startswith(
        "import pytest\n\nfrom shop.cart import total\n\n\ndef test_"
    )
    assert shop.pytest() == 0


def test_nothing_is_written_by_diff_only_and_the_diff_applies(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    before = shop.files()
    ended = shop.testgen("--max-iterations", "1", "--diff-only", endpoint=endpoint)
    assert shop.files() == before
    assert "+def test_nothing_left_to_pay():" in ended.stdout


def test_a_dry_run_asks_nothing(shop, endpoint):
    before = shop.files()
    assert shop.testgen("--dry-run", endpoint=endpoint).code == 0
    assert (endpoint.requests, shop.files()) == ([], before)


def test_nothing_is_asked_when_nothing_is_missing(shop, endpoint):
    shop.write({"src/shop/cart.py": "SEEN = []\n\n\ndef total(prices):\n    return sum(prices)\n"})
    ended = shop.testgen(endpoint=endpoint)
    assert (ended.code, endpoint.requests) == (0, [])
    assert "nothing left to cover" in ended.stdout


def test_nothing_is_asked_when_the_goal_is_reached(shop, endpoint):
    assert shop.testgen("--desired-coverage", "20,10", endpoint=endpoint).code == 0
    assert endpoint.requests == []


@pytest.mark.parametrize(
    "step",
    [
        Say(""),
        Say("I cannot help with that."),
        Say("```python\nx = 1\n```"),
        Say("", finish="tool_calls", tool="shell"),
        Say("", finish="content_filter"),
        Say("\ud800\x00\x1b[2J"),
    ],
)
def test_a_reply_without_tests_never_loops(shop, endpoint, step):
    endpoint.always(step)
    before = shop.files()
    ended = shop.testgen(endpoint=endpoint)
    assert ended.code == 0
    assert len(endpoint.requests) <= 2
    assert shop.files() == before


def test_missed_goal_of_fail_under(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    ended = shop.testgen("--max-iterations", "1", "--fail-under", "99", endpoint=endpoint)
    assert ended.code == 1
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()


@pytest.mark.parametrize(
    ("fail", "says"),
    [
        (Fail(401, "bad key sk-secret-1"), "key"),
        (Fail(404, "no such model"), "model"),
        (Fail(429, code="insufficient_quota"), "quota"),
    ],
)
def test_a_provider_that_cannot_be_asked(shop, endpoint, fail, says):
    endpoint.always(fail)
    before = shop.files()
    ended = shop.testgen(endpoint=endpoint)
    assert ended.code == 4
    assert says in ended.stderr
    assert "sk-secret-1" not in ended.stderr + ended.stdout
    assert len(endpoint.requests) == 1
    assert shop.files() == before


def test_what_was_kept_before_the_provider_failed_is_written(shop, endpoint):
    endpoint.will(Say(fenced(IMPORTS, GOOD)), Fail(401, "bad key"))
    ended = shop.testgen("--max-iterations", "2", endpoint=endpoint)
    assert ended.code == 0
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()


def test_a_recording_plays_back_without_key_network_or_secret(shop, endpoint, tmp_path):
    endpoint.will(Say(fenced(IMPORTS, GOOD) + "# sk-secret-1"))
    old = shop.test_file.read_text()
    assert (
        shop.testgen("--max-iterations", "1", "--record", str(tmp_path / "rec"), endpoint=endpoint).code == 0
    )
    written = shop.test_file.read_text()
    assert not any(b"sk-secret-1" in path.read_bytes() for path in (tmp_path / "rec").iterdir())
    shop.test_file.write_text(old)
    shop.write({"prompts/ask.md.j2": "Something else entirely."})
    replayed = shop.testgen(
        "--max-iterations", "1", "--replay", str(tmp_path / "rec"), "--prompts-dir", "prompts", API_KEY=""
    )
    assert replayed.code == 0, replayed.stderr
    assert shop.test_file.read_text() == written


def test_a_test_that_shows_the_key_shows_it_to_nobody(shop, endpoint, tmp_path):
    key = "sk-planted-in-dotenv-1"
    shop.write({".env": f"API_KEY={key}\n"})
    leak = """
def test_shows_what_it_finds():
    text = open(bytes([46, 101, 110, 118])).read()
    print(text)
    assert shipping(1) == text
"""
    endpoint.will(Say(fenced(IMPORTS, leak, GOOD)), Say("nothing more"))
    files = {kind: tmp_path / kind for kind in ("json", "html", "markdown")}
    reports = [word for kind, path in files.items() for word in ("--report", f"{kind}:{path}")]
    limits = ("--max-iterations", "2", "--sandbox", "none", "--verbose")
    ended = shop.testgen(*limits, *reports, endpoint=endpoint, API_KEY="")
    assert (endpoint.requests[0].key, ended.code) == (key, 0)
    assert "AssertionError: assert 5 == 'API_KEY=[secret]" in ended.stdout
    own = [path for path in (shop.root / ".testgen").rglob("*") if path.is_file()]
    kept = [path.read_bytes().decode("latin-1") for path in (*files.values(), *own)]
    asked = [request.prompt for request in endpoint.requests]
    assert len(asked) == 2
    assert not [text for text in (ended.stdout, ended.stderr, *kept, *asked) if key in text]


def test_keep_takes_tests_from_anywhere(shop):
    shop.write({"from_a_colleague.py": f"{IMPORTS}\n\n{GOOD}\n\n{REFUSED['alone']}\n"})
    assert shop.testgen("judge", "from_a_colleague.py", API_KEY="").code == 1
    assert "test_nothing_left_to_pay" not in shop.test_file.read_text()
    assert shop.testgen("keep", "from_a_colleague.py", API_KEY="").code == 0
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()
    assert "test_is_wrong" not in shop.test_file.read_text()


def test_keep_takes_several_files_and_standard_input_in_one_round(shop):
    shop.write({"one.py": f"{IMPORTS}\n\n{GOOD}", "two.md": fenced(IMPORTS, REFUSED["alone"])})
    ended = subprocess.run(
        shop.command("judge", "one.py", "-", "two.md", "--report", "json:-"),
        cwd=shop.root,
        env=shop.environ(API_KEY=""),
        input=fenced(IMPORTS, "def test_free():\n    assert first([]) is None"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    report = json.loads(ended.stdout)
    assert verdicts(report) == {"test_nothing_left_to_pay": None, "test_free": None, "test_is_wrong": "alone"}
    assert [one["candidates"] for one in report["rounds"]] == [3]


def test_one_function_limits_asking_and_keeping(shop, endpoint):
    elsewhere = "def test_none_of_no_names():\n    assert first([]) is None"
    endpoint.will(Say(fenced(IMPORTS, GOOD, elsewhere)))
    ended = shop.testgen(
        "--function", "first", "--max-iterations", "1", "--report", "json:-", endpoint=endpoint
    )
    asked = endpoint.requests[0].prompt.partition("# What no test reaches yet")[2]
    assert "- first " in asked
    assert "- total " not in asked
    assert verdicts(ended.report) == {"test_nothing_left_to_pay": "gain", "test_none_of_no_names": None}


def test_a_method_goes_into_the_unittest_class_it_was_written_for(shop, endpoint):
    shop.test_file.write_text(
        "import unittest\n\nfrom shop.cart import total\n\n\n"
        "class TotalTest(unittest.TestCase):\n    def test_total(self):\n"
        "        self.assertEqual(total([1]), 1)\n\n\n"
        'if __name__ == "__main__":\n    unittest.main()\n'
    )
    method = """
        import unittest

        class TotalTest(unittest.TestCase):
            def test_nothing_left(self):
                with self.assertRaises(ValueError):
                    total([1], 5)
    """
    endpoint.will(Say(fenced("from shop.cart import total", method)))
    assert shop.testgen("--max-iterations", "1", endpoint=endpoint).code == 0
    text = shop.test_file.read_text()
    assert text.count("class TotalTest") == 1
    assert text.index("def test_total") < text.index("def test_nothing_left") < text.index("__main__")
    assert shop.pytest() == 0


def test_the_tests_cannot_see_the_key(shop, endpoint):
    shop.write(
        {
            "tests/conftest.py": """
                import os

                assert not [value for value in os.environ.values() if "secret-1" in value]
            """
        }
    )
    endpoint.will(Say(fenced(IMPORTS, GOOD)))
    assert shop.testgen("--max-iterations", "1", endpoint=endpoint).code == 0
    assert "test_nothing_left_to_pay" in shop.test_file.read_text()
