"""What a run may spend: a question is asked only if its dearest answer would stay within the limits.

The dearest answer is one as long as the request allows, to a prompt of one token for every two bytes: no
tokenizer in use makes more of code or prose (they make one of three to four).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from threading import Condition

from testgen.domain import Message, Reply, Usage
from testgen.errors import BudgetError, UsageError
from testgen.providers.endpoint import Endpoint
from testgen.providers.pricing import FREE
from testgen.providers.retry import Attempt, Failure, Kind
from testgen.reports.figures import tokens
from testgen.reports.phrases import money
from testgen.settings import Price, Settings

BYTES_A_TOKEN = 2
CHARACTERS_A_TOKEN = 3
FRAME = 16  # tokens around each message, and then some


@dataclass(frozen=True, slots=True)
class Sum:
    """Tokens, and US dollars."""

    tokens: int = 0
    dollars: float = 0.0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.tokens + other.tokens, self.dollars + other.dollars)

    def __sub__(self, other: Sum) -> Sum:
        return Sum(self.tokens - other.tokens, self.dollars - other.dollars)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may spend in all, None for whatever it takes; a reply has at most `output` tokens."""

    tokens: int | None
    dollars: float | None
    output: int

    @classmethod
    def of(cls, settings: Settings, endpoint: Endpoint) -> Limits:
        """The limits asked for; raises UsageError for one in money if the price is not known."""
        if settings.max_cost is not None and endpoint.price is None:
            raise UsageError(
                f"--max-cost cannot be kept: the price of {endpoint.model} is not known",
                "Give it with --price IN,OUT in dollars for a million tokens, or limit --max-tokens instead.",
            )
        return cls(settings.max_tokens, settings.max_cost, endpoint.output.tokens)

    def objection(self, spent: Sum, most: Sum) -> str:
        """Why a question that may take so much is not asked, "" if it may be."""
        if self.tokens is not None and spent.tokens + most.tokens > self.tokens:
            left = max(0, self.tokens - spent.tokens)
            return f"it could take {most.tokens:,} tokens, and --max-tokens leaves {left:,}"
        if self.dollars is not None and spent.dollars + most.dollars > self.dollars:
            left_dollars = money(max(0.0, self.dollars - spent.dollars))
            return f"it could cost {money(most.dollars)}, and --max-cost leaves {left_dollars}"
        return ""


class Budget:
    """Keeps account of what is spent. Several questions may be under way at once, each from its own thread.

    One for which there is no room only because of others under way waits until their true price is known.
    """

    def __init__(self, limits: Limits, price: Price | None) -> None:
        self._limits = limits
        self._price = price or FREE
        self._spent = Sum()
        self._under_way = 0
        self._settled = Condition()

    def spend(self, messages: Sequence[Message], attempt: Attempt) -> Reply | Failure:
        """Make the attempt if it cannot pass a limit; until its true price is known it counts in full."""
        most = self._dearest(messages)
        with self._settled:
            while (objection := self._limits.objection(self._spent, most)) and self._under_way:
                self._settled.wait()
            if objection:
                remedy = f"Raise the limit, or lower --max-output-tokens, which is {self._limits.output:,}."
                error = BudgetError(f"the next question was not asked: {objection}", remedy)
                return Failure(Kind.FINAL, error)
            self._spent += most
            self._under_way += 1
        paid = most
        try:
            answer = attempt()
            paid = self._paid(answer, most)
        finally:
            with self._settled:
                self._spent += paid - most
                self._under_way -= 1
                self._settled.notify_all()
        return answer

    def _paid(self, answer: Reply | Failure, most: Sum) -> Sum:
        """What an attempt cost; all it could have where nobody says."""
        if isinstance(answer, Failure):
            return most if answer.begun else Sum()
        told = answer.usage.prompt_tokens or answer.usage.cost is not None
        return self._sum(answer.usage) if told else most

    def _dearest(self, messages: Sequence[Message]) -> Sum:
        said = Usage(1, most_tokens(messages), completion_tokens=self._limits.output)
        thought = replace(said, reasoning_tokens=self._limits.output)
        return Sum(tokens(said), max(self._price.of(said), self._price.of(thought)))

    def _sum(self, usage: Usage) -> Sum:
        return Sum(tokens(usage), self._price.of(usage))


def about_tokens(messages: Sequence[Message]) -> int:
    """How many tokens a prompt has, rather too many than too few: one for every three characters."""
    return ceil(sum(len(message.text) for message in messages) / CHARACTERS_A_TOKEN)


def most_tokens(messages: Sequence[Message]) -> int:
    """How many tokens a prompt has at most."""
    size = sum(len(message.text.encode("utf-8", "surrogatepass")) for message in messages)
    return ceil(size / BYTES_A_TOKEN) + FRAME * len(messages)
