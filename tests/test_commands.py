"""Test commands that are not pytest: any language, few runs, nothing stays, and what can be wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SOURCES = Path(__file__).with_name("coverage") / "reports" / "sources"
LCOV = "TN:\nSF:price.x\nDA:1,1\nDA:2,0\nend_of_record\n"
NO_GO = pytest.mark.skipif(not shutil.which("go"), reason="Go is not installed")


@dataclass
class Project:
    """A project of another language; `testgen` is run in its root as its user would."""

    root: Path
    source: str
    test_file: str
    environ: dict[str, str] = field(default_factory=dict)

    def testgen(self, job: str, reply: str, command: str, *arguments: str) -> tuple[int, str]:
        """The exit code, and all that was said."""
        given = self.root.parent / "reply.md"
        given.write_text(reply)
        files = ("--source-file", self.source, "--test-file", self.test_file)
        words = [
            sys.executable,
            "-m",
            "testgen",
            job,
            str(given),
            *files,
            "--test-command",
            command,
            *arguments,
        ]
        home = os.environ.get("HOME", "/")
        environ = {"PATH": os.environ["PATH"], "HOME": home, "MY_TOKEN": "hush", **self.environ}
        ended = subprocess.run(
            words, cwd=self.root, env=environ, capture_output=True, text=True, check=False, timeout=180
        )
        assert "Traceback (most" not in ended.stderr
        return ended.returncode, ended.stdout + ended.stderr

    def files(self) -> dict[str, bytes]:
        found = (path for path in sorted(self.root.rglob("*")) if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}


def blocks(*tests: str) -> str:
    return "\n".join(f"```\n{test.strip()}\n```" for test in tests)


@pytest.fixture
def plain(tmp_path):
    """Two lines of no language, and a command that needs nothing but a shell."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "price.x").write_text("one\ntwo\n")
    (root / "price_test.x").write_text("")
    (root / "Makefile").write_text("")
    (root / "report").write_text(LCOV)
    return Project(root, "price.x", "price_test.x")


