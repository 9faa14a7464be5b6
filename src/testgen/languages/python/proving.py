"""Python tests as evidence of bugs: the module is a `Proof`."""

from testgen.languages.python.claims import claims, examples
from testgen.languages.python.expecting import expected_to_fail
from testgen.languages.python.shrinking import one_case, smaller

__all__ = ["claims", "examples", "expected_to_fail", "one_case", "smaller"]
