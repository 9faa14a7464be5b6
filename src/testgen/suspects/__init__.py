"""Suspected bugs: tests that fail because the code contradicts what the project says of it."""
