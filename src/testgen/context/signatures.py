"""What the source calls that syntax trees do not tell: signatures of libraries and of inferred objects."""

from __future__ import annotations

import ast
import builtins
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from testgen.context.modules import Library, Module
from testgen.domain import Line
from testgen.languages.lines import split_lines
from testgen.languages.python.names import FUNCTIONS, dotted
from testgen.languages.python.reading import NotPythonError, tree_of
from testgen.prompting import File, Signature

LONGEST = 2_400  # characters of all signatures together
LONGEST_ONE = 300
MOST_PLACES = 60  # that are looked up
SECONDS = 30.0  # for looking up, far more than it takes; a part would change the question from run to run

_PROGRAM = Path(__file__).with_name("inferring.py")
_STANDARD = sys.stdlib_module_names
_EVERYWHERE = frozenset(name for kind in (str, bytes, list, dict, set) for name in dir(kind))


@dataclass(frozen=True, slots=True)
class Called:
    """Signatures of what the source calls, the nearest first, and the names of those left out."""

    signatures: tuple[Signature, ...] = ()
    left_out: tuple[str, ...] = ()


def called(
    library: Library, source: Module, near: Collection[Line], shown: Sequence[File], folders: Sequence[Path]
) -> Called:
    """What the source calls of libraries, and of objects whose kind has to be inferred.

    Calls on the lines in `near` come first. `shown` are texts that the model sees anyway; `folders` are where
    imports may start, the project's root first. What the standard library or a shown text defines is not told
    again. Where nothing else is called, nothing is looked up.
    """
    defined = {name for text in (source.text, *(one.text for one in shown)) for name in _defined(text)}
    places = _places(library, source, near, defined)
    answers = _inferred(source.path, places, folders) if places else ()
    told = {one.code: one for name, one in answers if name.partition(".")[0] not in _STANDARD}
    return _fitted(one for one in told.values() if one.code)


def _defined(text: str) -> Iterator[str]:
    try:
        nodes = ast.walk(tree_of(text))
    except NotPythonError:
        return
    yield from (node.name for node in nodes if isinstance(node, (*FUNCTIONS, ast.ClassDef)))


def _places(
    library: Library, source: Module, near: Collection[Line], defined: Collection[str]
) -> list[tuple[int, int]]:
    """Line and column of what is called and the syntax trees do not tell, each name once."""
    origins = {one.binds: one.module.partition(".")[0] for one in source.imports}
    libraries = {name for name, top in origins.items() if top and top not in _STANDARD}
    libraries = {name for name in libraries if not library.owns(origins[name], source)}
    standard = {name for name, top in origins.items() if top in _STANDARD} | set(dir(builtins))
    places: dict[str, tuple[int, int]] = {}
    funcs = [node.func for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    for func in sorted(funcs, key=lambda func: (func.lineno not in near, func.lineno)):
        name, root = dotted(func), dotted(func).partition(".")[0]
        method = func.attr if isinstance(func, ast.Attribute) and root not in standard else ""
        unknown = method and method not in defined and (libraries or method not in _EVERYWHERE)
        if (root in libraries or unknown) and not library.find(name, source):
            places.setdefault(ast.unparse(func), _place(func, source.text))
    return list(places.values())[:MOST_PLACES]


def _place(func: ast.expr, text: str) -> tuple[int, int]:
    """Where the last name of an expression stands, the column in characters."""
    line, end = func.end_lineno or func.lineno, func.end_col_offset or 1
    return line, len(split_lines(text)[line - 1].encode()[: end - 1].decode(errors="ignore"))


def _inferred(
    source: Path, places: Sequence[tuple[int, int]], folders: Sequence[Path]
) -> Iterator[tuple[str, Signature]]:
    """The full name and the signature at each place that is found out; none if the program fails."""
    asked = {
        "source": str(source),
        "root": str(folders[0]),
        "folders": [str(folder) for folder in folders],
        "places": places,
    }
    for line in _output(json.dumps(asked)).splitlines():
        answer = json.loads(line)
        if answer and Path(answer["path"]) != source:
            yield answer["name"], Signature(_short(answer["signature"]), _short(answer["says"]))


@cache  # the same is asked for the question and for what is said of the code
def _output(asked: str) -> str:
    """What the program says, all or nothing; it gets nothing of the user's environment."""
    environ = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    try:
        with tempfile.TemporaryDirectory(prefix="testgen-") as folder:
            done = subprocess.run(
                [sys.executable, "-I", str(_PROGRAM), folder],
                input=asked,
                env=environ,
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                timeout=SECONDS,
                check=True,
            )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""  # a question without signatures is better than none
    return done.stdout


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_ONE else f"{text[:LONGEST_ONE]} ..."


def _fitted(signatures: Iterable[Signature]) -> Called:
    shown, left_out, room = [], [], LONGEST
    for one in signatures:
        size = len(one.code) + len(one.says)
        if size <= room:
            shown.append(one)
            room -= size
        else:
            left_out.append(one.code.partition("(")[0])
    return Called(tuple(shown), tuple(left_out))
