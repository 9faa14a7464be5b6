"""testgen writes unit tests with a language model and keeps only those that prove their worth."""

__version__ = "0.1.0"
