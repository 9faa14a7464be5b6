"""Mutants that compile to the same as the original, or as another mutant: no test could tell them apart."""

from __future__ import annotations

import ast
import dis
import hashlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import CodeType
from typing import TypeAlias

from testgen.strength.findings import Mutant
from testgen.strength.mutants import Change

Digest: TypeAlias = bytes

SAME = "compiled to the same as the original"
AGAIN = "compiled to the same as another mutant"
INVALID = "no valid Python"


def told_apart(found: Iterable[Change]) -> Iterator[Mutant]:
    """The mutants in their order; those that nothing could tell apart are to be ignored."""
    seen: dict[int, list[Digest]] = {}
    for change in found:
        mutant = change.mutant
        yield replace(mutant, ignored=mutant.ignored or _equivalent(change, seen))


def _equivalent(change: Change, seen: dict[int, list[Digest]]) -> str:
    if (home := id(change.home)) not in seen:
        seen[home] = [digest_of(change.home)]
    known = seen[home]
    try:
        digest = digest_of(change.changed())
    except (SyntaxError, ValueError, TypeError):
        return INVALID
    if digest in known:
        return AGAIN if known.index(digest) else SAME
    known.append(digest)
    return ""


def digest_of(statement: ast.stmt) -> Digest:
    """What a statement of a module compiles to, whatever lines it stands on; raises SyntaxError."""
    with warnings.catch_warnings(action="ignore"):
        code = compile(ast.Module([statement], []), "<mutant>", "exec", dont_inherit=True)
    return hashlib.sha256(repr(_essence(code)).encode("utf-8", "backslashreplace")).digest()


def _essence(code: CodeType) -> tuple[object, ...]:
    """The code without its lines, and without the constants that no instruction loads."""
    used = [code.co_consts[index] for index in _loaded(code.co_code)]
    constants = [_essence(item) if isinstance(item, CodeType) else (type(item), item) for item in used]
    names = (code.co_names, code.co_varnames, code.co_freevars)
    return code.co_code, code.co_exceptiontable, names, code.co_flags, constants


def _loaded(code: bytes) -> Iterator[int]:
    """The places of the constants that are loaded; an argument above 255 comes in two instructions."""
    extended = 0
    for operation, argument in zip(code[::2], code[1::2], strict=True):
        if operation in dis.hasconst:
            yield extended | argument
        extended = (extended | argument) << 8 if operation == dis.EXTENDED_ARG else 0
