from datetime import date

from ledger.settings import Settings, load_settings


class TestLoadSettings:
    def test_file_wins_over_defaults(self, settings_file):
        settings = load_settings(settings_file)
        assert settings == Settings("EUR", 100_00, "%d.%m.%Y", ";")

    def test_day_of_the_last_import_is_a_date(self, tmp_path):
        path = tmp_path / "ledger.toml"
        path.write_text("[ledger]\nlast_import = 2026-05-01\n", encoding="utf-8")
        assert load_settings(path).last_import == date(2026, 5, 1)
