"""Remarks beside the code, as GitHub's runner and GitLab read them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from testgen.domain import CoverageMap, Patch, Reach, Result, Round, Statement, Suspect, Usage
from testgen.reports import github, gitlab, problems


def about(result: Result, source: Path, missing: Reach) -> Result:
    """The result with exactly this missing of a source at the end."""
    coverage = CoverageMap(
        source, Reach(frozenset(range(1, 100))) | missing, Reach(frozenset(range(1, 100))) - missing
    )
    return replace(result, source=source, before=coverage, after=coverage)


def test_every_stretch_and_branch_has_its_place(result: Result, base: Path) -> None:
    found = about(result, base / "src/a.py", Reach.of([3, 4, 9], [(9, 10), (20, 25), (30, -28)]))
    assert github.render(found, base).splitlines() == [
        "::warning file=src/a.py,line=3,endLine=4,title=testgen::No test reaches lines 3-4.",
        "::warning file=src/a.py,line=9,endLine=9,title=testgen::No test reaches line 9.",
        "::warning file=src/a.py,line=20,endLine=20,title=testgen::No test takes the branch 20→25.",
        "::warning file=src/a.py,line=30,endLine=30,title=testgen::No test takes the branch 30→exit.",
    ]
    places = [issue["location"] for issue in json.loads(gitlab.render(found, base))]
    assert places[0] == {"path": "src/a.py", "lines": {"begin": 3, "end": 4}}
    assert len({issue["fingerprint"] for issue in json.loads(gitlab.render(found, base))}) == 4


def test_paths_start_from_the_root_of_the_repository(result: Result, base: Path) -> None:
    (base / ".git").mkdir(exist_ok=True)
    found = about(result, base / "packages/one/a.py", Reach.of([3]))
    assert "file=packages/one/a.py," in github.render(found, base / "packages/one")


def test_a_name_cannot_end_the_command_or_add_to_it(result: Result, base: Path) -> None:
    found = about(result, base / "a,line=1::x%0A\n::error::b.py", Reach.of([3]))
    [line] = github.render(found, base).splitlines()
    assert line.startswith("::warning file=a%2Cline=1%3A%3Ax%250A%0A%3A%3Aerror%3A%3Ab.py,line=3,")


def test_only_what_was_changed_is_remarked_on(result: Result, base: Path) -> None:
    found = replace(about(result, base / "a.py", Reach.of([3, 50])), patch=Patch("main", frozenset({50})))
    assert [line.split(",")[1] for line in github.render(found, base).splitlines()] == ["line=50"]


def test_an_editor_gets_the_same_places_with_whole_paths(result: Result, base: Path) -> None:
    found = about(replace(result, rounds=()), base / "a.py", Reach.of([3, 4, 50], [(50, 51), (60, 61)]))
    assert problems.render(found, base).splitlines() == [
        f"{base}/a.py:3: info: No test reaches lines 3-4.",
        f"{base}/a.py:50: info: No test reaches line 50.",
        f"{base}/a.py:60: info: No test takes the branch 60→61.",
    ]
    changed = replace(found, patch=Patch("main", frozenset({50})))
    assert problems.render(changed, base) == f"{base}/a.py:50: info: No test reaches line 50.\n"


def test_an_editor_gets_a_test_once_that_was_refused_again(result: Result, base: Path) -> None:
    again = replace(result, rounds=(*result.rounds, *result.rounds))
    assert problems.render(again, base) == problems.render(result, base)


def test_github_gets_no_more_than_it_shows(result: Result, base: Path) -> None:
    lines = github.render(about(result, base / "a.py", Reach.of(range(1, 40, 2))), base).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "::warning title=testgen::No test reaches 11 further places."


def test_nothing_missing(result: Result, base: Path) -> None:
    found = about(result, base / "a.py", Reach())
    assert github.render(found, base) == ""
    assert json.loads(gitlab.render(found, base)) == []


def suspected(result: Result, where: str) -> Result:
    """The result with a suspected bug that a place contradicts."""
    found = result.verdicts[1]
    suspect = Suspect(found.candidate, Statement("rounded\n::half up", where, 21), "0.00 is not 1", ends=True)
    shown = Round(3, Usage(), (replace(found, suspect=suspect),))
    return replace(result, rounds=(shown,))


def test_a_suspected_bug_is_an_error_where_the_source_says_so(result: Result, base: Path) -> None:
    found = suspected(result, "src/shop/cart.py")
    text = 'Suspected bug: says "rounded ::half up", but test_total_of_nothing: 0.00 is not 1'
    assert (
        github.render(found, base).splitlines()[0]
        == f"::error file=src/shop/cart.py,line=21,endLine=21,title=testgen::{text}"
    )
    assert f"{result.source}:21: error: {text}" in problems.render(found, base).splitlines()
    assert "refused at" not in problems.render(found, base)
    severities = [issue["severity"] for issue in json.loads(gitlab.render(found, base))]
    assert (severities[0], set(severities[1:])) == ("major", {"minor"})


def test_what_another_file_says_is_quoted_with_its_place(result: Result, base: Path) -> None:
    line = github.render(suspected(result, "docs/cart.md"), base).splitlines()[0]
    assert line.startswith("::error file=src/shop/cart.py,line=")
    assert 'Suspected bug: docs/cart.md:21 says "rounded' in line
