"""Go's cover profiles: blocks of statements, from place to place, and how often each was run.

A file is named by the import path of its package, so go.mod says where it is. Lines are those of a block that
hold code; a block without a line of its own, as `if free { total-- }` on one line, counts as a branch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testgen.coverage.report import MalformedError, Report, Wanted, number
from testgen.coverage.tally import Tally
from testgen.domain import Line, way

_BLOCK = re.compile(r"(?P<name>.+):(\d+)\.(\d+),(\d+)\.(\d+) (\d+) (\d+)")
_MODULE = re.compile(r"""^module\s+["`]?([^\s"`]+)""", re.MULTILINE)
_CODE = re.compile(r"\s*(?!//)[^\s{}()\[\],;]")  # more than what closes something, and no comment


@dataclass(frozen=True, slots=True)
class Block:
    """From where to where, and whether it was run."""

    first: tuple[int, int]
    last: tuple[int, int]
    reached: bool


def recognises(report: Report) -> bool:
    """Whether it begins as every profile does."""
    return report.head.startswith(b"mode: ")


def read(report: Report, wanted: Wanted, tally: Tally) -> None:
    """Add up the blocks of the wanted file."""
    blocks: dict[tuple[tuple[int, int], tuple[int, int]], Block] = {}
    for name, block in _blocks(report):
        if _means(wanted, name):
            place = (block.first, block.last)
            before = blocks.get(place)
            blocks[place] = Block(*place, block.reached or bool(before and before.reached))
    if blocks:
        _count(sorted(blocks.values(), key=lambda one: (one.first, one.last)), wanted.source, tally)


def names(report: Report) -> Iterator[str]:
    """The files that have blocks."""
    yield from dict.fromkeys(name for name, _ in _blocks(report))


def _blocks(report: Report) -> Iterator[tuple[str, Block]]:
    for line in report.text.splitlines():
        if not line.strip() or line.startswith("mode: "):
            continue
        match = _BLOCK.fullmatch(line.strip())
        if match is None:
            raise MalformedError(f"{line[:80]!r} is not a block")
        row, column, last_row, last_column, _, hits = map(number, match.groups()[1:])
        yield match["name"], Block((row, column), (last_row, last_column), hits > 0)


def _means(wanted: Wanted, name: str) -> bool:
    if Path(name).name != wanted.source.name:
        return False
    if wanted.is_at(name, (wanted.root,)):
        return True
    return name == _import_path(wanted.source)


def _import_path(source: Path) -> str:
    """How a profile names a file: the module's path and the way from its folder; "" outside a module."""
    for folder in source.parents:
        declared = folder / "go.mod"
        if declared.is_file() and (module := _MODULE.search(declared.read_text("utf-8", "replace"))):
            return f"{module[1]}/{source.relative_to(folder).as_posix()}"
    return ""


def _count(blocks: list[Block], source: Path, tally: Tally) -> None:
    text = source.read_text("utf-8", "replace").split("\n")
    lines = [_lines_of(block, text) for block in blocks]
    sharing = Counter(line for some in lines for line in some)
    seen = Counter[Line]()
    for block, some in zip(blocks, lines, strict=True):
        for line in some:
            tally.line(line, reached=block.reached)
        if all(sharing[line] > 1 for line in some):
            line = block.first[0]
            tally.branch((line, way(seen[line])), reached=block.reached)
            seen[line] += 1


def _lines_of(block: Block, text: list[str]) -> list[Line]:
    """The lines on which a block holds code."""
    (row, column), (last_row, last_column) = block.first, block.last
    found = []
    for line in range(row, min(last_row, len(text)) + 1):
        begin = column - 1 if line == row else 0
        end = last_column - 1 if line == last_row else None
        if _CODE.match(text[line - 1].encode()[begin:end].decode("utf-8", "replace").lstrip("{} \t:")):
            found.append(line)
    return found
