"""Mutants through real workers: what kills them, what survives, and what cannot be said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benches import LIMITS, prepared, project_in, write

from testgen.events import Event, Noted
from testgen.strength.assessing import assessor
from testgen.strength.findings import DEAD, Status, Strength

THINGS = """
    LIMIT = 10


    def size(number):
        return number > LIMIT


    def count(numbers):
        total = 0
        while total < len(numbers):
            total += 1
        return total
"""
TESTS = """
    import pytest
    from things import count, size


    def test_over_the_limit():
        assert size(12)


    @pytest.mark.parametrize("number", [9, 1])
    def test_below_the_limit(number):
        assert not size(number)


    def test_count():
        assert count([7, 7]) == 2


    def test_again():
        assert size(12) and count([]) == 0


    def test_looks_away():
        size(3)
        assert True
"""


@contextmanager
def assessed(
    folder: Path, python: Path, files: dict[str, str], budget: float = 60
) -> Iterator[tuple[Strength, list[Event]]]:
    write(folder, {"pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\n", **files})
    project, events = project_in(folder, python), []
    source = project.source.read_text(encoding="utf-8")
    with (
        prepared(project, LIMITS) as found,
        assessor(found.bench, found.baseline, source, budget, events.append) as assess,
    ):
        yield assess.strength(project.test_file.read_bytes()), events


@pytest.fixture(scope="module")
def strength(tmp_path_factory: pytest.TempPathFactory, project_python: Path) -> Iterator[Strength]:
    folder = tmp_path_factory.mktemp("things")
    with assessed(folder, project_python, {"src/things.py": THINGS, "tests/test_things.py": TESTS}) as result:
        yield result[0]


def fates(strength: Strength) -> dict[str, Status]:
    found = ((trial.mutant, trial.status) for trial in strength.trials)
    return {f"{mutant.before} -> {mutant.after}": status for mutant, status in found}


def test_each_mutant_has_its_fate(strength: Strength) -> None:
    found = fates(strength)
    assert found["number > LIMIT -> number <= LIMIT"] is Status.KILLED
    assert found["number > LIMIT -> number >= LIMIT"] is Status.SURVIVED
    assert found["10 -> 11"] is Status.SURVIVED  # at import, seen by `from things import size`
    assert found["return total -> return None"] is Status.KILLED
    assert found["total += 1 -> pass"] is Status.TIMEOUT


def test_it_adds_up(strength: Strength) -> None:
    assert len(strength.trials) == strength.possible == len(strength.seen)
    assert strength.killed + len(strength.survivors) == strength.possible
    assert sum(tally.tried for tally in strength.units) == strength.possible
    assert {tally.unit for tally in strength.units} == {"", "size", "count"}


def test_only_tests_that_reach_the_line_are_run(strength: Strength) -> None:
    [trial] = [trial for trial in strength.trials if trial.mutant.after == "total -= 1"]
    assert trial.tests == trial.killers == ("test_count",)


def test_a_test_that_others_make_superfluous_is_marked(strength: Strength) -> None:
    marked = {grip.name: grip.kills for grip in strength.grips if grip.superfluous}
    assert "test_count" not in marked
    assert marked["test_looks_away"] == 0


def test_a_sample_is_what_the_time_allows(tmp_path: Path, project_python: Path) -> None:
    files = {"src/things.py": THINGS, "tests/test_things.py": TESTS}
    with assessed(tmp_path, project_python, files, budget=0.01) as (strength, _):
        assert len(strength.trials) < strength.possible


HOSTILE = """
    import os, shutil, sys
    from pathlib import Path

    def keep(path):
        if path.name == "precious":
            return "kept"
        path.unlink()

    def fill(number):
        data, done = [], 0
        while done < number:
            data.append(b"x" * 50_000_000)
            done += 1
        return len(data)

    def leave(code):
        if code > 3:
            os._exit(code)
        return code
"""
HELD = """
    from pathlib import Path
    from things import fill, keep, leave

    HERE = Path(__file__).parent

    def test_keep():
        assert keep(HERE / "precious") == "kept"

    def test_fill():
        assert fill(1) == 1

    def test_leave():
        assert leave(3) == 3
