"""The page in a real browser as its candidates grow: making it, opening it, filtering it.

    python benchmarks/page.py      (needs Chromium at /usr/bin/chromium)

Each candidate has the text, the failure and the output of an ordinary one. Medians of several turns; the last
row is a page over 200 files of 200 lines with ten candidates each, every file unfolded, in one turn.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from pages import VISIBLE, Browser
from testgen.domain import (
    Candidate,
    CoverageMap,
    Ending,
    Failure,
    Gate,
    Outcome,
    Reach,
    Result,
    Round,
    Run,
    Stop,
    Usage,
    Verdict,
)
from testgen.reports import html
from testgen.reports.many import html as html_of_many
from testgen.results import Results

SIZES = (20, 200, 2000)
TURNS = 5
LINES = 600
TRACE = "\n".join(f">       assert total({number}) == {number}" for number in range(12))


def result_of(source: Path, candidates: int, lines: int = LINES) -> Result:
    """A run over one file in which every third candidate was kept."""
    source.write_text(
        "".join(f"def part_{line}(x): return x + {line}  # one of many\n" for line in range(lines))
    )
    failed = Run(Outcome.FAILED, failure=Failure("assert 1 == 2", TRACE, "printed\n" * 5))
    verdicts = []
    for number in range(candidates):
        code = f"def test_{number}():\n    assert part_{number % lines}(1) == {number % lines + 1}\n"
        reach = Reach(frozenset({number % lines + 1}))
        verdict = Verdict(Candidate(f"test_{number}", code), None, "", reach, reach, name=f"test_{number}")
        verdicts.append(
            verdict if number % 3 else replace(verdict.refuse(Gate.ALONE, "fails"), runs=(failed,))
        )
    possible = Reach(frozenset(range(1, lines + 1)))
    before = CoverageMap(source, possible)
    after = before.plus(Reach(frozenset(range(1, lines, 2))))
    rounds = (Round(1, Usage(1, 1000, 0, 1000, 0, 0.01), tuple(verdicts)),)
    test_file = source.with_name("test_it.py")
    return Result(
        source, test_file, before, after, rounds, Stop.ROUNDS, b"", b"x = 1\n", Ending(written=True)
    )


def timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def measure(browser: Browser, name: str, make: Callable[[], str], page: Path, turns: int = TURNS) -> None:
    """Print a row: seconds of making, opening and filtering."""
    made, opened, filtered = [], [], []
    for _ in range(turns):
        made.append(timed(lambda: page.write_text(make(), encoding="utf-8")))
        opened.append(timed(lambda: browser.open(page)))
        browser.ask("document.querySelectorAll('.file').forEach(e => e.open = true)")
        browser.click("label[for=show-all]")
        browser.ask("document.querySelector('label[for=show-alone]').click()")
        filtered.append(timed(lambda: browser.ask(f"document.body.offsetHeight, {VISIBLE}.length")))
    times = " | ".join(f"{statistics.median(times):.2f} s" for times in (made, opened, filtered))
    print(f"| {name} | {page.stat().st_size / 1e6:.1f} MB | {times} |", flush=True)


def main() -> None:
    print("| candidates | page | making it | opening it | filtering it |")
    print("|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        base, browser = Path(folder), Browser(Path(folder, "profile"))
        try:
            for size in SIZES:
                result = result_of(base / "it.py", size)
                measure(browser, f"{size:,}", lambda one=result: html.render(one, base), base / "page.html")
            few = result_of(base / "it.py", 10, lines=200)
            results = Results((few,) * 200, (), (), Stop.DONE)
            measure(browser, "200 × 10", lambda: html_of_many.render(results, base), base / "page.html", 1)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
