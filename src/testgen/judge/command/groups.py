"""Judging many candidates with few runs of the test command.

All are run together first. Those that are red by the runner's own results, or whose lines do not compile, are
refused; where nothing says whose fault it is, halves are run. The others are then run in overlapping groups,
which shows what each of them reaches (`evidence`), and at the same time that they pass again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from testgen import trying
from testgen.domain import RED, Candidate, Gate, Outcome, Reach, Run, Verdict
from testgen.events import Emit, Judged
from testgen.judge.command.bench import Attempt, CommandBench
from testgen.judge.command.blame import cases, guilty, of
from testgen.judge.command.evidence import Trial, certain, groups, possible, proven, shares
from testgen.languages import Language, Merged, Merger, Parsed
from testgen.selection import needed, union
from testgen.suspects.quotations import Quotations
from testgen.trying import refused

UNSEEN = (Outcome.BROKEN, Outcome.TIMEOUT, Outcome.CRASHED)  # runs that say nothing about who is not to blame
SAID_NO = {
    **trying.SAID_NO,
    Outcome.BROKEN: "does not build, or ends the run badly",
    Outcome.EMPTY: "is not run by the test command; if that runs what was built, have it build first",
}


@dataclass(frozen=True, slots=True)
class InGroups:
    """Judges the candidates of a reply together, at the gates parse, alone and repeat."""

    bench: CommandBench
    language: Language
    scope: Reach
    emit: Emit
    quotations: Quotations

    def judge(
        self, parsed: Sequence[Parsed], kept: Sequence[Candidate], merger: Merger, before: Reach, round_: int
    ) -> tuple[Verdict, ...]:
        """A verdict on each in the order of the reply; `before` is what the kept and the existing reach."""
        bundle = _Bundle(self.bench, self.language, merger, tuple(kept), self.scope - before)
        for one in parsed:
            verdict = Verdict(one.candidate, None, "", round=round_)
            bundle.verdicts.append(verdict.refuse(Gate.PARSE, one.objection) if one.objection else verdict)
        bundle.judge()
        bundle.look_into(self.quotations)
        for verdict in bundle.verdicts:
            if not verdict.kept:
                self.emit(Judged(verdict))
        return tuple(bundle.verdicts)


@dataclass
class _Bundle:
    """The candidates of one reply on their way, by their numbers; `wanted` is what there is to gain."""

    bench: CommandBench
    language: Language
    merger: Merger
    kept: tuple[Candidate, ...]
    wanted: Reach
    verdicts: list[Verdict] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)

    @property
    def open(self) -> frozenset[int]:
        """Those that no gate has refused yet."""
        return frozenset(index for index, verdict in enumerate(self.verdicts) if verdict.kept)

    @property
    def chosen(self) -> frozenset[int]:
        """Those that together reach all that any reaches for sure, none of them superfluous."""
        members = sorted(self.open)
        reaches = [certain(member, self.trials) for member in members]
        return frozenset(members[index] for index in needed(reaches, Reach()))

    def judge(self) -> None:
        """Run as often as it takes to know what each open candidate reaches, and that the chosen pass.

        Where only lines are known of single ones, runs of all and of the chosen, who must pass again, may do.
        """
        self._sift(self.open)
        by_lines = (self.open, self.chosen) if any(trial.unseen for trial in self.trials) else ()
        for group in (*by_lines, *groups(sorted(self.open))):
            if not self._all_known() and not self._was_run(group):
                self._sift(group & self.open)
        while again := self._to_be_run():
            self._sift(again)
        shared = shares(sorted(self.chosen), self.trials)
        for member in self.open:
            share = shared.get(member, Reach())
            reached = certain(member, self.trials) | share
            self.verdicts[member] = replace(self.verdicts[member], reached=reached, shared=share)

    def look_into(self, quotations: Quotations) -> None:
        """Run those once more, together, that failed where the model quotes what the code contradicts."""
        backed = {
            index: statement
            for index, verdict in enumerate(self.verdicts)
            if (statement := quotations.backing(verdict))
        }
        if not backed:
            return
        merged = self.merger.merge([*self.kept, *(self.verdicts[index].candidate for index in backed)])
        run = self.bench.attempt(merged.content).run
        names = merged.names[len(self.kept) :]
        for (index, statement), name in zip(backed.items(), names, strict=True):
            mine = cases(run, name, self.language, self.bench.project.test_file)
            if mine or len(backed) == 1:
                verdict = quotations.again(self.verdicts[index], statement, of(mine) if mine else run)
                self.verdicts[index] = verdict

    def _sift(self, members: frozenset[int]) -> None:
        """Run some together; refuse those by whose fault that is red, found by halving if need be."""
        if not members:
            return
        order = sorted(members)
        merged = self.merger.merge([*self.kept, *(self.verdicts[index].candidate for index in order)])
        names = merged.names[len(self.kept) :]
        attempt = self.bench.attempt(merged.content, names)
        self._note(order, merged, attempt)
        for index, name in zip(order, names, strict=True):
            own = [
                reach for case, reach in attempt.apart.reaches.items() if self.language.is_case(case, name)
            ]
            if own and index in self.open and not self._was_run({index}):
                unseen = Reach() if attempt.apart.branches else Reach(branches=self.wanted.branches)
                self.trials.append(Trial(frozenset({index}), union(own) & self.wanted, unseen))
        left = members & self.open
        if attempt.run.outcome is Outcome.PASSED:
            self.trials.append(Trial(members, attempt.run.reach & self.wanted))
        elif left != members:
            if attempt.run.outcome in UNSEEN:
                self._sift(left)
        elif len(order) == 1:
            self._refuse(order[0], attempt.run)
        else:
            middle = len(order) // 2
            self._sift(frozenset(order[:middle]))
            self._sift(frozenset(order[middle:]))

    def _note(self, order: Sequence[int], merged: Merged, attempt: Attempt) -> None:
        """Add a run to the verdicts it says something about, and refuse those that it speaks against."""
        names = merged.names[len(self.kept) :]
        test_file = self.bench.project.test_file
        own = Merged(merged.content, names)
        candidates = [self.verdicts[index].candidate for index in order]
        bad = guilty(attempt, own, candidates, self.language, test_file)
        if self._runs_none(names, attempt.run):
            bad = dict.fromkeys(range(len(order)), Run(Outcome.EMPTY))
        for place, (index, name) in enumerate(zip(order, names, strict=True)):
            self.verdicts[index] = replace(self.verdicts[index], name=name)
            mine = cases(attempt.run, name, self.language, test_file)
            if place in bad:
                self._refuse(index, bad[place])
            elif mine:
                self._passed(index, replace(of(mine), reach=attempt.run.reach))
            elif attempt.run.outcome is Outcome.PASSED:
                self._passed(index, replace(attempt.run, tests=()))

    def _runs_none(self, names: Sequence[str], run: Run) -> bool:
        """Whether only others are run, no more than without candidates: the test file is not what is run."""
        if run.outcome is not Outcome.PASSED or not 0 < len(run.tests) <= len(self.bench.existing):
            return False
        return not any(cases(run, name, self.language, self.bench.project.test_file) for name in names)

    def _passed(self, index: int, run: Run) -> None:
        verdict = self.verdicts[index]
        self.verdicts[index] = replace(verdict, runs=(*verdict.runs, run))

    def _refuse(self, index: int, run: Run) -> None:
        self._passed(index, run)
        verdict = self.verdicts[index]
        others = [test.name for test in run.tests if test.outcome in RED]
        if others and not cases(run, verdict.name, self.language, self.bench.project.test_file):
            reason = f"{others[0]} fails after it: it changes what others rely on"
            self.verdicts[index] = verdict.refuse(Gate.COMPANY, reason)
        else:
            self.verdicts[index] = refused(verdict, run, SAID_NO)

    def _all_known(self) -> bool:
        """Whether what all of the open ones reach was seen, and who of them reaches it."""
        if all(self._was_run({one}) for one in self.open):
            return True
        together = [trial.reach for trial in self.trials if trial.members >= self.open]
        return bool(together) and not together[-1] - proven(self.chosen, self.trials)

    def _to_be_run(self) -> frozenset[int]:
        """Who has to be run again, together: because of what is not known, or often enough; nobody if none.

        Of the times that a candidate has to pass the last is the whole suite's, at the end of all.
        """
        chosen = self.chosen
        lost = proven(self.open, self.trials) - proven(chosen, self.trials)
        if lost and chosen and not self._was_run(chosen):
            return chosen
        suspects = [
            one for one in self.open if not self._was_run({one}) and possible(one, self.trials) & lost
        ]
        if suspects:
            return frozenset({max(suspects, key=lambda one: len(possible(one, self.trials) & lost))})
        for member in sorted(chosen):
            others = chosen - {member}
            shared = union([possible(other, self.trials) for other in others])
            if others and not certain(member, self.trials) - shared and not self._was_run(others):
                return others
        rare = any(len(self.verdicts[one].runs) < self.bench.limits.repeat - 1 for one in chosen)
        return chosen if rare else frozenset()

    def _was_run(self, members: frozenset[int] | set[int]) -> bool:
        return any(trial.members == members and not trial.unseen for trial in self.trials)
