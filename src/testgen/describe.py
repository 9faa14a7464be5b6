"""The options in words: help, the table of docs/options.md, and every value with where it came from.

`python -m testgen.describe > docs/options.md` brings the docs up to date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TypeAlias

from testgen.configuration import Resolved
from testgen.options import PREFIX, Option
from testgen.settings import OPTIONS

Plain: TypeAlias = str | int | float | list[str] | None

INTRODUCTION = f"""\
# Options

Every option is a flag (`--max-iterations`), an environment variable (`{PREFIX}MAX_ITERATIONS`)
and a key in the table `[tool.testgen]` of pyproject.toml (`max-iterations`). Flags win over the
environment, that over the file, that over the defaults; `testgen config` shows every value and its origin.

- Relative paths start from the current folder, in pyproject.toml from the folder it stands in.
- The pyproject.toml used is the first one with such a table in the folder of the source file (the current
  folder if none is named) or above, up to the root of the repository.
- What is repeatable is repeated as a flag, separated by commas in a variable, and a list in the file.
- An empty variable counts as not set. A switch is turned off with `--no-`, or with `false`.
- A key is never an option: it comes from `API_KEY` or the provider's own variable, in the environment or in a
  `.env` file, or from the command named with `--api-key-command`.

This page is made from the declarations in `src/testgen/settings.py`; `python -m testgen.describe` prints it.
"""


def plain(value: object) -> Plain:
    """A value as JSON and TOML can hold it."""
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def help_line(option: Option) -> str:
    """What the option does, with its default where that says something."""
    default = _default(option)
    return f"{option.declared.help} [default: {default}]" if default else option.declared.help


def literal(value: object) -> str:
    """A value as it is written in TOML."""
    return json.dumps(plain(value), ensure_ascii=False)


def as_toml(resolved: Resolved) -> str:
    """Every value as a table that pyproject.toml could hold, with its origin as a comment."""
    lines = [_assignment(option, resolved) for option in OPTIONS]
    return "\n".join(["[tool.testgen]", *lines, ""])


def _assignment(option: Option, resolved: Resolved) -> str:
    value, source = getattr(resolved.settings, option.name), resolved.sources[option.name]
    if value is None:
        return f"# {option.key} is not set"
    return f"{f'{option.key} = {literal(value)}':<40} # {source.name}"


def as_json(resolved: Resolved) -> str:
    """Every value and its origin, for programs."""
    described = {
        option.key: {
            "value": plain(getattr(resolved.settings, option.name)),
            "layer": resolved.sources[option.name].layer.value,
            "source": resolved.sources[option.name].name,
        }
        for option in OPTIONS
    }
    return json.dumps({"version": 1, "options": described}, indent=2, ensure_ascii=False) + "\n"


def as_markdown(options: Iterable[Option]) -> str:
    """The page docs/options.md."""
    sections = groupby(options, key=lambda option: option.declared.panel)
    return "\n".join([INTRODUCTION, *(line for panel, group in sections for line in _section(panel, group))])


def _section(panel: str, options: Iterable[Option]) -> Iterator[str]:
    yield f"## {panel}\n"
    yield "| Option | Takes | Default | |"
    yield "|---|---|---|---|"
    yield from map(_row, options)
    yield ""


def _row(option: Option) -> str:
    flags = ", ".join(f"`{flag}`" for flag in option.flags)
    return f"| {flags} | {option.allowed} | {_default(option)} | {option.declared.help} |"


def _default(option: Option) -> str:
    """The default in words; "" where the option is just absent or off."""
    absent = option.default is False or option.default in (None, "", ())
    return "" if absent else literal(option.default).strip('"')


if __name__ == "__main__":
    sys.stdout.write(as_markdown(OPTIONS))
