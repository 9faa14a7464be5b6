from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

from testgen.domain import Result
from testgen.reports import REPORTERS, write
from testgen.settings import REPORT_FORMATS, STDOUT, ReportTarget


def test_the_formats_are_those_that_can_be_asked_for() -> None:
    assert tuple(REPORTERS) == REPORT_FORMATS


def test_every_target_is_written_and_stdout_holds_nothing_else(result: Result, base: Path) -> None:
    stdout = io.StringIO()
    targets = [ReportTarget(name, base / f"out/report.{name}") for name in REPORTERS]
    write(result, [*targets, ReportTarget("json", STDOUT)], stdout, base)
    assert {path.name for path in (base / "out").iterdir()} == {f"report.{name}" for name in REPORTERS}
    assert json.loads(stdout.getvalue())["source"] == "src/shop/cart.py"
    assert (base / "out/report.json").read_text() == stdout.getvalue()


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    heavy = "{'rich', 'jinja2', 'pygments', 'markupsafe'}"
    code = f"import sys, testgen.reports, testgen.reports.terminal; print({heavy} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
