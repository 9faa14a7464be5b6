from datetime import date

import pytest

from ledger.book import Entry, LedgerError, parse_amount


class TestParseAmount:
    @pytest.mark.parametrize(("text", "cents"), [("12", 12_00), ("+0,05", 5), ("1.234,5", 1234_50)])
    def test_reads_what_the_bank_writes(self, text, cents):
        assert parse_amount(text) == cents


class TestAccounts:
    def test_are_listed_by_name(self, book):
        book.open_account("cash")
        assert book.accounts() == ["cash", "giro"]

    def test_cannot_be_opened_twice(self, book):
        with pytest.raises(LedgerError, match="already open"):
            book.open_account("giro")


class TestMoney:
    def test_deposit_raises_the_balance(self, book):
        entry = book.deposit("giro", 25_00, "birthday")
        assert entry == Entry("giro", date(2026, 5, 20), 25_00, "birthday")
        assert book.balance("giro") == 25_00
