"""Going through the kept tests one by one before they are written, with somebody who decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from testgen.domain import CoverageMap, Gate, Verdict
from testgen.events import Dialogue

if TYPE_CHECKING:
    from testgen.rounds import Rounds
    from testgen.strength.findings import Strength


class Choice(Enum):
    """What may become of a test that is shown."""

    KEEP = "keep"
    DROP = "drop"
    EDIT = "edit"
    KEEP_ALL = "keep this and all others"
    DROP_ALL = "drop this and all others"


@dataclass(frozen=True, slots=True)
class Item:
    """A test to be decided on: its text as it would stand alone, and why it is there.

    `number` counts from 1 to `total`; `objection` is what the judge said to an edited text. `strength` is
    that of the whole file, None if nothing is known of it.
    """

    verdict: Verdict
    text: str
    number: int
    total: int
    coverage: CoverageMap
    strength: Strength | None = None
    objection: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided; `text` is the edited test."""

    choice: Choice
    text: str = ""


Reviewer: TypeAlias = Callable[[Item], Decision]


def review(rounds: Rounds, reviewer: Reviewer) -> bool:
    """Ask about each test that would be written and was not asked about; returns whether anything changed."""
    waiting = unreviewed(rounds)
    if not waiting:
        return False
    rounds.emit(Dialogue(begins=True))
    try:
        return _asked(rounds, reviewer, waiting)
    finally:
        rounds.emit(Dialogue(begins=False))


def unreviewed(rounds: Rounds) -> tuple[Verdict, ...]:
    """The verdicts on what would be written and was not asked about."""
    return tuple(one for one in rounds.verdicts if one.standing and one.candidate.id not in rounds.reviewed)


def drop(rounds: Rounds, *dropped: Verdict, reason: str = "dropped in the review") -> None:
    """Refuse some tests because whoever reviews them does not want them."""
    ids = {verdict.candidate.id for verdict in dropped}
    rounds.verdicts = tuple(
        one.refuse(Gate.REVIEW, reason) if one.standing and one.candidate.id in ids else one
        for one in rounds.verdicts
    )


def _asked(rounds: Rounds, reviewer: Reviewer, waiting: tuple[Verdict, ...]) -> bool:
    changed = False
    for number, verdict in enumerate(waiting, 1):
        text = _text(rounds, verdict)
        item = Item(verdict, text, number, len(waiting), rounds.baseline.coverage, rounds.strength)
        choice = _decide(rounds, reviewer, item)
        rest = waiting[number - 1 :] if choice in (Choice.KEEP_ALL, Choice.DROP_ALL) else (verdict,)
        if choice in (Choice.DROP, Choice.DROP_ALL):
            drop(rounds, *rest)
        rounds.reviewed.update(one.candidate.id for one in rest)
        changed |= choice not in (Choice.KEEP, Choice.KEEP_ALL)
        if len(rest) > 1:
            break
    if changed:
        rounds.verdicts = rounds.keeper.befriended(rounds.verdicts)
    return changed


def _decide(rounds: Rounds, reviewer: Reviewer, item: Item) -> Choice:
    """Ask until there is an answer that can be followed; an edited test has taken the place then."""
    while True:
        decision = reviewer(item)
        if decision.choice is not Choice.EDIT:
            return decision.choice
        objection = _exchange(rounds, item.verdict, decision.text)
        if not objection:
            return Choice.EDIT
        item = replace(item, text=decision.text, objection=objection)


def _exchange(rounds: Rounds, verdict: Verdict, text: str) -> str:
    """Let an edited test take the place of a kept one; returns what the judge holds against it."""
    if not verdict.kept:
        return "a suspected bug can be kept or dropped; edit it in the file"
    parsed, before = rounds.scene.language.parse(text), rounds.verdicts
    drop(rounds, verdict, reason="edited in the review")
    verdicts = rounds.keeper.judge(parsed, rounds.verdicts, verdict.round)
    new = verdicts[len(before) :]
    refused = next((one for one in new if not one.kept), None)
    if refused or not new:
        rounds.verdicts = before
        return refused.reason if refused else "there is no test in it"
    rounds.verdicts = verdicts
    rounds.reviewed.update(one.candidate.id for one in new)
    return ""


def _text(rounds: Rounds, verdict: Verdict) -> str:
    """A test with all it needs, as a file of its own."""
    assert verdict.standing  # noqa: S101  that is what is asked about
    content = rounds.scene.blank_merger().merge([verdict.standing]).content
    return content.decode("utf-8", "backslashreplace")
