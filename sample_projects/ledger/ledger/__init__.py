"""A household ledger: accounts, entries and transfers in one SQLite file."""
