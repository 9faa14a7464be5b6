"""Python test files made smaller: the module is a `Reduction`.

removing.py   tests go, with what only they used
folding.py    near-duplicates become one parametrised test, proven on the syntax tree
tables.py     what that one's table looks like
literals.py   the literals of a test, and others in their place
"""

from testgen.languages.python.folding import families, folded
from testgen.languages.python.removing import codes, separable, without

__all__ = ["codes", "families", "folded", "separable", "without"]
