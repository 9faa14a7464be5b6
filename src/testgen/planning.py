"""What a run over many source files would ask first and what that may cost, with nothing asked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from testgen.context.looking_up import LookUp
from testgen.domain import Message, Stop
from testgen.events import Emit
from testgen.forecast import forecast
from testgen.inquiry import Inquiry
from testgen.pipeline import room
from testgen.prompting import Prompts, prompts_for
from testgen.providers.endpoint import resolve
from testgen.repository import Survey, survey
from testgen.results import Results
from testgen.scene import scene_of
from testgen.settings import Settings
from testgen.sources import Gathered


def plan(settings: Settings, environ: Mapping[str, str], gathered: Gathered, emit: Emit) -> Results:
    """Every file with what is missing, in `left`, and the forecast in the notes.

    Raises UsageError, or ProjectError if no suite can be measured.
    """
    begun, endpoint, prompts = time.monotonic(), resolve(settings, environ), prompts_for(settings)
    with ExitStack() as stack:
        found = survey(settings, environ, gathered, emit, stack)
    questions = list(_first_prompts(settings, environ, prompts, found))
    results = Results(
        files=(),
        left=(*(task.coverage for task in found.tasks), *found.left),
        failed=found.failed,
        stop=Stop.DRY_RUN if questions else Stop.NOTHING_MISSING,
        model=endpoint.model,
        seconds=time.monotonic() - begun,
    )
    return replace(results, notes=(*found.notes, *forecast(settings, endpoint, questions)))


def _first_prompts(
    settings: Settings, environ: Mapping[str, str], prompts: Prompts, found: Survey
) -> Iterator[Sequence[Message]]:
    most = room(settings, environ)
    with LookUp() as look_up:
        for task in found.tasks[: settings.max_files]:
            own = settings.for_source(task.project.source)
            rounds = task.begin(scene_of(own, task.project, environ), own, lambda _: None)
            rounds.leave_idle()
            if not rounds.finished(own.desired_coverage):
                yield from Inquiry(own, prompts, rounds, most, look_up).questions()
