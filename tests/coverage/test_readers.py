"""Reports that real tools wrote (reports/make.sh), read for one of two files that have the same name."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from testgen.coverage import READERS, MalformedError, Report, Wanted, read, reader_for
from testgen.domain import way
from testgen.errors import ProjectError

REPORTS = Path(__file__).with_name("reports")
ROOT = Path("/tmp/shop")  # where make.sh ran the tools

# Report: its format, folder, the file in `cart` or `ship`, and the lines reached in `cart` and not.
JS = ("js", "src/{}/price.js")
JAVA = ("java", "{}/src/main/java/com/example/Price.java")
PYTHON = ("python", "{}/price.py")
CASES = {
    "istanbul.lcov": ("lcov", *JS, {2, 3, 6, 20}, {4, 10, 12, 14, 16}),
    "istanbul.cobertura.xml": ("cobertura", *JS, {2, 3, 6, 20}, {4, 10, 12, 14, 16}),
    "coverage.py.lcov": ("lcov", *PYTHON, {1, 2, 3, 5, 7}, {4, 6}),
    "coverage.py.json": ("coverage.py", *PYTHON, {1, 2, 3, 5, 7}, {4, 6}),
    "coverage.py.cobertura.xml": ("cobertura", *PYTHON, {1, 2, 3, 5, 7}, {4, 6}),
    "jacoco.groups.xml": ("jacoco", *JAVA, {12, 13, 16}, {14, 20, 22}),
    "jacoco.module.xml": ("jacoco", *JAVA, {12, 13, 16}, {14, 20, 22}),
}


def report(name, path=None):
    return Report(Path(path) if path else ROOT / name, (REPORTS / name).read_bytes())


@pytest.mark.parametrize("name", CASES)
def test_a_report_says_what_was_reached_of_the_file_with_that_path(name):
    kind, folder, file, reached, missing = CASES[name]
    wanted = Wanted(ROOT / folder / file.format("cart"), ROOT / folder)
    found = read([report(name)], wanted)
    assert (found.reached.lines, found.missing.lines) == (reached, missing)
    assert found == read([report(name)], wanted, kind)


@pytest.mark.parametrize("name", [name for name in CASES if name != "jacoco.module.xml"])
def test_the_file_of_the_same_name_in_another_folder_is_not_it(name):
    _, folder, file, _, missing = CASES[name]
    try:
        found = read([report(name)], Wanted(ROOT / folder / file.format("ship"), ROOT / folder))
    except ProjectError as error:
        assert "does not mention" in error.cause  # coverage.py leaves out what was never imported
    else:
        assert not found.reached
        assert found.possible.lines >= missing


def test_a_module_s_report_is_not_about_the_module_beside_it():
    path = ROOT / "java/cart/target/site/jacoco/jacoco.xml"
    with pytest.raises(ProjectError, match="does not mention ship"):
        wanted = Wanted(ROOT / "java/ship/src/main/java/com/example/Price.java", ROOT / "java")
        read([report("jacoco.module.xml", path)], wanted)


def test_branches_are_known_by_their_number_where_the_report_numbers_them():
    found = read([report("istanbul.lcov")], Wanted(ROOT / "js/src/cart/price.js", ROOT / "js"))
    assert found.reached.branches == {(1, way(0)), (3, way(1)), (6, way(1))}


@pytest.mark.parametrize("name", ["istanbul.cobertura.xml", "jacoco.groups.xml", "coverage.py.cobertura.xml"])
def test_branches_that_are_only_counted_are_the_first_ones(name):
    _, folder, file, *_ = CASES[name]
    found = read([report(name)], Wanted(ROOT / folder / file.format("cart"), ROOT / folder))
    assert found.reached.branches
    assert all(end == way(0) for _, end in found.reached.branches)
    assert all(
        end == way(1) for start, end in found.missing.branches if (start, way(0)) in found.reached.branches
    )


@pytest.fixture
def go_project(tmp_path):
    shutil.copytree(REPORTS / "sources" / "go", tmp_path / "go")
    return tmp_path / "go"


def test_a_go_profile_knows_files_by_the_module_and_blocks_on_one_line_as_branches(go_project):
    found = read([report("go.out")], Wanted(go_project / "cart" / "price.go", go_project))
    assert found.reached.lines == {11, 12, 13, 15, 18, 21}
    assert found.missing.lines == {16, 26, 28, 30, 32}
    assert found.missing.branches == {(18, way(1))}
    other = read([report("go.out")], Wanted(go_project / "ship" / "price.go", go_project))
    assert not other.reached


@pytest.mark.parametrize("name", ["gocover-cobertura.xml", "c8.cobertura.xml", "c8.lcov"])
def test_other_generators_are_read_too(name):
    folder, file = ("go", "cart/price.go") if name.startswith("go") else ("js", "src/cart/price.js")
    found = read([report(name)], Wanted(ROOT / folder / file, ROOT / folder))
    assert found.reached.lines
    assert found.missing.lines


def test_a_data_file_of_coverage_py_is_read_beside_its_source(tmp_path):
    root = tmp_path.resolve()
    shutil.copytree(REPORTS / "sources" / "python", root, dirs_exist_ok=True)
    command = [sys.executable, "-m", "coverage", "run", "--branch", "--source=.", "run.py"]
    subprocess.run(command, cwd=root, check=True)
    data = Report(root / ".coverage", (root / ".coverage").read_bytes())
    found = read([data], Wanted(root / "cart" / "price.py", root))
    assert (found.reached.lines, found.missing.lines) == ({1, 2, 3, 5, 7}, {4, 6})
    assert (3, 4) in found.missing.branches


def test_several_reports_of_one_run_add_up():
    wanted = Wanted(ROOT / "js/src/cart/price.js", ROOT / "js")
    other = Report(ROOT / "js/b.info", b"TN:\nSF:src/cart/price.js\nDA:10,1\nend_of_record\n")
    assert 10 in read([report("istanbul.lcov"), other], wanted).reached.lines


BROKEN = {
    "nothing": b"",
    "prose": b"all green\n",
    "XML that is cut off": b'<?xml version="1.0"?><coverage><packages>',
    "an entity that grows": b'<!DOCTYPE c [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><coverage>&c;</coverage>',
    "a Go profile with something else": b"mode: set\nnonsense\n",
    "LCOV with letters for numbers": b"TN:\nSF:src/cart/price.js\nDA:x,y\n",
    "JSON of another tool": b'{"meta": {}, "files": []}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_report_is_a_clear_line(name):
    wanted = Wanted(ROOT / "js/src/cart/price.js", ROOT / "js")
    with pytest.raises(ProjectError, match="can be read"):
        read([Report(ROOT / "js/report", BROKEN[name])], wanted)


def test_a_report_about_another_folder_says_so():
    elsewhere = Report(Path("/r"), b"TN:\nSF:/build/shop/src/cart/price.js\nDA:1,1\n")
    with pytest.raises(ProjectError, match="about another folder"):
        read([elsewhere], Wanted(ROOT / "js/src/cart/price.js", ROOT / "js"))


def test_every_format_is_recognised_and_no_other_takes_it():
    for name, (kind, *_) in CASES.items():
        assert reader_for(report(name)) is READERS[kind]
    assert reader_for(report("go.out")) is READERS["go"]
    assert reader_for(report("coverage.py.data")) is READERS["coverage.py"]
    with pytest.raises(MalformedError):
        reader_for(Report(Path("x"), b"hello"))
