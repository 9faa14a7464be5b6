"""From the blocks of a reply to candidates: every test with what it needs to stand alone, and no more.

The blocks of a reply are one module. A name means what it is bound to in its own block, else in the nearest
block before it, else in the first one after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from testgen.domain import Candidate
from testgen.languages.marks import taken
from testgen.languages.trees.document import Document
from testgen.languages.trees.pieces import SEPARATOR, Dialect, Kind, Piece, comments_in

_NEEDED = (Kind.IMPORT, Kind.HELPER, Kind.SETUP)


@dataclass(frozen=True)
class _Block:
    number: int
    document: Document
    pieces: tuple[Piece, ...]

    def text(self, piece: Piece) -> str:
        return self.document.part(piece.start, piece.end)


def split(dialect: Dialect, texts: Sequence[str]) -> tuple[Candidate, ...]:
    """Every test of the blocks, in their order; of equal tests the last one's needs count."""
    documents = [dialect.document(text.encode()) for text in texts]
    module = _Module(dialect, tuple(_Block(n, one, dialect.pieces(one)) for n, one in enumerate(documents)))
    found: dict[tuple[str, str], Candidate] = {}
    for block in module.blocks:
        for piece in block.pieces:
            for groups, test in piece.tests():
                candidate = module.candidate(block, groups, test)
                found[candidate.owner, candidate.code] = candidate
    return tuple(found.values())


@dataclass(frozen=True)
class _Module:
    """All blocks of a reply."""

    dialect: Dialect
    blocks: tuple[_Block, ...]

    def candidate(self, block: _Block, groups: Sequence[Piece], test: Piece) -> Candidate:
        inside, needs = _inside(groups, test)
        chosen = sorted(self._closure(block, needs), key=lambda key: (key[0], key[1].start))
        names = needs.union(*(piece.uses for _, piece in chosen))
        imports = (
            text for _, one in chosen if one.kind is Kind.IMPORT for text in self.dialect.imports(one, names)
        )
        support = (self.blocks[n].text(one) for n, one in chosen if one.kind is not Kind.IMPORT)
        code = block.text(test)
        unmarked, suspects = taken(code, tuple(comments_in(self.dialect.document(code.encode()))))
        return Candidate(
            name=test.name,
            code=unmarked,
            imports=tuple(dict.fromkeys(imports)),
            support=tuple(dict.fromkeys(support)),
            owner=SEPARATOR.join(group.name.replace(SEPARATOR, " ") for group in groups),
            owner_header=_header(block, groups, inside),
            suspects=suspects,
        )

    def _closure(self, block: _Block, needs: Iterable[str]) -> set[tuple[int, Piece]]:
        """The pieces of all blocks that the needs lead to, each with the number of its block."""
        chosen = {(block.number, piece) for piece in block.pieces if _unasked(piece)}
        pending = [(name, block.number) for name in needs]
        pending += [(name, number) for number, piece in chosen for name in piece.uses]
        seen: set[tuple[str, int]] = set()
        while pending:
            need = pending.pop()
            if need not in seen:
                seen.add(need)
                for number, piece in self._bound_by(*need):
                    chosen.add((number, piece))
                    pending.extend((name, number) for name in piece.uses)
        return chosen

    def _bound_by(self, name: str, block: int) -> Sequence[tuple[int, Piece]]:
        for number in (*range(block, -1, -1), *range(block + 1, len(self.blocks))):
            if pieces := self._bindings[number].get(name):
                return [(number, piece) for piece in pieces]
        return ()

    @cached_property
    def _bindings(self) -> tuple[dict[str, list[Piece]], ...]:
        return tuple(bindings(block.pieces) for block in self.blocks)


def bindings(pieces: Iterable[Piece]) -> dict[str, list[Piece]]:
    """For each name the pieces that bind it and may be taken along."""
    found: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.kind in _NEEDED:
            for name in piece.binds:
                found.setdefault(name, []).append(piece)
    return found


def _unasked(piece: Piece) -> bool:
    return piece.kind is Kind.SETUP or (piece.kind is Kind.IMPORT and not piece.binds)


def _inside(groups: Sequence[Piece], test: Piece) -> tuple[dict[Piece, list[Piece]], frozenset[str]]:
    """For each group what of it the test needs, and the names that are to be looked for outside."""
    chosen: dict[Piece, list[Piece]] = {}
    needs = test.uses
    for group in reversed(groups):
        bound, taken = bindings(group.inner), {piece for piece in group.inner if _unasked(piece)}
        pending = [*needs, *(name for piece in taken for name in piece.uses)]
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in seen:
                seen.add(name)
                for piece in bound.get(name, ()):
                    taken.add(piece)
                    pending.extend(piece.uses)
        chosen[group] = sorted(taken, key=lambda piece: piece.start)
        needs = frozenset(seen) | group.uses
    return chosen, needs


def _header(block: _Block, groups: Sequence[Piece], inside: dict[Piece, list[Piece]]) -> str:
    """The groups without their tests; the last lines, one for each, close them."""
    return "\n".join([*_opened(block, groups, inside), *(_closing(block, one) for one in reversed(groups))])


def _opened(block: _Block, groups: Sequence[Piece], inside: dict[Piece, list[Piece]]) -> Iterator[str]:
    document = block.document
    for depth, group in enumerate(groups):
        margin = document.unit * depth
        yield document.fitting(document.part(group.start, group.body[0]), margin)
        for piece in inside[group]:
            yield document.fitting(block.text(piece), margin + document.unit)


def _closing(block: _Block, group: Piece) -> str:
    text = block.document.text[group.body[1] : group.end].decode()
    return " ".join(text.split())


def assembled(dialect: Dialect, candidate: Candidate) -> Document:
    """A candidate as a file of its own."""
    code = candidate.code
    if candidate.owner:
        depth = candidate.owner.count(SEPARATOR) + 1
        lines = candidate.owner_header.split("\n")
        document = dialect.document(candidate.owner_header.encode())
        inside = document.fitting(code, document.unit * depth)
        room = [] if lines[-depth - 1].endswith("{") else [""]
        code = "\n".join([*lines[:-depth], *room, inside, *lines[-depth:]])
    parts = ["\n".join(candidate.imports), *candidate.support, code]
    return dialect.document("\n\n".join(filter(None, parts)).encode() + b"\n")
