"""Which versions of libraries are installed where a project imports from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path


def installed(names: Collection[str], folders: Sequence[Path]) -> Iterator[str]:
    """`NAME VERSION` of what brings top-level modules of these names, in the order of the names."""
    there = list(distributions(path=[str(folder) for folder in folders])) if names else []
    for name in sorted(names):
        alike = (one for one in there if _plain(one.name) == _plain(name))
        found = next(alike, None) or next((one for one in there if name in _brings(one)), None)
        if found:
            yield f"{found.name} {found.version}"


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def _brings(one: Distribution) -> Collection[str]:
    """The top-level modules of a distribution, as far as it says."""
    said = one.read_text("top_level.txt")
    if said is not None:
        return said.split()
    return {path.parts[0].removesuffix(".py") for path in one.files or ()}
