"""Fitting a candidate into a file: what is there already is used, what clashes gets another name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count

from testgen.domain import Candidate
from testgen.languages.python.classes import Addition, additions, class_at
from testgen.languages.python.document import Document
from testgen.languages.python.drafts import Draft, draft_of, statement
from testgen.languages.python.imports import Import, imports_in
from testgen.languages.python.names import Function, bound, dotted, is_fixture, last_name, parameters


@dataclass(frozen=True, slots=True)
class Fitted:
    """A draft whose names are free in the file, and what of it the file lacks.

    `additions` put the test into classes of the file, innermost first; empty where it needs its own place.
    `is_there` says that the very same test stands in the file.
    """

    draft: Draft
    imports: tuple[Import, ...]
    support: tuple[str, ...]
    additions: tuple[Addition, ...]
    is_there: bool


def fit(document: Document, candidate: Candidate) -> Fitted:
    """Settle the names: first those of imports and helpers, then the class's, then the test's own."""
    draft = _with_free_helpers(document, _adopted(document, draft_of(candidate)))
    draft = _with_free_owner(document, draft)
    draft = _with_free_name(document, draft)
    return Fitted(
        draft,
        tuple(one for one in draft.imports if not _is_imported(document, one)),
        tuple(text for text in draft.support if not _is_present(document, statement(text))),
        _additions(document, draft) or (),
        any(_is_same(there, draft.test) for there in _namesakes(document, draft)),
    )


def _adopted(document: Document, draft: Draft) -> Draft:
    """A method that came without its class belongs to the last class of the file."""
    if draft.owner or "self" not in parameters(draft.test) or not document.test_classes:
        return draft
    owner = document.test_classes[-1].name
    return draft.in_class(owner, f"class {owner}:\n    pass")


def _with_free_helpers(document: Document, draft: Draft) -> Draft:
    settled: set[str] = set()
    while clash := next(
        (n for n in draft.provided if n not in settled and not _is_free(document, draft, n)), ""
    ):
        settled.add(clash)
        others = ((new, draft.renamed(clash, new)) for new in _numbered(clash))
        draft = next(other for new, other in others if _is_free(document, other, new))
    return draft


def _with_free_owner(document: Document, draft: Draft) -> Draft:
    if not draft.owner:
        return draft
    root, _, rest = draft.owner.partition(".")
    others = (draft.renamed(root, new).in_class(f"{new}.{rest}".rstrip(".")) for new in _numbered(root))
    return next(other for other in chain([draft], others) if _has_home(document, other))


def _with_free_name(document: Document, draft: Draft) -> Draft:
    others = (draft.renamed(draft.name, new).called(new) for new in _numbered(draft.name))
    return next(
        other
        for other in chain([draft], others)
        if all(_is_same(there, other.test) for there in _namesakes(document, other))
    )


def _is_free(document: Document, draft: Draft, name: str) -> bool:
    """Whether what the draft binds to a name may be bound to it in the file."""
    if any(one.binds == name and _clashes(document, one) for one in draft.imports):
        return False
    helpers = [node for node in map(statement, draft.support) if name in bound(node)]
    if name not in document.bindings:
        return not (name in document.requested and any(is_fixture(node) for node in helpers))
    return all(_is_present(document, node) for node in helpers)


def _clashes(document: Document, one: Import) -> bool:
    bound_otherwise = one.binds in document.bindings and not _is_imported(document, one)
    return bound_otherwise and not (one.is_dotted or one.name == "*" or one.module == "__future__")


def _is_imported(document: Document, one: Import) -> bool:
    return any(
        there.binds == one.binds
        and there.origin == one.origin
        and (there.module == one.module or not one.is_dotted)
        for there in document.imports
    )


def _is_present(document: Document, node: ast.stmt) -> bool:
    """Whether the file has a helper already: the same code, or the same things imported in another way."""
    names = bound(node)
    if not names:
        return any(_is_same(there, node) for there in document.tree.body)
    return all(
        any(
            _is_same(there, node) or _origins(there, name) & _origins(node, name)
            for there in document.bindings.get(name, ())
        )
        for name in names
    )


def _origins(node: ast.stmt, name: str) -> frozenset[str]:
    return frozenset(one.origin for one in imports_in(node) if one.binds == name)


def _is_same(one: ast.stmt, other: ast.stmt) -> bool:
    return type(one) is type(other) and ast.dump(one) == ast.dump(other)


def _has_home(document: Document, draft: Draft) -> bool:
    """Whether the draft's class is new to the file, or one there takes the test in."""
    return draft.owner.partition(".")[0] not in document.bindings or _additions(document, draft) is not None


def _additions(document: Document, draft: Draft) -> tuple[Addition, ...] | None:
    if not draft.owner:
        return None
    host, guest = class_at(document, draft.owner), class_at(Document(draft.header), draft.owner)
    if host and guest and _is_unittest(host) and not guest.bases and _needs_pytest(draft.test):
        return None
    return additions(document, draft.method)


def _is_unittest(node: ast.ClassDef) -> bool:
    return any(last_name(base).endswith("TestCase") for base in node.bases)


def _needs_pytest(test: Function) -> bool:
    """Whether a method takes what unittest does not give: fixtures or parameters."""
    patches = sum("patch" in dotted(decorator) for decorator in test.decorator_list)
    return len(parameters(test) - {"self", "cls"}) > patches


def _namesakes(document: Document, draft: Draft) -> tuple[ast.stmt, ...]:
    """The statements of the file that have the test's name where the test would stand."""
    if not draft.owner:
        return document.bindings.get(draft.name, ())
    host = class_at(document, draft.owner)
    return tuple(node for node in (host.body if host else ()) if draft.name in bound(node))


def _numbered(name: str) -> Iterator[str]:
    """Other names in the same style: `test_x_2`, `TestCart2`."""
    separator = "" if name[:1].isupper() and not name.isupper() and "_" not in name else "_"
    return (f"{name}{separator}{number}" for number in count(2))
