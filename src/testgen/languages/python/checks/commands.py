"""The commands that a test starts, as far as they are written out in it."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from testgen.languages.python.meaning import Meaning

_STARTERS = re.compile(
    r"subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)$"
    r"|os\.(system|popen|exec\w+|spawn\w+|posix_spawnp?)$|asyncio\.create_subprocess_(exec|shell)$|pty\.spawn$"
)
_SEPARATORS = re.compile(r"[|;&\n]+|\$\(|`")
_MOST_STEPS, _MOST_WORDS = 8, 200  # no test needs more; a hostile one could hold us up
_SHELLS = frozenset({"sh", "bash", "dash", "zsh"})
_BEFORE_THE_PROGRAM = frozenset({"sudo", "env", "nohup", "exec", "time", "timeout", "setsid", "command"})


@dataclass(frozen=True, slots=True)
class Command:
    """A program by its base name ("python" for the running interpreter), and its words; `call` starts it."""

    program: str
    words: tuple[str, ...]
    call: ast.Call


def commands(meaning: Meaning) -> Iterator[Command]:
    """Every command that is started and not mocked; of a shell's line, each part."""
    for call in meaning.calls:
        path = meaning.path(call.func)
        if _STARTERS.match(path) and not meaning.replaces(path):
            for words in _lines(meaning, call):
                yield from _command(words, call)


def _lines(meaning: Meaning, call: ast.Call) -> Iterator[list[str]]:
    given = [*call.args, *(word.value for word in call.keywords if word.arg in ("args", "cmd"))]
    words = [
        word for argument in given for word in islice(_words(meaning, argument, _MOST_STEPS), _MOST_WORDS)
    ]
    if len(words) == 1:
        yield from _shell_lines(words[0])
        return
    yield words
    if words and PurePath(words[0]).name in _SHELLS and "-c" in words[:-1]:
        yield from _shell_lines(words[words.index("-c") + 1])


def _words(meaning: Meaning, argument: ast.expr, steps: int) -> Iterator[str]:
    """The words of a command; "?" for each that cannot be seen. Names are followed so many steps."""
    match argument:
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            yield from (word for part in parts for word in _words(meaning, part, steps))
        case ast.JoinedStr(values=parts):
            yield "".join(word for part in parts for word in _words(meaning, part, 0))
        case ast.BinOp(left=left, right=right):
            yield from (word for part in (left, right) for word in _words(meaning, part, steps))
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name() if steps and (bound := meaning.bound_to(argument.id)):
            yield from _words(meaning, bound[0], steps - 1)
        case _:
            yield "python" if meaning.path(argument) == "sys.executable" else "?"


def _shell_lines(line: str) -> Iterator[list[str]]:
    for part in _SEPARATORS.split(line):
        try:
            yield shlex.split(part)
        except ValueError:  # quotes that a separator has torn apart
            yield part.split()


def _command(words: list[str], call: ast.Call) -> Iterator[Command]:
    named = [word for word in words if "=" not in word.partition("/")[0]]
    while named and PurePath(named[0]).name in _BEFORE_THE_PROGRAM and len(named) > 1:
        named = named[1:]
    if named:
        yield Command(PurePath(named[0]).name, tuple(named[1:]), call)
