"""What is asked next: the questions that the state of a run leads to, as long as the model can read them.

A module is asked for in one go while its source is no longer than `WHOLE` tokens: the model sees all of
it, and there is room for all tests in one reply. Later rounds begin with the same whole source, which a
provider's prompt cache makes cheap, and from which more is reached than from an outline (docs/benchmarks.md).
A longer module is asked for by gaps, several questions in a round: each shows the same outline, and in full
the definitions it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from testgen.budget import CHARACTERS_A_TOKEN, about_tokens
from testgen.context import standing, tests_named, tests_so_far
from testgen.context.fitting import fitted
from testgen.context.looking_up import Answer, LookUp
from testgen.context.missing import Landmarks
from testgen.context.parts import Parts, portions
from testgen.context.tried import attempts
from testgen.domain import Gap, Message, Reach
from testgen.gaps import find_gaps
from testgen.languages.lines import split_lines
from testgen.prompting import AskedChange, AskedGap, Attempt, Prompts, Question
from testgen.rounds import Rounds
from testgen.settings import Settings
from testgen.strength.findings import Trial

WHOLE = 10_000  # tokens of a source: some 800 lines
MOST_CHANGES = 40  # mutants in one question
PORTION = 300  # lines of code that one of several questions is about


@dataclass(frozen=True)
class Inquiry:
    """Turns what is known into prompts of at most `room` tokens each, None for as long as they come."""

    settings: Settings
    prompts: Prompts
    rounds: Rounds
    room: int | None
    look_up: LookUp

    def questions(self) -> tuple[tuple[Message, ...], ...]:
        """The next prompts; raises UsageError if a template or a file to be shown is not usable."""
        return tuple(self.prompts.messages(self._fitted(question)) for question in self._divided())

    def attempts(self) -> tuple[Attempt, ...]:
        """The refused tests that are worth going back to the model."""
        statements = self.rounds.baseline.coverage.possible.lines
        root = self.rounds.scene.project.root
        return attempts(self.rounds.verdicts, self.settings.max_repairs, statements, root)

    def sharpening(self, survivors: Sequence[Trial], since: int) -> tuple[Message, ...]:
        """A prompt for tests that notice some mutants, with the refused tests of the rounds after `since`."""
        rounds, most, root = self.rounds, self.settings.max_repairs, self.rounds.scene.project.root
        shown = survivors[:MOST_CHANGES]
        names = {name.rpartition("::")[2] for one in shown for name in one.tests}
        question = replace(
            self._standing,
            tests=tests_named(rounds, names),
            changes=tuple(asked_change(one, rounds.scene.source) for one in shown),
            own=tuple(one.name for one in rounds.kept),
            attempts=attempts([one for one in rounds.verdicts if one.round > since], most, root=root),
        )
        if self._is_long(question):
            places = Reach(frozenset(one.mutant.at for one in shown))
            question = self._in_parts(question, find_gaps(places, rounds.scene.units))
        return self.prompts.messages(self._fitted(question))

    @cached_property
    def _standing(self) -> Question:
        scene = self.rounds.scene
        answer = self.look_up.answer(scene.project) if scene.language.understood else Answer()
        if answer.trouble:
            self.rounds.note(
                f"signatures of what the code calls are not shown to the model: {answer.trouble}"
            )
        return standing(scene, self.rounds.baseline, self.settings, answer)

    @cached_property
    def _landmarks(self) -> Landmarks:
        scene = self.rounds.scene
        read = Landmarks.of if scene.language.understood else Landmarks.plain
        return read(scene.source, self.rounds.baseline.coverage.possible.lines)

    @cached_property
    def _parts(self) -> Parts:
        return Parts.of(self.rounds.scene.source, self.rounds.scene.units)

    def _divided(self) -> tuple[Question, ...]:
        """One question, or one for each portion of the gaps."""
        gaps, whole = self.rounds.gaps, self._whole()
        if not self.rounds.scene.language.understood:
            return (replace(whole, gaps=self._in_words(gaps), attempts=self.attempts()),)
        if self._is_long(whole):
            groups = portions(gaps, PORTION)
            tried = shared(self.attempts(), groups)
            return tuple(
                self._about(replace(whole, attempts=mine), group)
                for group, mine in zip(groups, tried, strict=True)
            )
        return (replace(whole, attempts=self.attempts(), gaps=self._in_words(gaps)),)

    def _whole(self) -> Question:
        rounds = self.rounds
        whole = replace(self._standing, rounds_before=len(rounds.usages))
        return replace(whole, tests=tests_so_far(rounds)) if rounds.kept else whole

    def _is_long(self, question: Question) -> bool:
        return len(question.source.numbered) // CHARACTERS_A_TOKEN > min(WHOLE, self.room or WHOLE)

    def _about(self, question: Question, gaps: Sequence[Gap]) -> Question:
        return replace(self._in_parts(question, gaps), gaps=self._in_words(gaps))

    def _in_parts(self, question: Question, gaps: Sequence[Gap]) -> Question:
        return replace(question, outline=self._parts.outline, parts=self._parts.in_full(gaps))

    def _in_words(self, gaps: Sequence[Gap]) -> tuple[AskedGap, ...]:
        return tuple(self._landmarks.in_words(gap) for gap in gaps)

    def _fitted(self, question: Question) -> Question:
        if self.room is None:
            return question
        made = fitted(question, self._size, self.room)
        if made.left_out:
            left_out = ", ".join(made.left_out)
            self.rounds.note(f"a prompt of {self.room:,} tokens has no room for all of these: {left_out}")
        return made.question

    def _size(self, question: Question) -> int:
        return about_tokens(self.prompts.messages(question))


def asked_change(survivor: Trial, source: str) -> AskedChange:
    """A mutant that survived as the model sees it: its line before and after, or the piece if longer."""
    mutant = survivor.mutant
    before, after = mutant.before, mutant.after
    if "\n" not in source[mutant.start : mutant.end]:
        place = len(split_lines(source[: mutant.start] + ".")) - 1
        before, after = (split_lines(text)[place].strip() for text in (source, mutant.made_of(source)))
    return AskedChange(mutant.unit, mutant.at, before, after, survivor.tests)


def shared(tried: Sequence[Attempt], groups: Sequence[Sequence[Gap]]) -> list[tuple[Attempt, ...]]:
    """For each group of gaps the earlier attempts that name most of it; the first group gets the others."""
    names = [{part for gap in group for part in gap.name.split(".")} for group in groups]
    mine: list[tuple[Attempt, ...]] = [() for _ in groups]
    for one in tried:
        named = [sum(name in one.code for name in wanted) for wanted in names]
        mine[named.index(max(named))] += (one,)
    return mine
