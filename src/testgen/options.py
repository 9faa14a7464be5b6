"""Options declared once: how a field of a dataclass becomes a flag, a variable, a key and a line of help."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

PREFIX = "TESTGEN_"
_ON = ("true", "1", "yes", "on")
_OFF = ("false", "0", "no", "off")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is read from text.

    `parse` gets the text and the folder that relative paths start from, and raises ValueError on a text that
    is not allowed; `allowed` completes the sentence "expected ...".
    """

    parse: Callable[[str, Path], object]
    allowed: str
    metavar: str


def _switch(text: str, _base: Path) -> bool:
    word = text.lower()
    if word not in (*_ON, *_OFF):
        raise ValueError(text)
    return word in _ON


def _number(text: str, _base: Path) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def path_from(text: str, base: Path) -> Path:
    """The absolute path of a text, without `..`; raises ValueError on an empty one."""
    if not text:
        raise ValueError("an empty path")
    return Path(os.path.normpath(base / text))


KINDS: Mapping[object, Kind] = {
    bool: Kind(_switch, "true or false", ""),
    int: Kind(lambda text, _base: int(text), "a whole number", "N"),
    float: Kind(_number, "a number", "NUMBER"),
    str: Kind(lambda text, _base: text, "a text", "TEXT"),
    Path: Kind(path_from, "a path", "PATH"),
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said about an option beside its name, type and default; see `option`."""

    help: str
    panel: str
    metavar: str
    aliases: tuple[str, ...]
    short: str
    choices: tuple[str, ...]
    least: float
    most: float
    kind: Kind | None


def option(  # noqa: PLR0913 (a declaration lists what there is to say)
    default: T,
    help: str,  # noqa: A002
    panel: str,
    *,
    metavar: str = "",
    aliases: tuple[str, ...] = (),
    short: str = "",
    choices: tuple[str, ...] = (),
    least: float = -math.inf,
    most: float = math.inf,
    kind: Kind | None = None,
) -> T:
    """Declare a dataclass field as an option.

    `panel` is its section in the help; `aliases` are further names, spelled like a field; `short` is a flag
    of one letter; `least` and `most` bound a number, both included; `kind` says how to read a type that is
    not in `KINDS`.
    """
    declaration = Declaration(help, panel, metavar, aliases, short, choices, least, most, kind)
    return field(default=default, metadata={"option": declaration})


@dataclass(frozen=True, slots=True)
class Option:
    """One option as every way to give it sees it.

    `many` options take any number of values and are a tuple; `optional` ones are None on an empty text.
    """

    name: str
    default: object
    kind: Kind
    many: bool
    optional: bool
    declared: Declaration

    @property
    def names(self) -> tuple[str, ...]:
        """Its own name and the aliases, spelled like a field."""
        return (self.name, *self.declared.aliases)

    @property
    def keys(self) -> tuple[str, ...]:
        """Its spellings in the configuration file, the main one first."""
        return tuple(name.replace("_", "-") for name in self.names)

    @property
    def flags(self) -> tuple[str, ...]:
        """Its spellings on the command line, the main one first."""
        long = tuple("--" + key for key in self.keys)
        return (*long, self.declared.short) if self.declared.short else long

    @property
    def variables(self) -> tuple[str, ...]:
        """Its environment variables, the main one first."""
        return tuple(PREFIX + name.upper() for name in self.names)

    @property
    def key(self) -> str:
        """Its main spelling in the configuration file."""
        return self.keys[0]

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off, so that the flag takes no value."""
        return self.kind is KINDS[bool]

    @property
    def metavar(self) -> str:
        """What stands for its value in the help."""
        return "|".join(self.declared.choices) or self.declared.metavar or self.kind.metavar

    @property
    def allowed(self) -> str:
        """The values it takes, in words."""
        if self.declared.choices:
            return "one of " + ", ".join(self.declared.choices)
        return self.kind.allowed + _bounds(self.declared.least, self.declared.most)

    def read(self, texts: Sequence[str], base: Path) -> object:
        """The value of the texts given (several only for `many`); raises ValueError if it is not allowed."""
        if self.many:
            return tuple(self._read_one(text, base) for text in texts)
        [text] = texts
        return None if self.optional and not text else self._read_one(text, base)

    def _read_one(self, text: str, base: Path) -> object:
        if self.declared.choices and text not in self.declared.choices:
            raise ValueError(text)
        value = self.kind.parse(text, base)
        if isinstance(value, int | float) and not self.declared.least <= value <= self.declared.most:
            raise ValueError(text)
        return value


def _bounds(least: float, most: float) -> str:
    if least > -math.inf and most < math.inf:
        return f" from {least:g} to {most:g}"
    if least > -math.inf:
        return f" of at least {least:g}"
    return f" of at most {most:g}" if most < math.inf else ""


def options_of(declaring: type[Any]) -> tuple[Option, ...]:
    """Every field of a dataclass that is declared with `option`, in their order."""
    hints = get_type_hints(declaring)
    return tuple(
        _option(item.name, item.default, hints[item.name], item.metadata["option"])
        for item in fields(declaring)
        if "option" in item.metadata
    )


def _option(name: str, default: object, hint: object, declared: Declaration) -> Option:
    arguments = get_args(hint)
    kind = declared.kind or KINDS[arguments[0] if arguments else hint]
    return Option(name, default, kind, get_origin(hint) is tuple, NoneType in arguments, declared)
