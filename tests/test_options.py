from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from testgen.options import Option, option, options_of

BASE = Path("/project")


@dataclass(frozen=True)
class Sample:
    name: str = option("", "A name.", "One", choices=("", "red", "green"))
    count: int = option(1, "A count.", "One", least=1)
    ratio: float | None = option(None, "A ratio.", "One", least=0, most=2)
    switch: bool = option(False, "A switch.", "Two", short="-s")
    folder: Path | None = option(None, "A folder.", "Two", aliases=("test_dir",))
    words: tuple[str, ...] = option((), "Words.", "Two")


OPTIONS = {item.name: item for item in options_of(Sample)}


def test_every_spelling_comes_from_the_field() -> None:
    folder = OPTIONS["folder"]
    assert folder.flags == ("--folder", "--test-dir")
    assert folder.variables == ("TESTGEN_FOLDER", "TESTGEN_TEST_DIR")
    assert folder.keys == ("folder", "test-dir")
    assert OPTIONS["switch"].flags == ("--switch", "-s")


@pytest.mark.parametrize(
    ("name", "texts", "value"),
    [
        ("name", ["red"], "red"),
        ("count", ["7"], 7),
        ("ratio", ["2"], 2.0),
        ("ratio", [""], None),
        ("switch", ["true"], True),
        ("switch", ["OFF"], False),
        ("folder", ["a/../b"], Path("/project/b")),
        ("folder", ["/else/where"], Path("/else/where")),
        ("words", ["one", "two"], ("one", "two")),
        ("words", [], ()),
    ],
)
def test_allowed_texts_are_read(name: str, texts: list[str], value: object) -> None:
    assert OPTIONS[name].read(texts, BASE) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("name", "blue"),
        ("count", "0"),
        ("count", "1.5"),
        ("count", ""),
        ("ratio", "2.1"),
        ("ratio", "-0.1"),
        ("ratio", "nan"),
        ("ratio", "warm"),
        ("switch", "perhaps"),
    ],
)
def test_other_texts_are_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError):
        OPTIONS[name].read([text], BASE)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("count", "a whole number of at least 1"),
        ("ratio", "a number from 0 to 2"),
        ("name", "one of , red, green"),
        ("switch", "true or false"),
        ("words", "a text"),
    ],
)
def test_what_is_allowed_is_said_in_words(name: str, allowed: str) -> None:
    assert OPTIONS[name].allowed == allowed


def test_a_default_is_what_its_own_option_allows() -> None:
    def reads_back(item: Option) -> bool:
        return item.read([str(item.default)], BASE) == item.default

    assert all(reads_back(OPTIONS[name]) for name in ("name", "count", "switch"))
