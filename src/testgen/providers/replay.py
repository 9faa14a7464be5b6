"""Replies written to files as they come, and played back without key or network.

A recording is a folder of files `0001.md`, `0002.md`, ...: a few `name: value` lines between `---`, then the
reply as it was. They can be read, compared and edited.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from testgen.domain import Finish, Message, Reply, Usage
from testgen.errors import ProviderError, UsageError

if TYPE_CHECKING:
    from testgen.providers import Provider

_FENCE = "---\n"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A reply and the fingerprint of the prompt that it answers."""

    fingerprint: str
    reply: Reply

    def render(self) -> str:
        """The text of the file."""
        usage = self.reply.usage
        lines = (
            f"model: {self.reply.model}",
            f"finish: {self.reply.finish.value}",
            f"prompt: {self.fingerprint}",
            f"prompt_tokens: {usage.prompt_tokens}",
            f"cached_tokens: {usage.cached_tokens}",
            f"completion_tokens: {usage.completion_tokens}",
            f"reasoning_tokens: {usage.reasoning_tokens}",
            f"cost: {'unknown' if usage.cost is None else usage.cost}",
        )
        return _FENCE + "\n".join(lines) + "\n" + _FENCE + self.reply.text + "\n"

    @classmethod
    def parse(cls, text: str) -> Recorded:
        """Read what `render` has written; raises ValueError or KeyError if it is something else."""
        _, head, body = text.split(_FENCE, 2)
        said = dict(line.split(": ", 1) for line in head.splitlines())
        usage = Usage(
            1,
            int(said["prompt_tokens"]),
            int(said["cached_tokens"]),
            int(said["completion_tokens"]),
            int(said["reasoning_tokens"]),
            None if said["cost"] == "unknown" else float(said["cost"]),
        )
        reply = Reply(body.removesuffix("\n"), usage, Finish(said["finish"]), said["model"])
        return cls(said["prompt"], reply)


def fingerprint(messages: Sequence[Message]) -> str:
    """A short name for a prompt: equal prompts have equal ones."""
    text = "\0".join(f"{message.role}\0{message.text}" for message in messages)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Recording:
    """A provider that writes down what another one answers; give it one that masks secrets.

    Files are numbered in the order of the questions, also where several are asked at once.
    """

    def __init__(self, provider: Provider, folder: Path) -> None:
        """Make the folder; raises UsageError if it cannot be made or holds a recording already."""
        self.name = provider.name
        self.model = provider.model
        self.close = provider.close
        self._provider = provider
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"cannot record into {folder}: {error.strerror}", "Give --record another folder."
            ) from None
        if _files(folder):
            raise UsageError(
                f"{folder} holds a recording already", "Delete it, or give --record another folder."
            )
        self._numbers = count(1)  # taken in one step, whichever thread asks

    def complete(self, messages: Sequence[Message]) -> Reply:
        """Pass on the other's answer and write it down; raises what the other raises."""
        number = next(self._numbers)
        reply = self._provider.complete(messages)
        path = self._folder / f"{number:04}.md"
        _write_private(path, Recorded(fingerprint(messages), reply).render())
        return reply


class Replay:
    """A provider that plays a recording back.

    A prompt that was recorded gets its own reply, any other the first that is left: a recording outlives a
    change of the prompts as long as the questions come in the same order.
    """

    def __init__(self, folder: Path) -> None:
        """Read the whole recording; raises UsageError if there is none or a file is not of one."""
        self._folder = folder
        self._left = [_read(path) for path in _files(folder)]
        if not self._left:
            raise UsageError(
                f"there is no recording in {folder}", "Give --replay a folder that --record has written."
            )
        self._taking = Lock()
        self.name = "replay"
        self.model = self._left[0].reply.model

    def complete(self, messages: Sequence[Message]) -> Reply:
        """The recorded answer with the tokens and cost it had; raises ProviderError when all are used."""
        prompt = fingerprint(messages)
        with self._taking:
            if not self._left:
                raise ProviderError(
                    f"the recording in {self._folder} has no reply left",
                    "Record again with --record, or ask a model.",
                )
            found = next((one for one in self._left if one.fingerprint == prompt), self._left[0])
            self._left.remove(found)
        return found.reply

    def close(self) -> None:
        """Nothing is open."""


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.md"))


def _read(path: Path) -> Recorded:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return Recorded.parse(file.read())
    except (OSError, ValueError, KeyError):
        raise UsageError(
            f"{path} is not a recorded reply", "Restore it, or record again with --record."
        ) from None


def _write_private(path: Path, text: str) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8", errors="replace", newline="") as file:
        file.write(text)
