"""Tests in a JSON or YAML list, as other generators ask models for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from testgen.languages.lines import flush_left

_OBJECTS_TRIED = 1_000
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_KEY = re.compile(r"([ \t]*(?:-[ \t]+)?)[\"']?([A-Za-z_]\w*)[\"']?[ \t]*:(?:[ \t]+(.*))?")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a list's entry and its text."""

    key: str
    text: str

    @property
    def holds_imports(self) -> bool:
        """Whether the text is import statements (`new_imports_code`)."""
        return "import" in self.key.lower()

    def holds_test(self, test: re.Pattern[str]) -> bool:
        """Whether the text is a test (`test_code`), not the name of one (`existing_test_signature`)."""
        return "signature" not in self.key.lower() and bool(test.search(self.text))


def listed(text: str, test: re.Pattern[str]) -> tuple[str, ...]:
    """One module's text for each entry with a test in it; empty when the text is no such list.

    `test` is found in whatever holds a test.
    """
    fields = tuple(_json_fields(text)) or tuple(_yaml_fields(text))
    entries = (_module(entry, test) for entry in _entries(fields))
    return tuple(module for module in entries if module)


def _entries(fields: Iterable[Field]) -> Iterator[Sequence[Field]]:
    """A new entry begins where a key comes again."""
    entry: list[Field] = []
    for field in fields:
        if any(field.key == earlier.key for earlier in entry):
            yield entry
            entry = []
        entry.append(field)
    yield entry


def _module(entry: Sequence[Field], test: re.Pattern[str]) -> str:
    tests = [field.text for field in entry if field.holds_test(test)]
    imports = [field.text for field in entry if field.holds_imports and not field.holds_test(test)]
    return "\n\n".join(flush_left(_FENCE.sub("", part)) for part in [*imports, *tests]) if tests else ""


def _json_fields(text: str) -> Iterator[Field]:
    for value in _json_values(text):
        yield from _strings("", value)


def _json_values(text: str) -> Iterator[object]:
    """Every complete object or list, also from text that was cut in the middle of one."""
    decoder = json.JSONDecoder(strict=False)
    end = 0
    for opening in islice(re.finditer(r"[\[{]", text), _OBJECTS_TRIED):
        if opening.start() >= end:
            try:
                value, end = decoder.raw_decode(text, opening.start())
            except (ValueError, RecursionError):
                continue
            yield value


def _strings(key: str, value: object) -> Iterator[Field]:
    if isinstance(value, str):
        yield Field(key, value)
    elif isinstance(value, list) and "import" in key.lower():
        yield Field(key, "\n".join(line for line in value if isinstance(line, str)))
    elif isinstance(value, list):
        for item in value:
            yield from _strings(key, item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _strings(name, item)


def _yaml_fields(text: str) -> Iterator[Field]:
    """Keys with a literal block or a plain value; nothing more of YAML is needed."""
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        key = _KEY.fullmatch(lines[index].rstrip())
        index += 1
        if key and _BLOCK.fullmatch(key[3] or "|"):
            end = _block_end(lines, index, len(key[1]))
            yield Field(key[2], flush_left("\n".join(lines[index:end])))
            index = end
        elif key:
            yield Field(key[2], key[3].strip("\"'"))


def _block_end(lines: Sequence[str], start: int, column: int) -> int:
    """The first line after a block: one that is not indented deeper than its key."""
    for index in range(start, len(lines)):
        line = lines[index]
        if line.strip() and len(line) - len(line.lstrip()) <= column:
            return index
    return len(lines)
