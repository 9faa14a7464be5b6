"""Adding candidates to a test file, by insertions alone: all that was there stays, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.domain import Candidate, Line
from testgen.languages import Merged
from testgen.languages.python.classes import insert_members, new_class
from testgen.languages.python.document import Document, Insertion, Kind, Part
from testgen.languages.python.drafts import statement
from testgen.languages.python.fitting import Fitted, fit
from testgen.languages.python.import_edits import import_edits
from testgen.languages.python.indenting import indent


@dataclass(frozen=True, slots=True)
class _Step:
    """The file with some candidates in it, and their node ids."""

    document: Document
    names: tuple[str, ...] = ()


class FileMerger:
    """One test file, read once, to which candidates are added again and again.

    Raises UsageError, naming the line, when the file cannot be decoded or is not valid Python.
    """

    def __init__(self, old: bytes | None) -> None:
        self._steps: dict[tuple[Candidate, ...], _Step] = {(): _Step(Document.read(old))}

    def merge(self, candidates: Sequence[Candidate]) -> Merged:
        """The file with the candidates, in their order; what all but the last lead to is remembered."""
        last = self._after(tuple(candidates))
        return Merged(last.document.content(), last.names)

    def _after(self, candidates: tuple[Candidate, ...]) -> _Step:
        known = next(n for n in range(len(candidates), -1, -1) if candidates[:n] in self._steps)
        step = self._steps[candidates[:known]]
        for number in range(known, len(candidates)):
            self._steps[candidates[:number]] = step
            step = _add(step, candidates[number])
        return step


def _add(step: _Step, candidate: Candidate) -> _Step:
    fitted = fit(step.document, candidate)
    insertions = () if fitted.is_there else tuple(_insertions(step.document, fitted))
    return _Step(step.document.with_insertions(insertions), (*step.names, fitted.draft.node_id))


def _insertions(document: Document, fitted: Fitted) -> Iterator[Insertion]:
    """Import names and members first: at one place they stand before what belongs to the module."""
    edits = import_edits(document, fitted.imports)
    yield from edits.insertions
    yield from (insert_members(document, addition) for addition in fitted.additions if addition.members)
    parts: dict[Line, list[Part]] = {}
    parts.setdefault(document.top, []).extend(edits.top)
    parts.setdefault(document.before_tests, []).extend(_part(document, text) for text in fitted.support)
    parts.setdefault(document.end, []).extend(_own_place(document, fitted))
    for line, group in parts.items():
        if group:
            yield document.insert(line, group)


def _own_place(document: Document, fitted: Fitted) -> Iterator[Part]:
    """The test at module level, in a class of its own if it is a method; nothing if a class takes it in."""
    draft = fitted.draft
    if not fitted.additions:
        yield _part(
            document, new_class(draft.method) if draft.owner else draft.code
        )


def _part(document: Document, text: str) -> Part:
    return Part(indent(text, "", document.unit), Kind.of(statement(text)))
