"""Work that may end its process or never end, done in a copy of this one."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from typing import Callable

from . import Json


def aside(work: Callable[[], Json], seconds: float) -> Json:
    """What the work gives in a forked process; {} if it does not in time, or ends otherwise.

    Without fork it is done right here.
    """
    if not hasattr(os, "fork"):
        return work()
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(reader)
            send(writer, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    data = receive(reader, time.monotonic() + seconds)
    os.close(reader)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with contextlib.suppress(ValueError):
        answer: Json = json.loads(data)
        return answer
    return {}


def send(writer: int, data: bytes) -> None:
    while data:
        data = data[os.write(writer, data) :]


def receive(reader: int, deadline: float) -> bytes:
    """All that comes until the other side closes, or until the deadline."""
    data = b""
    while True:
        readable, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
        more = os.read(reader, 1 << 20) if readable else b""
        if not more:
            return data
        data += more
