"""Coroutines that end badly, under the plugins that run them; each beside a good one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from textwrap import dedent

import pytest
from benches import LIMITS, interpreter, prepared, project_in, write
from test_plugins import FILES, PLUGINS

from projects import running_version
from testgen.domain import Outcome

START = "import asyncio\nimport pytest\nfrom things import size\n\n"
GOOD = "async def test_it():\n    await asyncio.sleep(0)\n    assert size(11) == 'large'\n"


@dataclass(frozen=True)
class Case:
    """A coroutine, or all that follows START, with its end; `says` is part of the failure's message."""

    name: str
    text: str
    outcome: Outcome
    says: str = ""


CASES = (
    Case("fails", "async def test_it():\n    assert size(11) == 'small'\n", Outcome.FAILED, "'small'"),
    Case("waits for ever", "async def test_it():\n    await asyncio.Event().wait()\n", Outcome.TIMEOUT),
    Case("never gives way", "async def test_it():\n    while True: pass\n", Outcome.TIMEOUT),
    Case(
        "stops its loop",
        "async def test_it():\n    asyncio.get_running_loop().stop()\n    await asyncio.sleep(1)\n",
        Outcome.FAILED,
        "Event loop stopped",
    ),
    Case(
        "leaves a task",
        "async def test_it():\n    asyncio.get_running_loop().create_task(asyncio.sleep(100))\n",
        Outcome.PASSED,
    ),
    Case(
        "leaves a thread of its loop",
        "async def test_it():\n    import time\n"
        "    asyncio.get_running_loop().run_in_executor(None, time.sleep, 100)\n",
        Outcome.TIMEOUT,
    ),
    Case(
        "has a broken fixture",
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def broken():
            raise RuntimeError("no such thing")

        async def test_it(broken): pass
        """,
        Outcome.ERROR,
        "no such thing",
    ),
    Case(
        "has an untidy fixture",
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def untidy():
            yield 1
            raise RuntimeError("cannot tidy up")

        async def test_it(untidy): assert untidy
        """,
        Outcome.ERROR,
        "cannot tidy up",
    ),
)


@pytest.fixture(scope="module", params=["asyncio_mode = auto", "addopts = -p no:asyncio\nanyio_mode = auto"])
def bench(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    write(folder, {**FILES, "pytest.ini": f"[pytest]\npythonpath = src\n{request.param}\n"})
    project = project_in(folder, interpreter(running_version(), PLUGINS))
    with prepared(project, replace(LIMITS, timeout=1.5)) as ready:
        assert ready.why == ""
        yield ready.bench


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_coroutine_that(bench, case: Case):
    if "no:asyncio" in (bench.project.root / "pytest.ini").read_text():
        case = replace(case, text=case.text.replace("pytest_asyncio", "pytest"))
    run = bench.try_out((START + dedent(case.text)).encode(), ["test_it"])
    message = run.failure.message if run.failure else ""
    assert run.outcome is case.outcome, message
    assert case.says in message
    neighbour = bench.try_out((START + GOOD).encode(), ["test_it"])
    assert (neighbour.outcome, neighbour.failure) == (Outcome.PASSED, None)
