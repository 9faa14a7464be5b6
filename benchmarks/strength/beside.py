"""One module in testgen, mutmut and cosmic-ray: mutants a second, and which of theirs have none of ours.

    python benchmarks/strength/beside.py                              Python's own string.py, with its tests
    python benchmarks/strength/beside.py PROJECT MODULE TEST_FILE     what a run of benchmarks/strength left

Each tool tries for at most a minute, with two processes where it can; the two stand in an environment in
.cache/strength/tools. A mutant has a counterpart if one of ours makes the same syntax tree of the module.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import sqlite3
import string
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "quality"))

from modules import CACHE, TOOLS, projects

from testgen.strength.mutants import changes

SECONDS = 60
PACKAGES = (*TOOLS, "mutmut==3.8.1", "cosmic-ray==8.7.0")
THEIRS = """
import json, sys
import libcst
from cosmic_ray import plugins
from cosmic_ray.mutating import mutate_code
from mutmut.mutation.file_mutation import create_mutations, deep_replace
code = open(sys.argv[1], encoding="utf-8").read()
found = []
for name in plugins.operator_names():
    operator, occurrence = plugins.get_operator(name), 0
    if operator.arguments():
        continue  # the names of variables to replace, without which it does nothing
    while (text := mutate_code(code, operator(), occurrence)) is not None:
        found.append(["cosmic-ray", name.partition("/")[2].partition("_")[0], text])
        occurrence += 1
module, mutations, *_ = create_mutations(sys.argv[1], code)
for one in mutations:
    kind = type(one.original_node).__name__
    found.append(["mutmut", kind, deep_replace(module, one.original_node, one.mutated_node).code])
json.dump(found, sys.stdout)
"""


PYPROJECT = """\
[project]
name = "strings"
version = "1"

[tool.pytest.ini_options]
pythonpath = ["."]
"""


def own_strings(root: Path) -> tuple[Path, str, str]:
    """A project of Python's own string.py (309 lines in 3.11) under another name, with its 38 tests."""
    shutil.rmtree(root, ignore_errors=True)
    (root / "tests").mkdir(parents=True)
    library = Path(string.__file__)
    tests = (library.parent / "test" / "test_string.py").read_text("utf-8")
    tests = re.sub(r"^import string$", "import strings as string", tests, flags=re.MULTILINE)
    tests = tests.replace("from string import", "from strings import")
    shutil.copy(library, root / "strings.py")
    (root / "tests" / "test_strings.py").write_text(tests, "utf-8")
    (root / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    return root, "strings.py", "tests/test_strings.py"


def main(project: Path, module: str, test_file: str) -> int:
    """Print a table of speeds, and one of what has no counterpart."""
    python = projects.environment(projects.running(), PACKAGES, CACHE.parent / "strength" / "tools")
    print("| | mutants tried | s | a second |\n|---|--:|--:|--:|")
    for name, tried, seconds in speeds(project, module, test_file, python):
        print(f"| {name} | {tried} | {seconds:.0f} | {tried / seconds:.1f} |")
    print("\n| tool | kind | mutants | without a counterpart |\n|---|---|--:|--:|")
    configured = project.with_name(f"{project.name}-mutmut")  # mutmut looks for its settings when imported
    theirs = json.loads(run([python, "-c", THEIRS, project / module], configured))
    for (tool, kind), (number, alone) in crossed((project / module).read_text("utf-8"), theirs):
        print(f"| {tool} | {kind} | {number} | {alone} |")
    return 0


def speeds(project: Path, module: str, test_file: str, python: Path) -> Iterator[tuple[str, int, float]]:
    """What each tool tried in how many seconds, from its start."""
    named = ("--source-file", module, "--test-file", test_file, "--python", str(python))
    ours = [sys.executable, "-m", "testgen", "strength", *named, "--strength-time", str(SECONDS), "-q"]
    seconds, text = timed([*ours, "--report", "json:-"], project)
    yield "testgen strength", json.loads(text)["strength"]["tried"], seconds
    with_config = copied(project, "mutmut")
    package = module.partition("/")[0]
    with (with_config / "pyproject.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[tool.mutmut]\nsource_paths = ["{package}"]\nonly_mutate = ["{module}"]\n')
    seconds, text = timed([python, "-m", "mutmut", "run", "--max-children", "2"], with_config)
    counts = re.findall(r"(\d+)/\d+  ", text)
    yield "mutmut", int(counts[-1]) if counts else 0, seconds
    with_config = copied(project, "cosmic-ray")
    (with_config / "cr.toml").write_text(
        f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = 10.0\nexcluded-modules = []\n'
        f'test-command = "{python} -m pytest -x -q {test_file}"\n[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )
    ray = str(python.with_name("cosmic-ray"))
    run([ray, "init", "cr.toml", "s.sqlite"], with_config)
    seconds, _ = timed([ray, "exec", "cr.toml", "s.sqlite"], with_config)
    with sqlite3.connect(with_config / "s.sqlite") as session:
        [tried] = session.execute("select count(*) from work_results").fetchone()
    yield "cosmic-ray", tried, seconds


def copied(project: Path, name: str) -> Path:
    """The project once more, for a tool that writes into it."""
    folder = project.with_name(f"{project.name}-{name}")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".testgen"))
    return folder


def timed(command: list[object], folder: Path) -> tuple[float, str]:
    """How long a command took, cut a little after its time, and what it printed."""
    started = time.monotonic()
    with subprocess.Popen(
        [str(part) for part in command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            text, _ = process.communicate(timeout=SECONDS + 30 if command[0] == sys.executable else SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            text, _ = process.communicate()
    return time.monotonic() - started, text.decode()


def run(command: list[object], folder: Path) -> str:
    """What a command prints; raises CalledProcessError."""
    done = subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode()


def crossed(source: str, theirs: list[tuple[str, str, str]]) -> list[tuple[tuple[str, str], tuple[int, int]]]:
    """Their mutants by tool and kind: how many, and how many of them we do not make."""
    ours = {shape(change.mutant.made_of(source)) for change in changes(source)} | {shape(source)}
    shapes = [(tool, kind, shape(text)) for tool, kind, text in theirs]
    every = Counter((tool, kind) for tool, kind, tree in shapes if tree)
    alone = Counter((tool, kind) for tool, kind, tree in shapes if tree and tree not in ours)
    return sorted((key, (number, alone[key])) for key, number in every.items())


def shape(text: str) -> str:
    """The syntax tree of a module; "" for what is no Python."""
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return ""


if __name__ == "__main__":
    given = sys.argv[1:] or own_strings(CACHE.parent / "strength" / "strings")
    sys.exit(main(Path(given[0]).resolve(), str(given[1]), str(given[2])))
