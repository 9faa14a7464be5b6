"""The page on the prompts: `python docs/prompts.py > docs/prompts.md` brings it up to date.

Measures the sample project `shipping` with the interpreter that runs this, and asks nobody.
"""

from __future__ import annotations

import os
import sys
from dataclasses import fields, replace
from pathlib import Path

from testgen.benches import limits
from testgen.context import standing
from testgen.context.missing import Landmarks
from testgen.context.tried import attempts
from testgen.domain import Candidate, CoverageMap, Failure, Gate, Outcome, Reach, Run, Verdict
from testgen.gaps import find_gaps
from testgen.inquiry import asked_change
from testgen.judge.bench import Bench
from testgen.prompting import Prompts, Question
from testgen.scene import look
from testgen.settings import Settings
from testgen.strength.assessing import mutants_of
from testgen.strength.findings import Status, Trial

SHIPPING = Path(__file__).resolve().parent.parent / "sample_projects" / "shipping"
SETTINGS = Settings(
    source_file=SHIPPING / "src" / "shipping" / "quote.py",
    test_file=SHIPPING / "tests" / "test_shipping.py",
    python=sys.executable,
)
VERSIONS = "Python 3.13.1, pytest 9.0.2, coverage 7.13.0"  # the page does not depend on who makes it

# What an imagined first reply left missing, and the one of its tests that failed.
STILL_MISSING = Reach.of([97, 148], [(95, 97), (147, 148), (179, 183), (185, 187)])
REFUSED = Verdict(
    Candidate(
        "test_cover_up_to_the_limit_is_free",
        '@pytest.mark.parametrize("value", [0, 99_99, 100_00])\n'
        "def test_cover_up_to_the_limit_is_free(value):\n"
        "    assert insurance(value) == 0\n",
    ),
    Gate.ALONE,
    "fails: assert 250 == 0",
    runs=(
        Run(
            Outcome.FAILED,
            failure=Failure("assert 250 == 0", "E   assert 250 == 0\nE    +  where 250 = insurance(10000)"),
        ),
    ),
)

TESTED = "test_insurance"  # a test that was kept, and reaches what it does not notice

MEANINGS = {
    "source": "the source file: `path`, `text`, and `numbered`, which is the text with line numbers",
    "language": "`python` or another, as it is called in fences",
    "runner": "who runs the tests of a test command: `jest`, `vitest`, `node`, `go`, `surefire`, or empty",
    "module": "the name under which it is imported",
    "versions": "Python, pytest, coverage and the libraries that the source imports, as installed",
    "uses": "the definitions it uses of other files of the project, a list of `path` and `text`",
    "signatures": "what it calls of libraries and of inferred objects, a list of `code` and `says`",
    "left_out": "the names of those there was no room for",
    "calls": "calls of its classes elsewhere in the project, a list of `path`, `line` and `code`",
    "included": "the files of `--included-files`, a list of `path` and `text`",
    "conftests": "the conftest.py files in reach, outermost first, a list of `path` and `text`",
    "fixtures": "fixtures in reach that no conftest.py defines, a list of `name`, `module` and `says`",
    "instructions": "the text of `--additional-instructions`",
    "examples": "if it has no test file yet, another one whose tests reach it, a list of `path` and `text`",
    "tests": "the test file as it is so far: `path`, and `text`, which is empty if there is none yet",
    "outline": "the source without what is not asked about, if it is long; else empty",
    "parts": "the definitions that are asked about, if there is an outline",
    "gaps": "what is missing, a list of `name`, `first_line`, `last_line` and `sentences`",
    "attempts": "tests that were not kept, a list of `name`, `reason`, `code` and `trace`",
    "rounds_before": "how many rounds came before; after two the model may say what cannot be reached",
    "changes": "what no test notices (`--strength`), a list of `unit`, `line`, `before`, `after`, `tests`",
    "own": "the names of the tests kept so far that may be written again for these changes",
}

PAGE = """\
# Prompts

What the model is told stands in the templates of [`prompts/`](../prompts), written for
[Jinja](https://jinja.palletsprojects.com/en/stable/templates/):

| | |
|---|---|
| `system.md.j2` | how to work |
| `suspects.md.j2` | what to do where the code is wrong; a part of the system message |
| `language-python.md.j2` and others | how to write and to answer; the end of the system message |
| `ask.md.j2` | the question: the code, what it uses, its tests, what these miss and what was tried |
| `sharpen.md.j2` | the question of `--strength`: the same, and changes of the code that no test notices |
| `code.md.j2` | how both begin: the code, what it uses, its tests |
| `macros.md.j2` | how a file and an earlier test are shown |

A folder named with `--prompts-dir` holds templates of your own. Each takes the place of the one of the same
name, the others stay. These are the names that a template may use; any other is an error:

| | |
|---|---|
{names}

In one run only `parts`, `gaps`, `attempts`, `changes` and `own` change from question to question, and `tests`
from round to round. They come last: all before them is the same to the byte, so that prompt caches hit.

A source of at most 10,000 tokens is shown whole and asked for in one go; of a longer one every question shows
the same outline and, in full, the definitions that it is about, and several are asked at once (`--jobs`).
Later rounds begin the same.

What follows is sent for the sample project [`shipping`](../sample_projects). This page is made by
`python docs/prompts.py`.

## The system message

``````text
{system}
``````

## The first question

``````text
{first}
``````

## The end of a later question

``````text
{later}
``````

## The end of a question for sharper tests

``````text
{sharper}
``````
"""


def page() -> str:
    """The text of docs/prompts.md."""
    first, later, sharper = questions()
    prompts = Prompts(own=None)
    system, user = prompts.messages(first)
    _, again = prompts.messages(later)
    _, last = prompts.messages(sharper)
    return PAGE.format(
        names="\n".join(f"| `{field.name}` | {MEANINGS[field.name]} |" for field in fields(Question)),
        system=system.text.strip(),
        first=user.text.strip(),
        later=again.text[again.text.index("# What no test reaches yet") :].strip(),
        sharper=last.text[last.text.index("# Changes of the code that no test notices") :].strip(),
    )


def questions() -> tuple[Question, Question, Question]:
    """A first question, a later one, and one for sharper tests."""
    scene = look(SETTINGS, os.environ)
    with Bench(scene.project, limits(SETTINGS), os.environ) as bench:
        baseline = bench.measure()
    always = replace(standing(scene, baseline, SETTINGS), versions=VERSIONS, fixtures=())
    possible = baseline.coverage.possible
    after = CoverageMap(scene.project.source, possible, possible - STILL_MISSING)
    landmarks = Landmarks.of(scene.source, possible.lines)
    before, still = (
        tuple(landmarks.in_words(gap) for gap in find_gaps(coverage.missing, scene.units))
        for coverage in (baseline.coverage, after)
    )
    later = replace(always, gaps=still, attempts=attempts([REFUSED], 2), rounds_before=2)
    survivors = (
        Trial(mutant, Status.SURVIVED, (TESTED,))
        for mutant in mutants_of(scene.source)
        if mutant.unit == "insurance" and mutant.operator == "boundary"
    )
    changes = tuple(asked_change(survivor, scene.source) for survivor in survivors)
    return replace(always, gaps=before), later, replace(always, changes=changes, own=(TESTED,))


if __name__ == "__main__":
    sys.stdout.write(page())
