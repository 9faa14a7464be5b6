"""What became of a run and what to do next, said alike for one file and for many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from testgen.domain import CoverageMap, Ending, Reach, Result, Round, Statement, Stop, Suspect, Usage
from testgen.reports import conclusion
from testgen.results import Results

FATES = [
    ({}, "Written to tests/test_cart.py."),
    ({"old": None}, "Written to tests/test_cart.py (a new file)."),
    ({"ending": Ending()}, "Nothing was written to tests/test_cart.py."),
    ({"ending": Ending(), "new": None}, "Nothing was written: no test was kept."),
    (
        {"ending": Ending(), "new": None, "rounds": (), "stop": Stop.NOTHING_MISSING},
        "Nothing was written: nothing left to cover.",
    ),
]


@pytest.mark.parametrize(("change", "expected"), FATES)
def test_fate(result: Result, base: Path, change: dict[str, object], expected: str) -> None:
    assert conclusion.fate(replace(result, **change), base) == expected


ADVICE = [
    ({}, ["git diff -- tests/test_cart.py", "--max-iterations"]),
    ({"old": None}, ["Read what was added: tests/test_cart.py", "--max-iterations"]),
    ({"ending": Ending()}, ["without --diff-only", "--max-iterations"]),
    ({"stop": Stop.PROVIDER}, ["git diff", "testgen doctor"]),
    ({"stop": Stop.INTERRUPTED}, ["git diff", "Run your tests", "same command again"]),
    ({"stop": Stop.GOAL}, ["git diff"]),
    ({"new": None, "rounds": (), "stop": Stop.DRY_RUN}, ["without plan or --dry-run"]),
    ({"new": None, "rounds": (), "stop": Stop.NOTHING_MISSING}, []),
]


@pytest.mark.parametrize(("change", "expected"), ADVICE)
def test_advice(result: Result, base: Path, change: dict[str, object], expected: list[str]) -> None:
    steps = list(conclusion.advice(replace(result, **change), base))
    assert len(steps) == len(expected)
    assert all(part in step for part, step in zip(expected, steps, strict=True))


@pytest.mark.parametrize("path", [Path(".testgen/suspects/cart/test_it.py"), None])
def test_suspected_bugs_are_to_be_mended_or_kept_if_they_can(
    result: Result, base: Path, path: Path | None
) -> None:
    found = result.verdicts[1]
    suspect = Suspect(found.candidate, Statement("half up", "cart.py", 2), "it is 1", ends=True, path=path)
    shown = Round(3, Usage(), (replace(found, suspect=suspect),))
    steps = list(conclusion.advice(replace(result, rounds=(*result.rounds, shown)), base))
    (mend,) = [step for step in steps if step.startswith("Mend the suspected bugs")]
    assert ("--keep-suspects" in mend) is (path is not None)


def test_nobody_is_sent_to_git_where_there_is_none(result: Result, base: Path) -> None:
    (base / ".git").rmdir()
    assert next(conclusion.advice(result, base)) == "Read what was added: tests/test_cart.py"


def test_advice_for_a_run_that_kept_nothing_is_to_see_why(result: Result, base: Path) -> None:
    verdicts = tuple(verdict for verdict in result.rounds[0].verdicts if not verdict.kept)
    nothing = replace(result, rounds=(replace(result.rounds[0], verdicts=verdicts),), new=None)
    assert any("--report html:" in step for step in conclusion.advice(nothing, base))


def many(*files: Result, stop: Stop = Stop.DONE, left: tuple[CoverageMap, ...] = ()) -> Results:
    return Results(files, left, (), stop)


def at(result: Result, name: str, **change: object) -> Result:
    return replace(result, test_file=result.test_file.with_name(name), **change)


@pytest.fixture
def fates(result: Result) -> dict[str, Results]:
    """Runs over many files by what became of them."""
    new = [at(result, f"test_{name}.py", old=None) for name in "ab"]
    shown = [at(result, f"test_{name}.py", ending=Ending()) for name in "ab"]
    in_vain = at(result, "test_a.py", ending=Ending(trouble="the disk is full"))
    return {
        "Written to tests/test_cart.py.": many(result),
        "Written to tests/test_a.py (a new file).": many(new[0]),
        "Written to 2 test files, 1 of them new.": many(result, new[0]),
        "Written to 2 test files, all of them new.": many(*new),
        "Nothing was written to 2 test files.": many(*shown),
        "Written to tests/test_cart.py. tests/test_a.py could not be written: the disk is full. "
        "The change is shown here.": many(result, in_vain),
        "Nothing was written: no test was kept.": many(replace(result, new=None, rounds=())),
        "Nothing was written: nothing left to cover.": many(stop=Stop.NOTHING_MISSING),
    }


def test_the_fate_of_many_files(fates: dict[str, Results], base: Path) -> None:
    assert [conclusion.fate(results, base) for results in fates.values()] == list(fates)


def test_what_comes_from_outside_is_quoted_where_it_must_be(result: Result, base: Path) -> None:
    assert conclusion.fate(result, base, repr) == "Written to 'tests/test_cart.py'."


def test_new_files_are_named_and_not_looked_for_with_git(result: Result, base: Path) -> None:
    new = [at(result, f"test_{name}.py", old=None) for name in "abcd"]
    runs = ([result], new[:2], [result, new[0]], new)
    assert [next(conclusion.advice(many(*files), base)) for files in runs] == [
        "Read what was added: git diff -- tests/test_cart.py",
        "Read what was added: tests/test_a.py tests/test_b.py",
        "Read what was added: git diff -- tests/test_cart.py and tests/test_a.py",
        "Read what was added: tests",
    ]


NEXT = [(Stop.FILES, "--max-files"), (Stop.DONE, "still missing"), (Stop.BUDGET, "--max-cost")]


@pytest.mark.parametrize(("stop", "step"), NEXT)
def test_what_is_missing_in_any_file_is_gone_on_with(
    result: Result, base: Path, stop: Stop, step: str
) -> None:
    whole = replace(result, after=replace(result.after, reached=result.after.possible))
    nothing = replace(result.after, reached=Reach())
    runs = (many(result, stop=stop), many(whole, stop=stop), many(whole, stop=stop, left=(nothing,)))
    said = [any(step in one for one in conclusion.advice(run, base)) for run in runs]
    assert said == [True, False, True]
