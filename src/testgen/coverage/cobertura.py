"""Cobertura XML, as coverage.py, Istanbul, gocover-cobertura, coverlet and many others write it.

One file can have several classes, whose names start from any of the `<source>` folders. Of branches there is
only how many of a line's were taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from testgen.coverage.report import MalformedError, Report, Wanted, number
from testgen.coverage.tally import Tally

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONDITIONS = re.compile(r"\((\d+)/(\d+)\)")


def recognises(report: Report) -> bool:
    """Whether its outermost element is Cobertura's."""
    return re.search(rb"<coverage[\s>]", report.head) is not None


def read(report: Report, wanted: Wanted, tally: Tally) -> None:
    """Add up all classes of the wanted file."""
    folders = [Path(wanted.root, text) for text in _sources(_root(report))]
    for each in _root(report).iter("class"):
        if wanted.is_at(each.get("filename", ""), (*folders, wanted.root)):
            for line in each.iterfind("./lines/line"):
                _count(line, tally)


def names(report: Report) -> Iterator[str]:
    """The files of its classes."""
    for each in _root(report).iter("class"):
        yield each.get("filename", "")


def _root(report: Report) -> Element:
    root = report.tree
    if root.tag != "coverage":
        raise MalformedError(f"its outermost element is {root.tag}, not coverage")
    return root


def _sources(root: Element) -> Iterator[str]:
    for source in root.iterfind("./sources/source"):
        yield (source.text or "").strip().removeprefix("file://")


def _count(line: Element, tally: Tally) -> None:
    place = number(line.get("number"))
    tally.line(place, reached=number(line.get("hits")) > 0)
    if conditions := _CONDITIONS.search(line.get("condition-coverage", "")):
        tally.ways(place, int(conditions[1]), int(conditions[2]))
