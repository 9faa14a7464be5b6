"""What a test leaves to the end of its process, tried where it can hold up nobody.

A forked child ends at once, but the user's own run of pytest ends as Python does: it waits for threads, calls
what was registered with `atexit` and waits for processes that are no daemons.
"""

import atexit
import contextlib
import os
import sys
import threading

from .children import LEAVING

# Held here because a test may replace them where they stand.
_shutdown, _run_exitfuncs = threading._shutdown, atexit._run_exitfuncs  # type: ignore[attr-defined]
_enumerate, _write, _getpid = threading.enumerate, os.write, os.getpid
_main = threading.main_thread()


def own_handlers_only() -> None:
    """Forget what is registered with `atexit`, so that a forked child finds only its own there.

    What the project registers as it is imported may end what all children share. multiprocessing's own
    handler stays: it waits for processes, of which this one has none.
    """
    atexit._clear()
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing and not multiprocessing.active_children() and "multiprocessing.util" in sys.modules:
        atexit.register(sys.modules["multiprocessing.util"]._exit_function)


def end(writer: int, pid: int) -> None:
    """Do what Python does at the end of a process, each step said before it may take for ever.

    Only the process with this id does, not a copy of it that a test made and let run on.
    """
    if _getpid() != pid:
        return
    names = [thread.name for thread in _enumerate() if not thread.daemon and thread is not _main]
    say(writer, f"the thread {', '.join(names)} that it started runs on" if names else "it runs on")
    with contextlib.suppress(BaseException):
        _shutdown()
    say(writer, "what it leaves for the end of the process (atexit) runs on")
    with contextlib.suppress(BaseException):
        _run_exitfuncs()


def say(writer: int, text: str) -> None:
    line = text.encode("utf-8", "replace").replace(b"\n", b" ")
    _write(writer, LEAVING + line + b"\n")
