"""Many files as one JSON document; `schema.json` beside this file says what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

from testgen import __version__
from testgen.domain import CoverageMap
from testgen.reports import json_report
from testgen.reports.figures import cost_per, measures, refusals
from testgen.reports.phrases import shown
from testgen.reports.text import plain
from testgen.results import Failed, Results

SCHEMA_VERSION = 1

Json: TypeAlias = dict[str, Any]


def render(results: Results, base: Path) -> str:
    """The document as ASCII text, two blanks to a level."""
    return json.dumps(document(results, base), indent=2, allow_nan=False) + "\n"


def document(results: Results, base: Path) -> Json:
    """The document as values. Under one schema version keys may be added, never changed or removed."""
    return {
        "schema_version": SCHEMA_VERSION,
        "testgen": __version__,
        "model": plain(results.model),
        "seconds": round(results.seconds, 3),
        "stop": {"code": results.stop.name.lower(), "text": results.stop.value},
        "coverage": {
            one.noun: {
                "total": one.total,
                "before": {"covered": one.before, "percent": round(one.before_percent, 4)},
                "after": {"covered": one.after, "percent": round(one.after_percent, 4)},
            }
            for one in measures(results)
        },
        "kept": len(results.kept),
        "candidates": len(results.verdicts),
        "refused": {refused.gate.value: refused.count for refused in refusals(results.verdicts)},
        "usage": json_report.used(results.usage)
        | {"cost_per_kept_test": cost_per(results.usage, len(results.kept))},
        "files": [json_report.document(result, base) for result in results.files],
        "left": [_left(coverage, base) for coverage in results.left],
        "failed": [_failed(failed, base) for failed in results.failed],
        "notes": [plain(note) for note in results.notes],
    }


def _left(coverage: CoverageMap, base: Path) -> Json:
    return {"source": shown(coverage.source, base), "coverage": json_report.covered(coverage)}


def _failed(failed: Failed, base: Path) -> Json:
    error = failed.error
    return {
        "source": shown(failed.source, base),
        "cause": plain(error.cause),
        "remedy": plain(error.remedy),
    }
