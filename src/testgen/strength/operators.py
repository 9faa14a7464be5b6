"""The operators by name; the order decides which of two that do the same is the one to be tried."""

from __future__ import annotations

from collections.abc import Mapping

from testgen.strength.edits import Operator
from testgen.strength.expressions import EXPRESSIONS
from testgen.strength.statements import STATEMENTS

OPERATORS: Mapping[str, Operator] = {**EXPRESSIONS, **STATEMENTS}
