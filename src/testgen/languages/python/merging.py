"""Adding candidates to a test file by insertions: all that was there stays, but a wrapped import line."""

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
    candidates: tuple[Candidate, ...] = ()
    names: tuple[str, ...] = ()


class FileMerger:
    """One test file, read once, to which candidates are added again and again, also from several threads.

    Raises UsageError, naming the line, when the file cannot be decoded or is not valid Python.
    """

    def __init__(self, old: bytes) -> None:
        self._empty = self._latest = _Step(Document.read(old))

    def merge(self, candidates: Sequence[Candidate]) -> Merged:
        """The file with the candidates, in their order; they are what `parse` had no objection to."""
        wanted = tuple(candidates)
        step = next(s for s in (self._latest, self._empty) if s.candidates == wanted[: len(s.candidates)])
        for candidate in wanted[len(step.candidates) :]:
            self._latest = step  # the next call is likely to differ in the last candidate only
            step = _add(step, candidate)
        return Merged(step.document.content(), step.names)


def _add(step: _Step, candidate: Candidate) -> _Step:
    fitted = fit(step.document, candidate)
    insertions = () if fitted.is_there else tuple(insertions_for(step.document, fitted))
    document = step.document.with_insertions(insertions)
    return _Step(document, (*step.candidates, candidate), (*step.names, fitted.draft.node_id))


def insertions_for(document: Document, fitted: Fitted) -> Iterator[Insertion]:
    """In the order in which those at one place follow each other."""
    imports = import_edits(document, fitted.imports)
    parts: dict[Line, list[Part]] = {document.top: list(imports.top)}
    parts.setdefault(document.before_tests, []).extend(_part(document, text) for text in fitted.support)
    parts.setdefault(document.end, []).extend(_own_place(document, fitted))
    insertions = {line: document.insert(line, group) for line, group in parts.items() if group}
    if document.top in insertions:
        yield insertions.pop(document.top)
    yield from imports.insertions
    yield from (insert_members(document, addition) for addition in fitted.additions if addition.members)
    yield from insertions.values()


def _own_place(document: Document, fitted: Fitted) -> Iterator[Part]:
    """The test at module level, in a class of its own if it is a method; nothing if a class takes it in."""
    draft = fitted.draft
    if not fitted.additions:
        yield _part(document, new_class(draft.method) if draft.owner else draft.code)


def _part(document: Document, text: str) -> Part:
    return Part(indent(text, "", document.unit), Kind.of(statement(text)))
