"""What a runner is told and what it leaves."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

_SCRIPT = re.compile(r"\b(npm|yarn|pnpm)\s+(?:run\s+|run-script\s+)?([\w:-]+)")
# A command up to the operator that ends it, or to what it redirects; quoted and substituted text is its own.
_SIMPLE = re.compile(
    r"""(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|\$\([^()]*\)|`[^`]*`|(?!\s\d*[<>])[^;&|<>()\n'"`\\])*""", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Order:
    """A test command as it is to be run: for a shell, with variables, and where it will leave results.

    `source` and `test_file` lie in `root`, the folder where the command runs. `own` is one that the command
    may write to and nobody else sees; it need not exist. `results` are paths or patterns, those without a
    root starting from the project's; of one that ends in `.each` the first line is the name of a test and the
    rest a coverage report of what that test reaches by itself.
    """

    command: str
    source: Path
    root: Path
    own: Path
    test_file: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    results: tuple[str, ...] = ()

    @property
    def source_name(self) -> str:
        """The source file as it is named from the root."""
        return self.source.relative_to(self.root).as_posix()

    @property
    def each(self) -> dict[str, str]:
        """What a program that watches single tests is told: the source, their file, where it writes."""
        return {
            "TESTGEN_EACH_OF": str(self.source),
            "TESTGEN_EACH_IN": str(self.test_file),
            "TESTGEN_EACH_TO": str(self.own),
        }

    def with_arguments(self, program: str, *arguments: str) -> Order:
        """The same with further arguments for a program (a pattern), behind `--` where npm stands between.

        It stays as it is where a script of package.json hands arguments to another program than this one.
        """
        for match in _SCRIPT.finditer(self.command):
            script = _script(match, self.root)
            if _ends_with(script, program):
                dashes = match[1] == "npm" and not re.search(
                    r"\s--(\s|$)", _simple(self.command, match.start())
                )
                return self._inserted(match.start(), *(("--",) if dashes else ()), *arguments)
            if _place(script, program) is not None:
                return self
        at = _place(self.command, program)
        return self if at is None else self._inserted(at, *arguments)

    def _inserted(self, at: int, *words: str) -> Order:
        """With words at the end of the command that begins, or is under way, at a place."""
        end = at + len(_simple(self.command, at).rstrip())
        return replace(self, command=" ".join((self.command[:end], *words)) + self.command[end:])


def script_behind(command: str, root: Path) -> str:
    """A command, with those of package.json put in the place of `npm test` and its like."""
    return _SCRIPT.sub(lambda match: _script(match, root) or match[0], command)


def _script(match: re.Match[str], root: Path) -> str:
    name = "test" if match[2] in ("t", "tst") else match[2]
    try:
        return str(json.loads((root / "package.json").read_text("utf-8"))["scripts"][name])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _place(command: str, program: str) -> int | None:
    """Where a program is named in a command."""
    match = re.search(rf"(?<![^\s/;&|(])(?:{program})(?=\s|$)", command)
    return match.start() if match else None


def _ends_with(command: str, program: str) -> bool:
    """Whether a program is called, and nothing behind it."""
    at = _place(command, program)
    return at is not None and not command[at + len(_simple(command, at)) :].strip()


def _simple(command: str, at: int) -> str:
    """The rest of the one command, of several perhaps, in the middle of which a place is."""
    match = _SIMPLE.match(command, at)
    return match[0] if match else ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a run left: its output, and the files with results."""

    output: str
    files: tuple[str, ...] = ()


def seconds(value: object) -> float:
    """A duration that a test may have written itself; 0 for what is none."""
    try:
        found = float(str(value))
    except ValueError:
        return 0.0
    return found if math.isfinite(found) and found >= 0 else 0.0


def is_named(script: str, *words: str) -> bool:
    """Whether words follow one another in a command, as `go test` do."""
    together = r"\s+".join(map(re.escape, words))
    return re.search(rf"(^|[\s/;&|]){together}(\s|$)", script) is not None
