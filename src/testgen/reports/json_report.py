"""The result as one JSON document; `schema.json` beside this file says what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

from testgen import __version__
from testgen.domain import CoverageMap, Failure, Reach, Result, Round, Run, Usage, Verdict
from testgen.reports.diff import diff
from testgen.reports.figures import cost_per, failure_of, gained, refusals, title, tokens
from testgen.reports.phrases import shown
from testgen.reports.text import one_line, plain
from testgen.strength.findings import Grip, Mutant, Strength, Trial
from testgen.suspects.findings import Finding, findings

SCHEMA_VERSION = 1

Json: TypeAlias = dict[str, Any]


def render(result: Result, base: Path) -> str:
    """The document as ASCII text, two blanks to a level."""
    return json.dumps(document(result, base), indent=2, allow_nan=False) + "\n"


def document(result: Result, base: Path) -> Json:
    """The document as values. Under one schema version keys may be added, never changed or removed."""
    return {
        "schema_version": SCHEMA_VERSION,
        "testgen": __version__,
        "source": shown(result.source, base),
        "test_file": shown(result.test_file, base),
        "model": plain(result.model),
        "seconds": round(result.seconds, 3),
        "stop": {"code": result.stop.name.lower(), "text": result.stop.value},
        "written": result.written,
        "trouble": plain(result.ending.trouble),
        "patch": shown(result.ending.patch, base) if result.ending.patch else None,
        "existing_tests": [plain(test) for test in result.touching],
        "coverage": {
            "before": covered(result.before),
            "after": covered(result.after),
            "gained": _reach(gained(result)),
            "patch": _patch(result),
        },
        "usage": used(result.usage) | _unit_costs(result),
        "refused": {refused.gate.value: refused.count for refused in refusals(result.verdicts)},
        "rounds": [_round(round_) for round_ in result.rounds],
        "candidates": [
            _candidate(verdict) | _caught(verdict, result.strength) for verdict in result.verdicts
        ],
        "suspects": [_finding(finding, base) for finding in findings(result.verdicts)],
        "notes": [plain(note) for note in result.notes],
        "diff": diff(result, base),
        "strength": _strength(result.strength) if result.strength else None,
    }


def _strength(strength: Strength) -> Json:
    return {
        "percent": round(strength.percent, 4),
        "percent_before": None if strength.first is None else round(strength.first, 4),
        "tried": len(strength.seen),
        "killed": strength.killed,
        "possible": strength.possible,
        "uncovered": strength.uncovered,
        "ignored": dict(strength.ignored),
        "seed": strength.seed,
        "seconds": round(strength.seconds, 3),
        "units": [
            {"name": tally.unit, "killed": tally.killed, "tried": tally.tried} for tally in strength.units
        ],
        "tests": [_grip(grip) for grip in strength.grips],
        "mutants": [_trial(trial) for trial in strength.trials],
        "notes": [plain(note) for note in strength.notes],
    }


def _caught(verdict: Verdict, strength: Strength | None) -> Json:
    """What a kept test would catch; nulls where that is not known."""
    grip = strength.grip(verdict.name) if strength and verdict.kept else None
    if strength is None or grip is None:
        return {"catches": None, "superfluous": None}
    mutants = strength.caught_by(verdict.name)
    return {"catches": [_changed(mutant) for mutant in mutants], "superfluous": grip.superfluous}


def _grip(grip: Grip) -> Json:
    counts = {"reached": grip.reached, "kills": grip.kills, "alone": grip.alone}
    return {"name": plain(grip.name), **counts, "superfluous": grip.superfluous}


def _trial(trial: Trial) -> Json:
    return {
        "status": trial.status.name.lower(),
        "operator": trial.mutant.operator,
        "unit": trial.mutant.unit,
        **_changed(trial.mutant),
        "reached_by": [plain(name) for name in trial.tests],
        "killed_by": [plain(name) for name in trial.killers],
    }


def _changed(mutant: Mutant) -> Json:
    """Where a mutant is and what it changed."""
    return {
        "line": mutant.at,
        "column": mutant.column,
        "before": plain(mutant.before),
        "after": plain(mutant.after),
    }


def covered(coverage: CoverageMap) -> Json:
    """Lines and branches of a file, with what is missing."""
    possible, missing = coverage.possible, _reach(coverage.missing)
    return {
        "lines": _counted(len(possible.lines), coverage.line_percent, missing["lines"]),
        "branches": _counted(len(possible.branches), coverage.branch_percent, missing["branches"]),
    }


def _patch(result: Result) -> Json | None:
    if not (result.patch and result.patch_before and result.patch_after):
        return None
    return {
        "base": plain(result.patch.base),
        "before": covered(result.patch_before),
        "after": covered(result.patch_after),
    }


def _counted(total: int, percent: float, missing: list[Any]) -> Json:
    return {
        "total": total,
        "covered": total - len(missing),
        "percent": round(percent, 4),
        "missing": missing,
    }


def _reach(reach: Reach) -> Json:
    return {"lines": sorted(reach.lines), "branches": [list(arc) for arc in sorted(reach.branches)]}


def used(usage: Usage) -> Json:
    """Calls, tokens and cost."""
    return {
        "calls": usage.calls,
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "cached_share": round(share, 4) if (share := usage.cached_share) is not None else None,
        "completion_tokens": usage.completion_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "total_tokens": tokens(usage),
        "remembered_calls": usage.remembered,
        "cost": usage.cost,
    }


def _unit_costs(result: Result) -> Json:
    return {
        "cost_per_kept_test": cost_per(result.usage, len(result.kept)),
        "cost_per_line_reached": cost_per(result.usage, len(gained(result).lines)),
    }


def _round(round_: Round) -> Json:
    return {
        "number": round_.number,
        "candidates": len(round_.verdicts),
        "kept": sum(verdict.kept for verdict in round_.verdicts),
        "usage": used(round_.usage),
    }


def _candidate(verdict: Verdict) -> Json:
    candidate, failure = verdict.candidate, failure_of(verdict)
    return {
        "id": candidate.id,
        "name": one_line(candidate.name),
        "owner": one_line(candidate.owner),
        "title": title(verdict),
        "round": verdict.round,
        "verdict": "kept" if verdict.kept else "refused",
        "gate": verdict.refused_at.value if verdict.refused_at else None,
        "reason": plain(verdict.reason),
        "cause": verdict.cause.name.lower() if verdict.cause else None,
        "doubt": plain(verdict.doubt),
        "reached": _reach(verdict.reached),
        "gained": _reach(verdict.gained),
        "shared": _reach(verdict.perhaps_gained),
        "seconds": round(verdict.seconds, 3),
        "runs": [_run(run) for run in verdict.runs],
        "failure": _failure(failure) if failure else None,
        "code": plain(candidate.code),
        "imports": [plain(statement) for statement in candidate.imports],
        "support": [plain(piece) for piece in candidate.support],
    }


def _finding(finding: Finding, base: Path) -> Json:
    suspect, stated = finding.suspect, finding.suspect.statement
    return {
        "statement": {"text": plain(stated.text), "path": plain(stated.path), "line": stated.line},
        "message": plain(suspect.message),
        "ends": suspect.ends,
        "test": finding.verdict.candidate.id,
        "others": [other.candidate.id for other in finding.others],
        "code": plain(suspect.test.code),
        "imports": [plain(statement) for statement in suspect.test.imports],
        "support": [plain(piece) for piece in suspect.test.support],
        "path": shown(suspect.path, base) if suspect.path else None,
        "expected_to_fail": finding.verdict.standing is not None,
    }


def _failure(failure: Failure) -> Json:
    return {
        "message": plain(failure.message),
        "trace": plain(failure.trace),
        "output": plain(failure.output),
    }


def _run(run: Run) -> Json:
    return {"outcome": run.outcome.value, "seconds": round(run.seconds, 3)}