# What a command does, beside the coverage report it should write, and what is said about it.
WRONG = {
    "writes no report": ("true", "nothing.info", 3, "wrote no coverage report to nothing.info"),
    "leaves an old report": ("true", "report", 3, "is older than the run"),
    "is not there": ("no-such-runner --all", "report", 3, "Check --test-command"),
    "never ends": ("echo watching; sleep 600", "report", 3, "did not end within 2 s"),
    "is red": ("printf '\\033[31mERREUR\\033[0m: tout est cassé\\n'; exit 3", "report", 3, "exit code 3"),
    "writes rubbish": ("echo hello > report", "report", 3, "no coverage report that can be read"),
    "measures another folder": (
        "printf 'TN:\\nSF:/build/a/price.x\\nDA:1,1\\n' > report",
        "report",
        3,
        "about another folder: it names /build/a/price.x",
    ),
    "measures something else": (
        "printf 'TN:\\nSF:other.x\\nDA:1,1\\n' > report",
        "report",
        3,
        "does not mention price.x; it is about other.x",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_command_that(plain, name):
    command, report, code, says = WRONG[name]
    before = plain.files()
    limit = ("--suite-timeout", "2") if name == "never ends" else ()
    ended = plain.testgen("judge", blocks("a test"), command, "--coverage-report", report, *limit)
    assert (ended[0], says in ended[1]) == (code, True), ended
    assert "\033[31m" not in ended[1]
    assert plain.files() == before


def test_missing_packages_of_node_are_named(plain):
    (plain.root / "package.json").write_text('{"scripts": {"test": "jest"}}')
    for command in ("jest-is-not-here", "echo EAI_AGAIN; exit 1"):  # as npx without network
        ended = plain.testgen("judge", blocks("a"), command, "--coverage-report", "report")
        assert (ended[0], "npm ci" in ended[1]) == (3, True), ended
    (plain.root.parent / "node_modules").mkdir()
    ended = plain.testgen("judge", blocks("a"), "jest-is-not-here", "--coverage-report", "report")
    assert (ended[0], "npm ci" in ended[1]) == (3, False), ended


def test_without_a_report_it_is_asked_for(plain):
    ended = plain.testgen("judge", blocks("a"), "make test")
    assert (ended[0], "--coverage-report" in ended[1]) == (2, True), ended


def test_a_source_of_another_language_without_a_command_is_told_how(plain):
    ended = plain.testgen("judge", blocks("a"), "")
    assert (ended[0], "--test-command" in ended[1]) == (2, True), ended


# A runner in a few words of shell: what a line of the test file says is done.
RUNNER = (
    "cp report.base report; "
    "grep -q covers price_test.x && sed -i s/DA:2,0/DA:2,1/ report; "
    "! grep -q 'leaks' price_test.x || { echo $MY_TOKEN > leaked; cat leaked; touch /home/leaked; }; "
    "! grep -q fails price_test.x"
)


@pytest.fixture
def runner(plain):
    (plain.root / "report").rename(plain.root / "report.base")
    return plain


def test_with_no_language_and_no_results_the_good_block_is_found_by_halving(runner):
    reply = blocks("fails one", "nothing", "covers it", "fails two")
    code, said = runner.testgen("keep", reply, RUNNER, "--coverage-report", "report")
    assert code == 0, said
    assert (runner.root / "price_test.x").read_text() == "covers it\n"
    assert "reaches nothing" in said


# A runner that nothing is known of, for tests such as "func TestTwo reaches 2" or "func TestOdd fails".
AWK = r"""
BEGIN { xml = "<testsuite>" }
$1 == "func" {
  n += 1; bad = $3 == "fails"; red += bad; if (!bad) hits[$4] = 1
  if (SAYS == "tap") print (bad ? "not ok " : "ok ") n " - " $2
  xml = xml "<testcase name='" $2 "'>" (bad ? "<failure/>" : "") "</testcase>"
  if (APART && !bad) print "TN:" $2 "\nSF:price.x\nDA:1,1\nDA:" $4 ",1\nend_of_record" > "report"
}
END {
  print "TN:" (APART ? "rest" : "") "\nSF:price.x\nDA:1,1" > "report"
  for (line = 2; line < 11; line++) print "DA:" line "," hits[line] + 0 > "report"
  print "end_of_record" > "report"
  if (SAYS == "tap") print "1.." n
  if (SAYS == "xml") print xml "</testsuite>" > "results.xml"
  exit red > 0
}
"""


@pytest.mark.parametrize(
    ("says", "apart", "runs"), [("tap", 1, 4), ("xml", 1, 4), ("tap", 0, 8), ("xml", 0, 8), ("", 0, 24)]
)
def test_an_unknown_runner_is_run_as_seldom_as_what_it_says_allows(plain, tmp_path, says, apart, runs):
    tests = [f"func Test{line} reaches {line}" for line in range(2, 11)]
    for at in (8, 5, 2):
        tests.insert(at, f"func Wrong{at} fails")
    (tmp_path / "runs").touch()
    (plain.root / "runner.awk").write_text(AWK)
    (plain.root / "price.x").write_text("line\n" * 10)
    (plain.root / "price_test.x").write_text("func Rest reaches 1\n")
    (plain.root / "report").unlink()
    command = f"echo >> {tmp_path}/runs; awk -v SAYS={says} -v APART={apart} -f runner.awk price_test.x"
    arguments = ("--coverage-report", "report", "--test-report", "results.xml", "--sandbox", "none")
    code, said = plain.testgen("keep", blocks(*tests), command, *arguments)
    assert (code, "Kept 9 of 12" in said) == (0, True), said
    assert len((tmp_path / "runs").read_text()) <= runs


def test_tests_that_the_command_does_not_run_are_not_said_to_reach_nothing(plain):
    """It runs what was built of them before."""
    (plain.root / "runner.awk").write_text(AWK)
    (plain.root / "built.x").write_text("func Rest reaches 1\n")
    command = "awk -v SAYS=tap -f runner.awk built.x"
    _, said = plain.testgen("judge", blocks("func TestTwo reaches 2"), command, "--coverage-report", "report")
    assert "is not run by the test command; if that runs what was built, have it build first" in said


def test_a_command_that_runs_fewer_tests_with_a_candidate_is_believed_that_it_runs_that(plain):
    """As one does that runs the tests of what was changed."""
    (plain.root / "runner.awk").write_text(AWK)
    (plain.root / "all.x").write_text("func Rest reaches 1\nfunc Other reaches 1\n")
    command = "test -s price_test.x && f=price_test.x || f=all.x; awk -v SAYS=tap -f runner.awk $f"
    code, said = plain.testgen(
        "judge", blocks("func TestTwo reaches 2"), command, "--coverage-report", "report"
    )
    assert (code, "+1 line" in said) == (0, True), said


def test_caches_that_the_first_run_made_outside_are_shown_inside(runner, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "online").touch()  # the home is empty inside
    runner.environ["HOME"] = str(home)
    fetching = 'cache="${GOMODCACHE:-$HOME/go/pkg/mod}"; test -f "$cache/module" || '
    fetching += '{ test -f "$HOME/online" && mkdir -p "$cache" && touch "$cache/module"; }'
    command = f"{{ {fetching}; }} && {RUNNER}"
    code, said = runner.testgen("judge", blocks("covers it"), command, "--coverage-report", "report")
    assert (code, "+1 line" in said) == (0, True), said


# What a build tool says, and the remedy.
SAID = {
    "cart_test.go:6:2: missing go.sum entry for module providing package x": "go mod tidy",
    "Cannot access central in offline mode and the artifact x:jar:1 has not been downloaded": "offline",
    "Could not find '/work/dist'": "'npm run build && ",
}


@pytest.mark.parametrize("line", SAID)
def test_what_a_build_tool_misses_is_said_with_the_remedy(plain, line):
    (plain.root / "package.json").write_text('{"scripts": {"build": "tsc"}}')
    (plain.root / "node_modules").mkdir()
    command = f'echo "{line}"; exit 1'
    code, said = plain.testgen("judge", blocks("a"), command, "--coverage-report", "report")
    assert (code, SAID[line] in said.rpartition("→")[2]) == (3, True), said


def test_nothing_of_a_run_stays_and_no_secret_is_seen(runner):
    before = runner.files()
    code, said = runner.testgen("judge", blocks("covers and leaks"), RUNNER, "--coverage-report", "report")
    assert code in (0, 1), said
    assert runner.files() == before
    assert "hush" not in said


def test_folders_of_the_project_and_of_an_earlier_run_can_be_removed(runner):
    (runner.root / "raw").mkdir()
    (runner.root / "raw" / "old.json").write_text("{}")
    before = runner.files()
    removing = f"rm -r raw && mkdir -p raw/tmp && echo > raw/tmp/new.json && {RUNNER}"
    code, said = runner.testgen("judge", blocks("covers it"), removing, "--coverage-report", "report")
    assert (code, "+1 line" in said) == (0, True), said
    assert runner.files() == before


@pytest.mark.parametrize("sandbox", ["none", "landlock"])
def test_without_overlays_a_copy_takes_what_is_written(runner, sandbox):
    (runner.root / "node_modules" / "kit").mkdir(parents=True)
    (runner.root / "node_modules" / "kit" / "index.js").write_text("")
    before = runner.files()
    arguments = ("--coverage-report", "report", "--sandbox", sandbox)
    caching = "test -f node_modules/kit/index.js && mkdir -p node_modules/.cache/kit"
    command = f"{caching} && echo > node_modules/.cache/kit/new && {RUNNER}"
    code, said = runner.testgen("judge", blocks("covers it"), command, *arguments)
    if "does not work here" in said:
        pytest.skip(said)
    assert code == 0, said
    assert runner.files() == before


def test_what_goes_with_pytest_only_is_said(runner):
    arguments = ("--coverage-report", "report", "--keep-suspects")
    code, said = runner.testgen("keep", blocks("fails one"), RUNNER, *arguments)
    assert (code, "--keep-suspects is for pytest only" in said) == (0, True), said


def test_python_under_another_runner_keeps_its_own_syntax(tmp_path):
    root = tmp_path / "project"
    shutil.copytree(SOURCES / "python" / "cart", root / "cart")
    (root / "cart" / "__init__.py").write_text("")
    tests = "import unittest\n\nfrom cart.price import total\n\n\nclass TestTotal(unittest.TestCase):\n"
    tests += "    def test_sum(self):\n        self.assertEqual(total([1, 2]), 3)\n"
    (root / "test_price.py").write_text(tests)
    (root / "pyproject.toml").write_text("")
    coverage = f"{sys.executable} -m coverage"
    command = f"{coverage} run --branch --source=. -m unittest && {coverage} lcov -o cover.info"
    good = "    def test_rebate(self):\n        self.assertEqual(total([100], 20), 79)\n"
    bad = "    def test_wrong(self):\n        self.assertEqual(total([100], 20), 80)\n"
    reply = f"```python\n{tests}\n{good}\n{bad}```\n"
    project = Project(root, "cart/price.py", "test_price.py")
    code, said = project.testgen("keep", reply, command, "--coverage-report", "cover.info")
    assert code == 0, said
    written = (root / "test_price.py").read_text()
    assert "test_rebate" in written
    assert "test_wrong" not in written
    assert not (root / ".coverage").exists()


GO = """
func Test{name}(t *testing.T) {{
\tif got, _ := Total([]int{{{prices}}}, {less}); got != {total} {{
\t\tt.Error(got)
\t}}
}}"""


SUSPICIOUS = """
// suspects: "{quoted}"
func Test{name}(t *testing.T) {{
\tif got := {call}; got != {value} {{
\t\tt.Errorf("got %d", got)
\t}}
}}"""


@NO_GO
def test_go_a_suspected_bug_is_told_by_a_quotation_and_a_second_failure(tmp_path):
    root = tmp_path / "project"
    shutil.copytree(SOURCES / "go", root)
    project = Project(root, "cart/price.go", "cart/price_test.go")
    before = project.files()
    says = "Parcel says what a parcel costs."
    found = SUSPICIOUS.format(quoted=says, name="Costs", call="Parcel(5)", value=6)
    panics = SUSPICIOUS.format(quoted=says, name="Panics", call="Parcel(0)", value=6)
    unsaid = SUSPICIOUS.format(quoted="a parcel costs six", name="Unsaid", call="Parcel(5)", value=6)
    for reply, names in ((found + unsaid, ["TestCosts"]), (panics, [])):
        code, said = project.testgen(
            "keep",
            blocks(reply),
            "go test ./... -coverprofile=cover.out",
            *(
                "--coverage-report",
                "cover.out",
                "--report",
                f"json:{tmp_path}/report.json",
                "--keep-suspects",
            ),
        )
        assert code == 0, said
        report = json.loads((tmp_path / "report.json").read_text())
        candidates = {one["id"]: one for one in report["candidates"]}
        assert [candidates[one["test"]]["name"] for one in report["suspects"]] == names
        assert [one["statement"]["line"] for one in report["suspects"]] == [24] * len(names)
        assert "--keep-suspects is for pytest only" in said
    assert project.files() == before


@NO_GO
def test_go_names_what_fails_and_what_does_not_compile(tmp_path):
    root = tmp_path / "project"
    shutil.copytree(SOURCES / "go", root)
    counter = tmp_path / "count"
    counter.mkdir()
    good = [GO.format(name=f"Good{n}", prices=n, less=0, total=n) for n in range(1, 8)]
    rebate = GO.format(name="Rebate", prices=100, less=20, total=79)
    parcel = "func TestParcel(t *testing.T) {\n\tif Parcel(30) != 9 {\n\t\tt.Error()\n\t}\n}"
    wrong = [GO.format(name=f"Wrong{n}", prices=1, less=0, total=2) for n in (1, 2)]
    broken = "func TestBroken(t *testing.T) {\n\tif undefined(3) != 1 {\n\t\tt.Error()\n\t}\n}"
    project = Project(root, "cart/price.go", "cart/price_test.go")
    code, said = project.testgen(
        "keep",
        blocks(*good, rebate, wrong[0], broken, parcel, wrong[1]),
        f"echo >> {counter}/runs; go test ./... -coverprofile=cover.out",
        *("--coverage-report", "cover.out", "--allow-write", str(counter)),
    )
    assert code == 0, said
    written = (root / "cart" / "price_test.go").read_text()
    assert [name for name in ("Rebate", "Parcel", "Good", "Wrong", "Broken") if f"Test{name}" in written] == [
        "Rebate",
        "Parcel",
    ]
    assert "does not build, or ends the run badly: " in said
    assert "undefined: undefined" in said
    assert not (root / "cover.out").exists()
    assert len((counter / "runs").read_text()) <= 6