"""


def test_mutants_that_crash_or_fill_the_memory_are_killed(tmp_path: Path, project_python: Path) -> None:
    files = {"src/things.py": HOSTILE, "tests/test_things.py": HELD, "tests/precious": "gold"}
    with assessed(tmp_path, project_python, files) as (strength, _):
        found = fates(strength)
    assert found["code > 3 -> code >= 3"] is Status.CRASHED
    assert found["code > 3 -> code <= 3"] is Status.CRASHED
    assert found["return len(data) -> return None"] is Status.KILLED
    assert found["done += 1 -> pass"] in DEAD  # a MemoryError, or the end of its process


def test_a_source_that_conftest_imports_is_mutated_all_the_same(tmp_path: Path, project_python: Path) -> None:
    small = "def size(number):\n    return number > 10\n"
    tests = "from things import size\n\ndef test_it():\n    assert size(12) and not size(9)\n"
    files = {
        "src/things.py": small,
        "tests/conftest.py": "from things import size\n",
        "tests/test_things.py": tests,
    }
    with assessed(tmp_path, project_python, files) as (strength, events):
        found = fates(strength)
    assert found["number > 10 -> number <= 10"] is Status.KILLED
    assert found["number > 10 -> number >= 10"] is Status.SURVIVED
    assert any("conftest" in event.text for event in events if isinstance(event, Noted))


TRICKS = """
    class Doubling(type):
        def __new__(mcs, name, bases, space):
            for key, value in list(space.items()):
                if callable(value):
                    space[key] = lambda self, number, value=value: 2 * value(self, number)
            return super().__new__(mcs, name, bases, space)

    class Box(metaclass=Doubling):
        def room(self, number):
            return number + 1
"""
TRICKED = """
    from things import Box

    def test_room():
        assert Box().room(1) == 4
"""


def test_what_a_metaclass_makes_is_mutated_too(tmp_path: Path, project_python: Path) -> None:
    files = {"src/things.py": TRICKS, "tests/test_things.py": TRICKED}
    with assessed(tmp_path, project_python, files) as (strength, _):
        found = fates(strength)
    assert found["number + 1 -> number - 1"] is Status.KILLED
    assert found["2 * value(self, number) -> 2 / value(self, number)"] is Status.KILLED


def test_a_test_that_is_not_green_every_time_is_not_counted_on(tmp_path: Path, project_python: Path) -> None:
    tests = """
        import os
        from things import size

        SEEN = []

        def test_good():
            SEEN.append(1)
            assert size(12)

        def test_that_needs_the_order():
            assert size(12) and SEEN

        def test_shaky():
            assert size(12) and os.environ.get("PYTHONHASHSEED", "0") == "0"
    """
    with assessed(
        tmp_path, project_python, {"src/things.py": THINGS, "tests/test_things.py": tests}
    ) as found:
        strength = found[0]
    assert strength.tests == ("test_good",)
    assert any("test_shaky" in note and "test_that_needs_the_order" in note for note in strength.notes)


UNSTABLE = """
    import os, random, time
    from pathlib import Path

    from things import count, size

    MEASURED = "PYTHONHASHSEED" not in os.environ  # not where mutants are run
    SEEN = []

    def test_good():
        assert size(12)

    def test_that_is_only_good_once_in_a_process():
        SEEN.append(1)
        assert size(12) and len(SEEN) == 1

    def test_by_chance():
        assert size(12) and (MEASURED or random.random() < 0.7)

    def test_by_the_clock():
        assert size(12) and (MEASURED or time.time() % 0.05 < 0.025)

    def test_for_some_seconds_only():
        assert count([7]) == 1 and time.time() < Path(__file__).stat().st_mtime + 4
"""


def test_a_test_that_goes_by_chance_or_the_clock_is_not_counted_on(
    tmp_path: Path, project_python: Path
) -> None:
    files = {"src/things.py": THINGS, "tests/test_things.py": UNSTABLE}
    with assessed(tmp_path, project_python, files) as (strength, _):
        found = fates(strength)
    assert strength.tests == ("test_good", "test_that_is_only_good_once_in_a_process")
    for name in ("test_by_chance", "test_by_the_clock", "test_for_some_seconds_only"):
        assert name in strength.notes[0]
    assert found["number > LIMIT -> number >= LIMIT"] is Status.SURVIVED


def test_a_test_that_notices_how_mutants_are_run_is_not_counted_on(
    tmp_path: Path, project_python: Path
) -> None:
    tests = """
        from importlib.machinery import SourceFileLoader
        from things import size

        def test_good():
            assert size(12)

        def test_that_sees_who_loads_it():
            assert size(12) and "Mutation" not in SourceFileLoader.get_code.__qualname__
    """
    with assessed(
        tmp_path, project_python, {"src/things.py": THINGS, "tests/test_things.py": tests}
    ) as found:
        assert found[0].tests == ("test_good",)


def test_a_source_that_another_way_brings_in_is_a_gap_and_no_survivor(
    tmp_path: Path, project_python: Path
) -> None:
    tests = """
        import types
        from pathlib import Path

        SOURCE = Path(__file__).parents[1] / "src" / "things.py"

        def load(path):
            module = types.ModuleType("things")
            exec(compile(path.read_text(), str(path), "exec"), vars(module))
            return module

        def test_it():
            assert load(SOURCE).size(12)
    """
    with assessed(
        tmp_path, project_python, {"src/things.py": THINGS, "tests/test_things.py": tests}
    ) as found:
        strength = found[0]
    assert {trial.status for trial in strength.trials} == {Status.UNSEEN}
    assert strength.survivors == ()
    assert "nothing is said about them" in strength.notes[-1]
