"""Runs in the project's interpreter: forks a warm worker as the judge does and times each step of the child.

The order comes as JSON in the first argument; the seconds of each step in each fork go to standard error.
"""

import gc
import json
import os
import sys
import time

ORDER = json.loads(sys.argv[1])
sys.path[0] = ORDER["worker"]

from testgen_worker import children  # noqa: E402
from testgen_worker.session import Warm  # noqa: E402

FORKS = 40
OWN_ERRORS = os.dup(2)


def timed(owner, name, seconds):
    """Have a method's seconds noted."""
    method = getattr(owner, name)

    def watched(*args, **kwargs):
        start = time.perf_counter()
        try:
            return method(*args, **kwargs)
        finally:
            seconds[name] = time.perf_counter() - start

    setattr(owner, name, watched)


def fork_once(warm, job):
    """One child for one job: the seconds of its steps."""
    reader, writer = os.pipe()
    start = time.perf_counter()
    pid = os.fork()
    if not pid:
        seconds = {"fork": time.perf_counter() - start}
        timed(warm, "fresh_capture", seconds)
        timed(warm.overlay, "collect", seconds)
        timed(warm, "run_measured", seconds)
        timed(warm.coverage, "report", seconds)
        os.setsid()
        children.deliver(lambda job: {"answer": warm.run(job), "seconds": seconds}, job, writer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        message = json.loads(pipe.read().splitlines()[-1])  # the lines before say how far it is
    os.waitpid(pid, 0)
    assert message["answer"]["outcome"] == "passed", message
    return {**message["seconds"], "whole": time.perf_counter() - start}


def main():
    root = ORDER["root"]
    source, test_file = f"{root}/prices.py", f"{root}/tests/test_prices.py"
    setup = {
        "cwd": root,
        "sources": [source],
        "test_files": [test_file],
        "args": ["--tb=short", "-p", "no:cacheprovider"],
        "cwd_importable": True,
        "import_names": {source: ["prices"]},
        "subprocesses": False,
        "deselected": [],
    }
    job = {"source": source, "test_file": test_file, "memory": 2048, "mutant": ""}
    job |= {"content": ORDER["content"], "tests": [ORDER["test"]]}
    warm = Warm(setup, lambda: ORDER["preload"])

    def then():
        warm.prepare(job)
        gc.collect()
        gc.freeze()
        rounds = [fork_once(warm, job) for _ in range(FORKS)]
        os.write(OWN_ERRORS, json.dumps(rounds).encode())
        os._exit(0)

    warm.enter(then)


if __name__ == "__main__":
    main()
