"""The measured modules as one Markdown table, with a row for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add
from statistics import median

from measuring import Counts, Failed, Row

from testgen.domain import Gate, Usage, Verdict

HEAD = (
    ("module", "---"),
    ("statements", "--:"),
    ("lines, %", "--:"),
    ("branches, %", "--:"),
    ("kept", "--:"),
    ("refused", "---"),
    ("of the first reply pass", "--:"),
    ("prompt tokens", "--:"),
    ("reply tokens", "--:"),
    ("cost", "--:"),
    ("calls", "--:"),
    ("s in the model", "--:"),
    ("s out of it", "--:"),
)
NOT_PASSING = (Gate.PARSE, Gate.ALONE, Gate.REPEAT)


def table(rows: Sequence[Row | Failed]) -> str:
    """The whole table, what it was made with, and a line for each module that has no row."""
    measured = [row for row in rows if isinstance(row, Row)]
    lines = [*_rows(measured), "", *_remarks(measured)] if measured else []
    return "\n".join([*lines, *(f"{row.module.path}: {row.why}" for row in rows if isinstance(row, Failed))])


def _rows(rows: Sequence[Row]) -> list[str]:
    head = [_line(title for title, _ in HEAD), _line(rule for _, rule in HEAD)]
    return [
        *head,
        *(_row(f"`{row.module.path}` {_version(row)}", [row]) for row in rows),
        _row("**all**", rows),
    ]


def _row(name: str, rows: Sequence[Row]) -> str:
    before, after = (
        reduce(add, counts) for counts in zip(*((row.before, row.after) for row in rows), strict=True)
    )
    verdicts = [verdict for row in rows for verdict in row.result.verdicts]
    usage = sum((row.result.usage for row in rows), Usage())
    return _line(
        (
            name,
            f"{after.lines}",
            f"{_lines(before):.1f} → {_lines(after):.1f}",
            f"{_branches(before):.1f} → {_branches(after):.1f}",
            f"{sum(verdict.kept for verdict in verdicts)}",
            _refused(verdicts),
            _first(verdicts),
            f"{usage.prompt_tokens:,}",
            f"{usage.completion_tokens:,}",
            "unknown" if usage.cost is None else f"${usage.cost:.3f}",
            f"{usage.calls}",
            f"{sum(row.asked.seconds for row in rows):.0f}",
            f"{sum(row.own_seconds for row in rows):.0f}",
        )
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _version(row: Row) -> str:
    return row.module.package.partition("==")[2]


def _lines(counts: Counts) -> float:
    return _percent(counts.lines_covered, counts.lines)


def _branches(counts: Counts) -> float:
    return _percent(counts.branches_covered, counts.branches)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def _refused(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(verdict.refused_at for verdict in verdicts)
    return ", ".join(f"{gate.value} {counts[gate]}" for gate in Gate if counts[gate])


def _first(verdicts: Sequence[Verdict]) -> str:
    first = [verdict for verdict in verdicts if verdict.round == 1]
    passed = sum(verdict.refused_at not in NOT_PASSING for verdict in first)
    return f"{passed} of {len(first)}, {_percent(passed, len(first)):.0f} %" if first else ""


def _remarks(rows: Sequence[Row]) -> list[str]:
    """Who answered and when, the median of the tokens, and whatever the figures do not show."""
    models = sorted({row.result.model for row in rows})
    dates = sorted({row.asked.date for row in rows})
    prompts = median(row.result.usage.prompt_tokens for row in rows)
    remarks = [
        f"Answered by {', '.join(models)}, {' to '.join(sorted({dates[0], dates[-1]}))}. "
        f"Prompt tokens of a module: {prompts:,.0f} in the median.",
        *(
            f"The tests of {row.module.path} fail in a run of their own."
            for row in rows
            if not row.after.green
        ),
        *(f"{row.module.path}: coverage.py and testgen count differently." for row in rows if _differ(row)),
    ]
    unpriced = sorted({row.result.model for row in rows if row.result.usage.cost is None})
    return [*remarks, *(f"The price of {model} is unknown." for model in unpriced)]


def _differ(row: Row) -> bool:
    ours = row.result.after
    lines, branches = (len(ours.possible.lines), len(ours.possible.branches))
    missing = ours.missing
    covered = (lines - len(missing.lines), branches - len(missing.branches))
    counts = row.after
    return (lines, branches, *covered) != (
        counts.lines,
        counts.branches,
        counts.lines_covered,
        counts.branches_covered,
    )
