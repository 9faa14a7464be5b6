"""What is asked next: the question that the state of a run leads to, as long as the model can read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from testgen.budget import about_tokens
from testgen.context import standing
from testgen.context.fitting import fitted
from testgen.context.missing import Landmarks
from testgen.domain import Message
from testgen.prompting import Attempt, Prompts, Question, attempts
from testgen.rounds import Rounds
from testgen.settings import Settings


@dataclass(frozen=True)
class Inquiry:
    """Turns what is known into a prompt of at most `room` tokens, None for as long as it comes."""

    settings: Settings
    prompts: Prompts
    rounds: Rounds
    room: int | None

    def messages(self) -> tuple[Message, ...]:
        """The next prompt; raises UsageError if a template or a file to be shown is not usable."""
        return self.prompts.messages(self._fitted(self._question()))

    def attempts(self) -> tuple[Attempt, ...]:
        """The refused tests that are worth going back to the model."""
        return attempts(self.rounds.verdicts, self.settings.max_repairs)

    @cached_property
    def _standing(self) -> Question:
        return standing(self.rounds.scene, self.rounds.baseline, self.settings)

    @cached_property
    def _landmarks(self) -> Landmarks:
        scene = self.rounds.scene
        read = Landmarks.of if scene.language.name == "python" else Landmarks.plain
        return read(scene.source, self.rounds.baseline.coverage.possible.lines)

    def _question(self) -> Question:
        rounds = self.rounds
        gaps = tuple(self._landmarks.in_words(gap) for gap in rounds.gaps)
        kept = tuple(verdict.candidate.name for verdict in rounds.kept)
        return replace(self._standing, gaps=gaps, kept=kept, attempts=self.attempts())

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
