"""The line between the supervisor and testgen."""

from __future__ import annotations

import json
import os

from . import Json


class Control:
    """The line to testgen; standard input and output are taken away from the tests."""

    def __init__(self) -> None:
        self.fd = os.dup(0)
        self.output = os.fdopen(os.dup(1), "wb")
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(2, 1)
        self.pending = b""
        self.token = ""  # of the message that the next answer is for

    def read(self) -> Json | None:
        """The next message, or None when testgen is gone."""
        while b"\n" not in self.pending:
            data = os.read(self.fd, 65536)
            if not data:
                return None
            self.pending += data
        line, _, self.pending = self.pending.partition(b"\n")
        message: Json = json.loads(line)
        self.token = message.pop("token")
        return message

    def send(self, message: Json) -> None:
        self.output.write(json.dumps({**message, "token": self.token}).encode() + b"\n")
        self.output.flush()

    def close(self) -> None:
        """Let go of the line in a process that must not speak for the supervisor."""
        os.close(self.fd)
        os.close(self.output.fileno())

    def gone(self) -> bool:
        """Whether testgen has closed the line; to be asked when the input is readable."""
        data = os.read(self.fd, 65536)
        self.pending += data
        return not data
