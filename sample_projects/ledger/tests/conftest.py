"""What the tests share: a day that never changes, settings from a real file, a book of its own."""

from datetime import datetime

import pytest

from ledger.book import Book
from ledger.settings import load_settings

SETTINGS = """\
# Kept by hand.
[ledger]
overdraft = 10000          # one hundred euros
date_format = "%d.%m.%Y"
delimiter = ";"
"""


@pytest.fixture
def clock():
    return lambda: datetime(2026, 5, 20, 9, 30)


@pytest.fixture
def settings_file(tmp_path):
    path = tmp_path / "ledger.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


@pytest.fixture
def book(tmp_path, settings_file, clock):
    with Book(tmp_path / "ledger.db", load_settings(settings_file), clock) as book:
        book.open_account("giro")
        yield book
