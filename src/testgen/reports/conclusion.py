"""How reports conclude: what became of the kept tests, and what to do next, for one file as for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from testgen.domain import Result, Stop
from testgen.reports.phrases import count, repository_of, shown
from testgen.reports.text import plain
from testgen.results import Results

Quote: TypeAlias = Callable[[str], str]

_NAMED = 3  # files that are named before they are only counted

SEE_WHY = "See why each candidate was refused: --report html:report.html"
SEE_MISSING = "See what is still missing in each file: --report html:report.html"
_GO_ON = (Stop.INTERRUPTED, Stop.GONE)  # there is something to do even where nothing seems missing
REMEDIES: Mapping[Stop, str] = {
    Stop.ROUNDS: "Ask more often for what is missing: a higher --max-iterations.",
    Stop.NO_GAIN: "Tell the model what it cannot know: --additional-instructions or --included-files.",
    Stop.UNREACHABLE: "See why in the notes; --fresh asks anew for what the model says cannot be.",
    Stop.DRY_RUN: "Ask the model: run again without plan or --dry-run.",
    Stop.BUDGET: "Go on with what is missing: a higher --max-cost, --max-tokens or --max-time.",
    Stop.QUESTION: "See why in the notes; what was kept until then stays.",
    Stop.PROVIDER: "Find out why the model did not answer: testgen doctor.",
    Stop.GONE: "Restore it and run the same command again: what .testgen/ remembers is not paid again.",
    Stop.FILES: "Go on with the other files: run again, or with a higher --max-files.",
    Stop.INTERRUPTED: "Run the same command again to go on from here.",
}


def files_of(run: Result | Results) -> tuple[Result, ...]:
    """The files that a run worked on."""
    return run.files if isinstance(run, Results) else (run,)


def fate(run: Result | Results, base: Path, quote: Quote = str) -> str:
    """What became of the test files, with the reason where one was not written.

    `quote` makes what comes from outside, paths and reasons, fit for where it is shown.
    """
    changed = [one for one in files_of(run) if one.new is not None]
    if not changed:
        return f"Nothing was written: {_nothing(run)}."
    written = [one for one in changed if one.written]
    said = [f"Written to {_counted(written, base, quote)}{_new(written)}."] if written else []
    said += [_unwritable(one, base, quote) for one in changed if one.ending.trouble]
    return " ".join(said) or f"Nothing was written to {_counted(changed, base, quote)}."


def _counted(files: Sequence[Result], base: Path, quote: Quote) -> str:
    return quote(shown(files[0].test_file, base)) if len(files) == 1 else count(len(files), "test file")


def _new(files: Sequence[Result]) -> str:
    """How many of the files were not there before."""
    new = sum(one.old is None for one in files)
    if not new:
        return ""
    return " (a new file)" if len(files) == 1 else f", {'all' if new == len(files) else new} of them new"


def _unwritable(result: Result, base: Path, quote: Quote) -> str:
    where = f"in {quote(shown(result.ending.patch, base))}" if result.ending.patch else "shown here"
    path, trouble = quote(shown(result.test_file, base)), quote(plain(result.ending.trouble))
    return f"{path} could not be written: {trouble}. The change is {where}."


def _nothing(run: Result | Results) -> str:
    """Why there is nothing to write."""
    if run.stop is Stop.MINIMISED:
        return "every test stays"
    return "no test was kept" if run.verdicts or run.stop is Stop.DONE else run.stop.value


def advice(run: Result | Results, base: Path) -> Iterator[str]:
    """What to do next, most useful first; empty when all is covered."""
    yield from _with_the_kept(run, base)
    suspects = [one.suspect for one in run.verdicts if one.suspect and not one.standing]
    if any(one.path for one in suspects):  # only of what is kept apart is known how to mark it
        yield "Mend the suspected bugs, or keep their tests as expected to fail: --keep-suspects"
    elif suspects:
        yield "Mend the suspected bugs."
    incomplete = _is_incomplete(run)
    if run.stop in REMEDIES and (incomplete or run.stop in _GO_ON):
        yield REMEDIES[run.stop]
    if run.usage.remembered and not run.usage.calls and incomplete:
        yield "Every reply was remembered from an earlier run; ask the model anew: --fresh"
    strengths = [one.strength for one in files_of(run) if one.strength]
    if run.stop is Stop.ASSESSED and any(grip.superfluous for one in strengths for grip in one.grips):
        yield "See which of the superfluous tests can go together: testgen minimise --strength"
    if run.verdicts and not run.kept:
        yield SEE_WHY
    elif run.stop is Stop.DONE and incomplete:
        yield SEE_MISSING


def _is_incomplete(run: Result | Results) -> bool:
    """Whether anything of what the run was about is still missing."""
    waiting = isinstance(run, Results) and run.waiting
    return bool(waiting) or any(one.missing for one in files_of(run))


def _with_the_kept(run: Result | Results, base: Path) -> Iterator[str]:
    """What to do with the tests that were kept."""
    changed = [one for one in files_of(run) if one.new is not None]
    written = [one for one in changed if one.written]
    patches = [plain(str(one.ending.patch)) for one in changed if one.ending.patch]
    if written:
        yield f"Read what was added: {_look(written, base)}"
    if written and run.stop is Stop.INTERRUPTED:
        yield "Run your tests: the interruption came before the whole suite was run with the new ones."
    if patches:
        yield f"Put it in with: git apply {' '.join(patches)}"
    if changed and not written and not patches:
        yield _write_them(run.stop)


def _look(written: Sequence[Result], base: Path) -> str:
    """How to look at test files that were written; git shows no change in new ones."""
    known = [one.test_file for one in written if one.old is not None and repository_of(one.test_file)]
    others = [one.test_file for one in written if one.test_file not in known]
    parts = (f"git diff -- {_places(known, base)}" if known else "", _places(others, base))
    return " and ".join(filter(None, parts))


def _places(paths: Sequence[Path], base: Path) -> str:
    """Files by name; if they are many, their folders."""
    places = paths if len(paths) <= _NAMED else [path.parent for path in paths]
    return " ".join(dict.fromkeys(shown(place, base) for place in places))


def _write_them(stop: Stop) -> str:
    if stop is Stop.MINIMISED:
        return "Write the smaller file: run again with --write."
    how = "testgen keep" if stop is Stop.GIVEN else "run again without --diff-only"
    return f"Write the kept tests: {how}."
