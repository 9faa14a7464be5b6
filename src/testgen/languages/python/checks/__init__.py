"""The first gate: may a candidate be run, and is it a test that asserts something of its own?

A table of small rules over the syntax tree. Every rule carries examples of what it refuses and of what it
must let pass; one parametrised test runs them all. In doubt a rule says nothing: it is the sandbox that keeps
a test from doing harm. The rules against harm keep out of the test file what would do it as soon as the
file's owner runs it, without any sandbox.
"""

from __future__ import annotations

from testgen.domain import Candidate
from testgen.languages.python.assertions import subject
from testgen.languages.python.checks import files, hooks, mocks, network, pretending, processes, secrets
from testgen.languages.python.checks.rule import Rule
from testgen.languages.python.names import is_test_function
from testgen.languages.python.reading import NotPythonError

HARM: tuple[Rule, ...] = (*secrets.RULES, *processes.RULES, *files.RULES, *network.RULES, *hooks.RULES)
PRETENDING: tuple[Rule, ...] = (*pretending.RULES, *mocks.RULES)
RULES = (*HARM, *PRETENDING)


def objection(candidate: Candidate) -> str:
    """Why the candidate is no test worth running; "" when nothing speaks against it."""
    try:
        found = subject(candidate)
    except NotPythonError as error:
        return f"does not compile: {error.problem} (line {error.line})"
    if found is None or not is_test_function(found.test):
        return "is not a test that pytest collects"
    return next((rule.objection for rule in RULES if rule.applies(found)), "")
