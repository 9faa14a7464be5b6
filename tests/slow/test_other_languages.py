"""Other languages with their own tools, from the registries: the samples, and how often a command runs."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo import Foreign, copy_sample
from foreign import FOREIGN, environment, install, recorded, run
from testgen.benches import bench_for
from testgen.scene import look
from testgen.selection import union
from testgen.settings import Settings
from twelves import TWELVES

SAMPLE_RUNS = {"basket": 4, "roster": 4, "limiter": 4, "invoice": 4}  # of the test command, at most
TWELVE_RUNS = {"jest": 4, "vitest": 4, "go": 4, "node": 4, "node, two files": 5, "maven": 4}


@dataclass(frozen=True)
class Ended:
    """How testgen ended: the names of what it kept, the report, and how often the test command was run."""

    kept: list[str]
    report: dict
    runs: int


def ended_with(job: list[str], foreign: Foreign, project: Path, beside: Path) -> Ended:
    """Run testgen with a command that leaves a mark each time."""
    report, marks = beside / "report.json", beside / "marks"
    marks.mkdir(exist_ok=True)
    counted = ("--test-command", f"echo >> {marks}/runs; {foreign.command}", "--allow-write", str(marks))
    done = run([sys.executable, "-m", "testgen", *job, *counted, f"--report=json:{report}"], project)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(report.read_text("utf-8"))
    kept = [one["name"] for one in found["candidates"] if one["verdict"] == "kept"]
    runs = marks / "runs"
    return Ended(kept, found, len(runs.rename(marks / "counted").read_text()))


def skip_without(foreign: Foreign) -> None:
    if foreign.missing:
        pytest.skip(f"not installed: {', '.join(foreign.missing)}")


def installed(name: str, foreign: Foreign, folder: Path) -> Path:
    """A copy of a sample with what it needs; skips where a toolchain is missing."""
    skip_without(foreign)
    copy_sample(name, folder / "project")
    install(foreign, folder / "project")
    return folder / "project"


@pytest.mark.parametrize("name", FOREIGN)
def test_the_main_job_from_a_clean_copy(name, tmp_path):
    sample, foreign = FOREIGN[name]
    project = installed(name, foreign, tmp_path)
    source = (project / sample.source).read_bytes()
    job = [*sample.arguments, "--replay", "recordings", "--max-iterations", "1"]
    ended = ended_with(job, foreign, project, tmp_path)
    assert len(ended.kept) >= 4, ended.report
    assert ended.runs <= SAMPLE_RUNS[name]
    shared = [one["shared"] for one in ended.report["candidates"] if one["verdict"] == "kept"]
    told_apart = not any(one["lines"] or one["branches"] for one in shared)
    assert told_apart  # their runners show what each test reaches
    assert (project / sample.source).read_bytes() == source
    again = run(shlex.split(foreign.command), project)
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.parametrize("name", TWELVES)
def test_twelve_candidates_of_which_three_fail(name, tmp_path):
    twelve = TWELVES[name]
    skip_without(twelve.foreign)
    project, reply = tmp_path / "project", tmp_path / "reply.md"
    twelve.make(project)
    install(twelve.foreign, project)
    reply.write_text(twelve.reply)
    ended = ended_with(["keep", str(reply), *twelve.arguments], twelve.foreign, project, tmp_path)
    assert len(ended.kept) == 9, ended.report
    assert all("Knows" in kept for kept in ended.kept)
    assert ended.runs <= TWELVE_RUNS[name]
    reply.write_text(twelve.suspicion)
    ended = ended_with(["keep", str(reply), *twelve.arguments], twelve.foreign, project, tmp_path)
    assert [one["ends"] for one in ended.report["suspects"]] == [True], ended.report
    assert ended.runs == 3  # the test fails twice, and is not written


@pytest.mark.parametrize("name", FOREIGN)
def test_what_a_test_is_said_to_reach_is_what_a_run_with_it_alone_shows(name, tmp_path):
    sample, foreign = FOREIGN[name]
    project = installed(name, foreign, tmp_path)
    settings = Settings(
        source_file=project / sample.source,
        test_file=project / sample.test_file,
        test_command=foreign.command,
        coverage_report=foreign.report,
    )
    scene = look(settings, environment())
    candidates = [parsed.candidate for parsed in scene.language.parse(recorded(name))]
    with bench_for(settings, scene.project, environment()) as bench:
        before = bench.measure().coverage.reached
        together = scene.merger.merge(candidates)
        apart = bench.attempt(together.content, together.names).apart.reaches
        for candidate, named in list(zip(candidates, together.names, strict=True))[::4]:
            said = union([reach for case, reach in apart.items() if scene.language.is_case(case, named)])
            alone = bench.attempt(scene.merger.merge([candidate]).content).run
            assert alone.reach - before == said - before, named
            assert alone.reach - before, named


RUST = {
    "Cargo.toml": '[package]\nname = "price"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": (
        "pub fn total(sum: i64, rebate: i64) -> i64 {\n    if rebate > 0 {\n"
        "        return sum - sum * rebate / 100;\n    }\n    sum\n}\n"
    ),
    "tests/price.rs": "use price::total;\n\n#[test]\nfn plain() {\n    assert_eq!(total(3, 0), 3);\n}\n",
}
TARPAULIN = "cargo tarpaulin --offline --engine ptrace --out Lcov --output-dir cov"


@pytest.mark.skipif(not shutil.which("cargo-tarpaulin"), reason="cargo-tarpaulin is not installed")
def test_integration_tests_of_rust_need_no_module(tmp_path):
    root = tmp_path / "project"
    for path, text in RUST.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    tests = [
        f"```rust\n#[test]\nfn {name}() {{\n    assert_eq!(total(100, 20), {value});\n}}\n```"
        for name, value in (("less", "80"), ("wrong", "81"), ("does_not_build", "none"))
    ]
    (tmp_path / "reply.md").write_text("\n".join(tests))
    job = ["keep", str(tmp_path / "reply.md"), "--source-file", "src/lib.rs", "--test-file", "tests/price.rs"]
    command = ["--test-command", TARPAULIN, "--coverage-report", "cov/lcov.info"]
    words = [sys.executable, "-m", "testgen", *job, *command]
    ended = subprocess.run(words, cwd=root, env=os.environ, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    written = (root / "tests/price.rs").read_text()
    assert [name for name in ("less", "wrong", "does_not_build") if f"fn {name}" in written] == ["less"]
