"""What a run will ask and what that can cost, before anything is spent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.budget import about_tokens, most_tokens
from testgen.domain import Gap, Message, Result, Usage
from testgen.providers.endpoint import Endpoint
from testgen.reports.phrases import count, money
from testgen.settings import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that has not been made: its result as it stands, with the forecast in its notes, and the gaps."""

    result: Result
    gaps: tuple[Gap, ...]


def forecast(settings: Settings, endpoint: Endpoint, questions: Sequence[Sequence[Message]]) -> Iterator[str]:
    """The size of the first prompts of all files, and the cost of one round and of all, in sentences."""
    if not questions:
        return
    prompt, output = count(sum(map(about_tokens, questions)), "token"), endpoint.output.tokens
    have = "prompt has" if len(questions) == 1 else f"{len(questions)} prompts have together"
    yield f"the first {have} about {prompt}, a reply of {endpoint.model} at most {output:,}"
    if settings.replay:
        yield f"nothing is spent: the replies come from {settings.replay}"
    elif endpoint.price is None:
        yield f"the price of {endpoint.model} is not known: give it with --price IN,OUT"
    else:
        prompts = sum(map(most_tokens, questions))
        one = endpoint.price.of(Usage(1, prompts, completion_tokens=output * len(questions)))
        yield f"with replies as long as they may be, {_range(settings, one)}; as a rule it is far less"


def _range(settings: Settings, one: float) -> str:
    """What one round and what all rounds cost, and where the limit is."""
    rounds = settings.max_iterations
    limit = "" if settings.max_cost is None else f", of which --max-cost allows {money(settings.max_cost)}"
    some = f", {count(rounds, 'round')} about {money(rounds * one)}" if rounds > 1 else ""
    return f"one round costs {money(one)}{some}{limit}"
