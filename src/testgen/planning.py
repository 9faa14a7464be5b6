"""What a run over many source files would ask first and what that may cost, with nothing asked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from testgen.budget import about_tokens, most_tokens
from testgen.domain import Message, Stop, Usage
from testgen.events import Emit
from testgen.inquiry import Inquiry
from testgen.pipeline import room, scene_of
from testgen.prompting import Prompts
from testgen.providers.endpoint import Endpoint, resolve
from testgen.reports.phrases import count, money
from testgen.repository import Survey, survey
from testgen.results import Results
from testgen.settings import Settings
from testgen.sources import Gathered


def plan(settings: Settings, environ: Mapping[str, str], gathered: Gathered, emit: Emit) -> Results:
    """Every file with what is missing, in `left`, and the forecast in the notes.

    Raises UsageError, or ProjectError if no suite can be measured.
    """
    begun, endpoint = time.monotonic(), resolve(settings, environ)
    with ExitStack() as stack:
        found = survey(settings, environ, gathered, emit, stack)
    prompts = list(_first_prompts(settings, environ, found))
    results = Results(
        files=(),
        left=(*(task.coverage for task in found.tasks), *found.left),
        failed=found.failed,
        stop=Stop.DRY_RUN if prompts else Stop.NOTHING_MISSING,
        model=endpoint.model,
        seconds=time.monotonic() - begun,
    )
    return replace(results, notes=(*found.notes, *_forecast(settings, endpoint, prompts)))


def _first_prompts(
    settings: Settings, environ: Mapping[str, str], found: Survey
) -> Iterator[Sequence[Message]]:
    prompts, most = Prompts(settings.prompts_dir), room(settings, environ)
    for task in found.tasks[: settings.max_files]:
        rounds = task.begin(scene_of(settings, task.project, environ), settings, lambda _: None)
        if not rounds.finished(settings.desired_coverage):
            yield from Inquiry(settings, prompts, rounds, most).questions()


def _forecast(settings: Settings, endpoint: Endpoint, prompts: Sequence[Sequence[Message]]) -> Iterator[str]:
    """The size of all first prompts, and between what and what the run costs, in sentences."""
    if not prompts:
        return
    sizes = [about_tokens(messages) for messages in prompts]
    files, output = count(len(prompts), "file"), endpoint.output.tokens
    yield (
        f"the first prompts for {files} have about {count(sum(sizes), 'token')} together, "
        f"a reply of {endpoint.model} at most {output:,}"
    )
    if settings.replay:
        yield f"nothing is spent: the replies come from {settings.replay}"
    elif endpoint.price is None:
        yield f"the price of {endpoint.model} is not known: give it with --price IN,OUT"
    else:
        least = endpoint.price.of(Usage(prompt_tokens=sum(sizes)))
        most = sum(
            endpoint.price.of(Usage(prompt_tokens=most_tokens(messages), completion_tokens=output))
            for messages in prompts
        )
        allowed = settings.max_cost
        limit = "" if allowed is None else f", of which --max-cost allows {money(allowed)}"
        yield (
            f"asking once for each costs from {money(least)}, with replies of a few words, to {money(most)}, "
            f"with replies as long as they may be; {count(settings.max_iterations, 'round')} at most "
            f"{money(settings.max_iterations * most)}{limit}"
        )
