"""A reply that was cut at its length limit is asked to go on, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from testgen.domain import Finish, Message, Reply
from testgen.errors import ProviderError

if TYPE_CHECKING:
    from testgen.providers import Provider

GO_ON = (
    "Your answer was cut off. Go on with the very next character after its end: "
    "no introduction, no new code fence, and nothing of it again."
)
FENCE = "```"


class Continuing:
    """A provider whose long answers are whole, or at least longer."""

    def __init__(self, provider: Provider) -> None:
        self.name = provider.name
        self.model = provider.model
        self.close = provider.close
        self._provider = provider

    def complete(self, messages: Sequence[Message]) -> Reply:
        """The other's answer, with what it adds if it was cut; raises what the other raises at first."""
        first = self._provider.complete(messages)
        if first.finish is not Finish.LENGTH or not first.text:
            return first
        try:
            more = self._provider.complete(
                [*messages, Message("assistant", first.text), Message("user", GO_ON)]
            )
        except ProviderError:
            return first  # it is paid for, and what is whole of it can be used
        text = joined(first.text, more.text)
        return Reply(text, first.usage + more.usage, more.finish, first.model)


def joined(text: str, more: str) -> str:
    """A text and its continuation, in which models like to open the code fence again."""
    opened = sum(line.startswith(FENCE) for line in text.splitlines()) % 2
    if not opened or not more.lstrip().startswith(FENCE):
        return text + more
    return text.rstrip("\n") + "\n" + more.lstrip().partition("\n")[2]
