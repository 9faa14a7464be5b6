"""JaCoCo XML: packages, alone or in groups (one for each module), with counters for every line.

A file is named by its package and its own name, and stands in some source folder that is not said. Where
several modules have one of that name, the group's name tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from testgen.coverage.report import MalformedError, Report, Wanted, number
from testgen.coverage.tally import Tally

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def recognises(report: Report) -> bool:
    """Whether it says so, or its outermost element is JaCoCo's."""
    return b"JACOCO" in report.head or re.search(rb"<report[\s>]", report.head) is not None


def read(report: Report, wanted: Wanted, tally: Tally) -> None:
    """Take the one file of the wanted package and name; of several that of the module around the source."""
    found = [(groups, each) for groups, name, each in _files(report) if _ends_with(wanted, name)]
    if len(found) > 1:
        folders = wanted.source.relative_to(wanted.root).parts
        found = [(groups, each) for groups, each in found if set(groups) & set(folders)]
    if len(found) > 1:
        raise MalformedError(
            f"several modules have this file: {', '.join('/'.join(groups) for groups, _ in found)}"
        )
    if found and _is_of_this_module(report, wanted):
        for line in found[0][1].iterfind("line"):
            _count(line, tally)


def names(report: Report) -> Iterator[str]:
    """Packages and files, with their groups in front."""
    for groups, name, _ in _files(report):
        yield "/".join((*groups, name))


def _ends_with(wanted: Wanted, name: str) -> bool:
    parts = PurePosixPath(name).parts
    return wanted.source.parts[-len(parts) :] == parts


def _is_of_this_module(report: Report, wanted: Wanted) -> bool:
    """A report without groups that stands in a module is about that module, not about one beside it."""
    if report.tree.find("group") is not None or not report.path.is_relative_to(wanted.root):
        return True
    below = report.path.relative_to(wanted.root).parts
    module = next((below[:place] for place, part in enumerate(below) if part in ("target", "build")), ())
    return wanted.source.relative_to(wanted.root).parts[: len(module)] == module


def _files(report: Report) -> Iterator[tuple[tuple[str, ...], str, Element]]:
    root = report.tree
    if root.tag != "report":
        raise MalformedError(f"its outermost element is {root.tag}, not report")
    yield from _below(root, ())


def _below(parent: Element, groups: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, Element]]:
    for group in parent.iterfind("group"):
        yield from _below(group, (*groups, group.get("name", "")))
    for package in parent.iterfind("package"):
        for each in package.iterfind("sourcefile"):
            yield groups, f"{package.get('name', '')}/{each.get('name', '')}".lstrip("/"), each


def _count(line: Element, tally: Tally) -> None:
    place = number(line.get("nr"))
    tally.line(place, reached=number(line.get("ci")) > 0)
    taken = number(line.get("cb"))
    tally.ways(place, taken, taken + number(line.get("mb")))
