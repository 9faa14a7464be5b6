"""Python test files made smaller: the module is a `Reduction`."""

from testgen.languages.python.folding import families, folded
from testgen.languages.python.removing import codes, separable, without

__all__ = ["codes", "families", "folded", "separable", "without"]
