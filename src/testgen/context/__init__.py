"""What the model is shown with the source: what that uses, how its objects are made, the existing tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from importlib.util import decode_source

from testgen.context.calls import calls
from testgen.context.existing import LONGEST, excerpt, only
from testgen.context.looking_up import Answer
from testgen.context.modules import Library, roots_of
from testgen.context.signatures import called
from testgen.context.uses import Uses, used
from testgen.domain import Gap, TestResult
from testgen.gaps import find_gaps
from testgen.judge.command.runners import name_of as runner_named
from testgen.judge.survey import Baseline
from testgen.prompting import File, Question, conftests, listed, name_of, read, shortened, shown
from testgen.rounds import Rounds
from testgen.scene import Scene
from testgen.settings import Settings

LONGEST_ASIDE = 3_000  # characters of a test file that is shown whole in a later round, or for another
MOST_FIXTURES = 20  # of plugins
NOTHING = Answer()


def standing(scene: Scene, baseline: Baseline, settings: Settings, looked_up: Answer = NOTHING) -> Question:
    """A question without gaps and attempts: all that stays the same, to the byte, in a run.

    What is near is decided by the gaps that the existing tests leave; `looked_up` is what was found out of
    what the source calls. Raises UsageError for a file that was named or has to be shown and cannot be.
    """
    project, root = scene.project, scene.project.root
    gaps = find_gaps(scene.scope(baseline.coverage.missing), scene.units)
    library = Library(roots_of(project.source, root))
    module = library.at(project.source) if scene.language.understood else None
    included = [path.resolve() for path in settings.included_files]
    uses = used(library, module, lines_of(gaps), included, root) if module else Uses()
    known = (*uses.files, *conftests(project.test_file, root))
    others = called(looked_up.found, project.source, lines_of(gaps), known, root)
    fixtures, further = baseline.fixtures[:MOST_FIXTURES], baseline.fixtures[MOST_FIXTURES:]
    return Question(
        source=File(name_of(project.source, root), scene.source.rstrip()),
        language=scene.language.name,
        runner=runner_named(project.command.text, root) if project.command else "",
        module=baseline.module,
        versions="" if project.command else ", ".join((project.interpreter.versions, *looked_up.versions)),
        uses=uses.files,
        signatures=others.signatures,
        left_out=listed((*uses.left_out, *others.left_out, *(one.name for one in further))),
        calls=calls(library, module, root) if module else (),
        included=tuple(shown(path, root) for path in included),
        conftests=conftests(project.test_file, root),
        fixtures=fixtures,
        instructions=settings.additional_instructions,
        examples=_examples(scene, gaps, baseline),
        tests=_tests(scene, gaps, _plain_names(baseline.flaky)),
    )


def stated(question: Question) -> tuple[File, ...]:
    """The texts of a question in which the project says something of itself, the source first."""
    instructions = File("the instructions", question.instructions)
    return (
        question.source,
        *question.uses,
        *question.included,
        *question.conftests,
        *question.examples,
        question.tests,
        instructions,
    )


def tests_so_far(rounds: Rounds) -> File:
    """The test file with the tests kept so far, shortened to what tells how the code is called."""
    project, text = rounds.scene.project, decode_source(rounds.keeper.merged(rounds.verdicts).content)
    near, flaky = _names(rounds.gaps), _plain_names(rounds.baseline.flaky)
    shown = excerpt(text, near, LONGEST_ASIDE, flaky)
    return File(name_of(project.test_file, project.root), shortened(shown))


def tests_named(rounds: Rounds, names: Collection[str]) -> File:
    """The test file with the tests kept so far; of a long one only the tests of these names."""
    project, text = rounds.scene.project, decode_source(rounds.keeper.merged(rounds.verdicts).content)
    shown = text if len(text) <= LONGEST else only(text, names)
    return File(name_of(project.test_file, project.root), shortened(shown))


def _names(gaps: Sequence[Gap]) -> set[str]:
    return {part for gap in gaps for part in gap.name.split(".")}


def lines_of(gaps: Sequence[Gap]) -> frozenset[int]:
    """The lines of the definitions in which something is missing."""
    return frozenset(line for gap in gaps for line in range(gap.first_line, gap.last_line + 1))


def _tests(scene: Scene, gaps: Sequence[Gap], flaky: Collection[str]) -> File:
    """The existing tests; without text if there are none."""
    path, root = scene.project.test_file, scene.project.root
    text = excerpt(read(path), _names(gaps), unfit=flaky) if scene.old else ""
    return File(name_of(path, root), shortened(text))


def _examples(scene: Scene, gaps: Sequence[Gap], baseline: Baseline) -> tuple[File, ...]:
    """Of a source without a test file the one with most tests that run its code; none if there is no such."""
    written = (test for test in baseline.touching if test.path.suffix == ".py" and not _is_doctest(test))
    most = Counter(test.path for test in written).most_common(1)
    if scene.old or not most:
        return ()
    path, _ = most[0]
    there = _plain_names(test.node_id for test in baseline.run.tests if test.path == path)
    fit = _plain_names(test.node_id for test in baseline.touching) - _plain_names(baseline.flaky)
    text = excerpt(read(path), _names(gaps), LONGEST_ASIDE, there - fit)
    return (File(name_of(path, scene.project.root), shortened(text)),)


def _is_doctest(test: TestResult) -> bool:
    """Whether it stands in a docstring or a text: its name has dots, as no function's has."""
    return "." in test.name.partition("[")[0]


def _plain_names(node_ids: Iterable[str]) -> set[str]:
    return {one.partition("[")[0].rpartition("::")[2] for one in node_ids}
